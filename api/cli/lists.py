"""`sohoa unit` and `sohoa type` (đơn vị, loại giấy tờ): add, list, end, import."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.cli.acting import act_as, act_as_first, open_service
from api.cli.options import AsJson, AsLogin, OnDay, parse_day
from api.cli.output import Row, print_item, print_rows
from api.cli.tables import read_table
from records.actions.types import add_type, end_type, import_types, list_types
from records.actions.units import add_unit, end_unit, import_units, list_units
from records.model import ResultType, Unit

unit_app = typer.Typer(
    help="Đơn vị: thêm, xem, kết thúc, nhập từ CSV.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
type_app = typer.Typer(
    help="Loại giấy tờ, kết quả: thêm, xem, kết thúc, nhập từ CSV.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
Code = Annotated[str, typer.Argument(metavar="MÃ")]
Name = Annotated[str, typer.Argument(metavar="TÊN")]
TableFile = Annotated[Path, typer.Argument(metavar="TỆP.csv")]
UNIT_COLUMNS = {
    "code": "Mã", "name": "Tên", "parent": "Trực thuộc", "valid_from": "Từ ngày", "valid_to": "Đến ngày",
}  # fmt: skip
TYPE_COLUMNS = {"code": "Mã", "name": "Tên", "valid_from": "Từ ngày", "valid_to": "Đến ngày"}
IMPORTED = {"added": "Đã thêm", "there": "Đã có từ trước"}


@unit_app.command("add")
def add_unit_command(
    code: Code,
    name: Name,
    parent: Annotated[str | None, typer.Option("--parent", metavar="MÃ", help="Đơn vị cấp trên.")] = None,
    on: OnDay = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Thêm đơn vị, ví dụ: sohoa unit add H15.03 "UBND xã Ea Kao" --parent H15 --as quan-tri."""
    with open_service() as service:
        unit = Unit(code, name, parent, parse_day(on) if on else None)
        made = add_unit(service.store, act_as_first(service, login), unit)
    print_item(_unit_row(made), UNIT_COLUMNS, as_json=as_json)


@unit_app.command("list")
def list_units_command(as_json: AsJson = False) -> None:
    """Xem mọi đơn vị."""
    with open_service() as service:
        rows = [_unit_row(unit) for unit in list_units(service.store)]
    print_rows(rows, UNIT_COLUMNS, as_json=as_json)


@unit_app.command("end")
def end_unit_command(code: Code, on: OnDay = None, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Kết thúc đơn vị từ một ngày; hồ sơ của đơn vị vẫn giữ nguyên."""
    with open_service() as service:
        unit = end_unit(service.store, act_as(service, login), code, parse_day(on))
    print_item(_unit_row(unit), UNIT_COLUMNS, as_json=as_json)


@unit_app.command("import")
def import_units_command(file: TableFile, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Nhập đơn vị từ CSV (cột: code, name, parent, valid_from); cấp trên đứng trước cấp dưới."""
    rows = read_table(file, ("code", "name"), ("parent", "valid_from"))
    units = [
        Unit(row["code"], row["name"], row.get("parent") or None, _day(row.get("valid_from"))) for row in rows
    ]
    with open_service() as service:
        added, there = import_units(service.store, act_as_first(service, login), units)
    print_item({"added": added, "there": there}, IMPORTED, as_json=as_json)


@type_app.command("add")
def add_type_command(
    code: Code, name: Name, on: OnDay = None, login: AsLogin = None, as_json: AsJson = False
) -> None:
    """Thêm loại giấy tờ, ví dụ: sohoa type add KQ.G15.000031 "Giấy xác nhận" --as quan-tri."""
    with open_service() as service:
        new = ResultType(code, name, parse_day(on) if on else None)
        made = add_type(service.store, act_as(service, login), new)
    print_item(_type_row(made), TYPE_COLUMNS, as_json=as_json)


@type_app.command("list")
def list_types_command(as_json: AsJson = False) -> None:
    """Xem mọi loại giấy tờ."""
    with open_service() as service:
        rows = [_type_row(one) for one in list_types(service.store)]
    print_rows(rows, TYPE_COLUMNS, as_json=as_json)


@type_app.command("end")
def end_type_command(code: Code, on: OnDay = None, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Kết thúc loại giấy tờ từ một ngày; kết quả đã có vẫn giữ nguyên."""
    with open_service() as service:
        ended = end_type(service.store, act_as(service, login), code, parse_day(on))
    print_item(_type_row(ended), TYPE_COLUMNS, as_json=as_json)


@type_app.command("import")
def import_types_command(file: TableFile, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Nhập loại giấy tờ từ CSV (cột: code, name, valid_from)."""
    rows = read_table(file, ("code", "name"), ("valid_from",))
    types = [ResultType(row["code"], row["name"], _day(row.get("valid_from"))) for row in rows]
    with open_service() as service:
        added, there = import_types(service.store, act_as(service, login), types)
    print_item({"added": added, "there": there}, IMPORTED, as_json=as_json)


def _day(text: str | None) -> date | None:
    return parse_day(text) if text else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _unit_row(unit: Unit) -> Row:
    return {
        "code": unit.code,
        "name": unit.name,
        "parent": unit.parent,
        "valid_from": _text(unit.valid_from),
        "valid_to": _text(unit.valid_to),
    }


def _type_row(one: ResultType) -> Row:
    return {
        "code": one.code,
        "name": one.name,
        "valid_from": _text(one.valid_from),
        "valid_to": _text(one.valid_to),
    }
