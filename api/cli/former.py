"""`sohoa former`, `sohoa requirement` (bảng đối chiếu): import, list, end."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.cli.acting import act_as, open_service
from api.cli.options import AsJson, AsLogin, OnDay, parse_day
from api.cli.output import Row, print_item, print_rows
from api.cli.tables import read_table
from records.actions.former import (
    IdentifierChange,
    end_former,
    end_requirement,
    import_former,
    import_requirements,
    list_former,
    list_requirements,
)
from records.former_identifiers import FormerIdentifier
from records.identifiers import parse_owner
from records.requirements import RequirementType

former_app = typer.Typer(
    help="Định danh cũ (CMND, mã số thuế, đơn vị đã đổi): nhập từ CSV, xem, kết thúc.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
requirement_app = typer.Typer(
    help="Thành phần hồ sơ và loại giấy tờ đáp ứng: nhập từ CSV, xem, kết thúc.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
TableFile = Annotated[Path, typer.Argument(metavar="TỆP.csv")]
IMPORTED = {"added": "Đã thêm", "there": "Đã có từ trước"}
FORMER = {
    "id": "Mã dòng", "former": "Định danh cũ", "current": "Nay là", "valid_from": "Từ ngày",
    "valid_to": "Đến ngày", "document": "Văn bản",
}  # fmt: skip
REQUIREMENT = {
    "requirement": "Thành phần", "type": "Loại giấy tờ", "valid_from": "Từ ngày", "valid_to": "Đến ngày",
    "source": "Căn cứ",
}  # fmt: skip
_LISTED = 1000


@former_app.command("import")
def import_former_command(file: TableFile, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Nhập từ CSV: former_scheme, former, current_scheme, current, valid_from, document."""
    names = ("former_scheme", "former", "current_scheme", "current", "valid_from", "document")
    changes = [
        IdentifierChange(
            parse_owner(row["former_scheme"], row["former"]),
            parse_owner(row["current_scheme"], row["current"]),
            parse_day(row["valid_from"]),
            row["document"],
        )
        for row in read_table(file, names)
    ]
    with open_service() as service:
        added, there = import_former(service.store, act_as(service, login), changes)
    print_item({"added": added, "there": there}, IMPORTED, as_json=as_json)


@former_app.command("list")
def list_former_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Xem các thay đổi định danh, mới nhất trước; số của người được che."""
    with open_service() as service:
        rows, _total = list_former(service.store, act_as(service, login), limit=_LISTED)
    print_rows([_former_row(row) for row in rows], FORMER, as_json=as_json)


@former_app.command("end")
def end_former_command(
    row_id: Annotated[str, typer.Argument(metavar="MÃ_DÒNG")],
    on: OnDay = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Thôi dùng một dòng từ một ngày (nhập nhầm, huỷ thay đổi)."""
    with open_service() as service:
        acting = act_as(service, login)
        ended = end_former(service.store, acting, row_id, parse_day(on))
    print_item({"id": ended.id, "valid_to": _text(ended.valid_to)}, FORMER, as_json=as_json)


@requirement_app.command("import")
def import_requirements_command(file: TableFile, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Nhập từ CSV: requirement, type, valid_from, tuỳ chọn valid_to, source."""
    rows = [
        RequirementType(
            row["requirement"],
            row["type"],
            parse_day(row["valid_from"]),
            parse_day(row["valid_to"]) if row.get("valid_to") else None,
            row.get("source", ""),
        )
        for row in read_table(file, ("requirement", "type", "valid_from"), ("valid_to", "source"))
    ]
    with open_service() as service:
        added, there = import_requirements(service.store, act_as(service, login), rows)
    print_item({"added": added, "there": there}, IMPORTED, as_json=as_json)


@requirement_app.command("list")
def list_requirements_command(as_json: AsJson = False) -> None:
    """Xem thành phần hồ sơ nào đáp ứng bằng loại giấy tờ nào."""
    with open_service() as service:
        rows, _total = list_requirements(service.store, limit=_LISTED)
    print_rows([_requirement_row(row) for row in rows], REQUIREMENT, as_json=as_json)


@requirement_app.command("end")
def end_requirement_command(
    requirement: Annotated[str, typer.Argument(metavar="THÀNH_PHẦN")],
    type_code: Annotated[str, typer.Argument(metavar="LOẠI")],
    on: OnDay = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Loại giấy tờ thôi đáp ứng thành phần hồ sơ từ một ngày."""
    with open_service() as service:
        acting = act_as(service, login)
        ended = end_requirement(service.store, acting, requirement, type_code, parse_day(on))
    print_item(_requirement_row(ended), REQUIREMENT, as_json=as_json)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _former_row(row: FormerIdentifier) -> Row:
    return {
        "id": row.id,
        "former": f"{row.former_scheme} {row.former_id}",
        "current": f"{row.current_scheme} {row.current_id}",
        "valid_from": _text(row.valid_from),
        "valid_to": _text(row.valid_to),
        "document": row.document,
    }


def _requirement_row(row: RequirementType) -> Row:
    return {
        "requirement": row.requirement,
        "type": row.type_code,
        "valid_from": _text(row.valid_from),
        "valid_to": _text(row.valid_to),
        "source": row.source or None,
    }
