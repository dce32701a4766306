"""`sohoa owner-log` (ai đã xem): who looked at an owner's papers and why."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.acting import act_as, open_service
from api.cli.options import AsJson, AsLogin
from api.cli.output import Row, print_rows, say
from api.owner_log import ACTIONS, build_owner_csv
from records.actions.owner_log import OwnerLook, read_owner_log
from records.identifiers import parse_owner

COLUMNS = {
    "at": "Lúc", "action": "Việc", "unit": "Đơn vị", "who": "Ai", "purpose": "Mục đích", "subject": "Giấy tờ",
    "outcome": "Kết luận",
}  # fmt: skip


def owner_log_command(
    owner: Annotated[str, typer.Option("--owner", metavar="SỐ_ĐỊNH_DANH", help="Chủ thể, chính xác.")],
    ground: Annotated[str, typer.Option("--ground", help="Xem theo yêu cầu nào (bắt buộc).")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Số dòng.")] = 200,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="TỆP", help="Ghi vào tệp CSV.")] = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Ai đã tra cứu, xem, sử dụng giấy tờ của một chủ thể và vì sao; chính lần xem này cũng được ghi."""
    with open_service() as service:
        acting = act_as(service, login)
        looks, _total = read_owner_log(
            service.store, acting, parse_owner("", owner), service.owner_secret, ground=ground, limit=limit
        )
    if csv is not None:
        csv.write_bytes(build_owner_csv(looks))
        say(f"Đã ghi {len(looks)} dòng vào {csv}.")
        return
    print_rows([_build_row(look) for look in looks], COLUMNS, as_json=as_json)


def _build_row(look: OwnerLook) -> Row:
    return {
        "at": look.at.isoformat(),
        "action": ACTIONS.get(look.action, look.action),
        "unit": look.unit_name or look.unit,
        "who": look.who or None,
        "purpose": look.purpose,
        "subject": look.subject or None,
        "outcome": look.outcome,
    }
