"""`sohoa rechecks` (kiểm tra lại chữ ký): start, progress, and which verdicts changed."""

import time
from typing import Annotated

import typer

from api.cli.acting import act_as, open_service
from api.cli.options import AsJson, AsLogin
from api.cli.output import Row, print_rows, say
from api.errors import WrongUse
from api.rechecks import ChangeLine, describe_changes, describe_verdict, find_progress
from ingest.recheck_start import start_recheck, start_rechecks
from records.actions.verdicts import list_changes, read_verdicts

rechecks_app = typer.Typer(
    name="rechecks", help="Kiểm tra lại chữ ký số của hồ sơ.", no_args_is_help=True, rich_markup_mode=None
)
_PROGRESS = {
    "records": "Có chữ ký", "due": "Đến hạn", "queued": "Đang làm", "failing": "Lần cuối lỗi",
    "trust": "Bộ chứng thư",
}  # fmt: skip
_CHANGES = {
    "at": "Lúc", "record_id": "Hồ sơ", "headline_before": "Trước", "headline_vi": "Nay", "cause_vi": "Vì sao",
    "seen": "Đã xem",
}  # fmt: skip
_HISTORY = {
    "at": "Lúc", "outcome_vi": "Kết quả", "headline_vi": "Kết luận", "cause_vi": "Vì sao",
    "trust": "Bộ chứng thư", "reason_vi": "Ghi chú",
}  # fmt: skip
_WAIT_SECONDS = 2.0


@rechecks_app.command("start")
def start_command(
    record: Annotated[str | None, typer.Option("--record", metavar="MÃ", help="Một hồ sơ.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="MÃ", help="Đơn vị và cấp dưới.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Mọi hồ sơ.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Đợi đến khi không còn việc.")] = False,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Cho kiểm tra lại ngay; tiến trình xử lý làm lần lượt, ưu tiên thấp."""
    if sum((record is not None, unit is not None, everything)) != 1:
        raise WrongUse("Nêu đúng một trong --record, --unit, --all.")
    with open_service() as service:
        acting = act_as(service, login)
        if record is not None:
            start_recheck(service.store, acting, record)
        else:
            start_rechecks(service.store, acting, unit, at_once=wait)
        progress = find_progress(service, acting)
        while wait and (progress.due or progress.queued):
            time.sleep(_WAIT_SECONDS)
            progress = find_progress(service, act_as(service, login))
    print_rows([_build_row(progress, _PROGRESS)], _PROGRESS, as_json=as_json)
    if not wait and not as_json:
        say("Tiến trình xử lý sẽ làm lần lượt; xem tiến độ bằng `sohoa rechecks status`.")


@rechecks_app.command("status")
def status_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Bao nhiêu hồ sơ có chữ ký, đến hạn, đang làm, lần cuối không làm được."""
    with open_service() as service:
        progress = find_progress(service, act_as(service, login))
    print_rows([_build_row(progress, _PROGRESS)], _PROGRESS, as_json=as_json)


@rechecks_app.command("changes")
def changes_command(
    unseen: Annotated[bool, typer.Option("--unseen", help="Chỉ mục tài khoản này chưa xem.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Số dòng.")] = 50,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Kết luận chữ ký đã thay đổi, mới nhất trước."""
    with open_service() as service:
        rows, _more = list_changes(
            service.store, act_as(service, login), unseen=unseen, limit=limit, offset=0
        )
    print_rows([_build_change(line) for line in describe_changes(rows)], _CHANGES, as_json=as_json)


@rechecks_app.command("history")
def history_command(
    record: Annotated[str, typer.Argument(metavar="HỒ_SƠ", help="Mã hồ sơ.")],
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Mọi lần kết luận chữ ký của một hồ sơ, mới nhất trước."""
    with open_service() as service:
        found = read_verdicts(service.store, act_as(service, login), record)
    print_rows([_build_row(describe_verdict(one), _HISTORY) for one in found], _HISTORY, as_json=as_json)


def _build_change(line: ChangeLine) -> Row:
    return {**_build_row(line.verdict, _CHANGES), "seen": line.seen, "title": line.title}


def _build_row(thing: object, columns: dict[str, str]) -> Row:
    return {name: _tell(getattr(thing, name, None)) for name in columns}


def _tell(value: object) -> str | int | None:
    return value if value is None or isinstance(value, int) else str(value)
