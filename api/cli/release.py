"""`sohoa release-report` (báo cáo miễn kiểm tra): what the office's own confirmations prove."""

from datetime import datetime, time
from typing import Annotated

import typer

from api.cli.acting import act_as, open_service
from api.cli.options import AsJson, AsLogin, parse_day
from api.cli.output import Row, print_json, print_rows, say
from api.schemas.release import ReleaseOut, build_release
from api.web.labels import FIELD, RELEASE
from records.actions.acting import VIETNAM
from records.actions.release import build_release_report
from records.release import MINIMUM_CONFIRMED, TARGET_ERROR

COLUMNS = {
    "field": "Trường", "verdict": "Kết luận", "confirmed": "Đã xác nhận", "proposed": "Máy đề xuất",
    "wrong": "Đề xuất sai", "threshold": "Ngưỡng", "share": "Phần vượt ngưỡng", "errors": "Sai lọt ngưỡng",
    "bound": "Cận trên 95 %",
}  # fmt: skip
NOTE = (
    "Đây là báo cáo, không phải lệnh: mọi giá trị vẫn do người xác nhận. Trường có dưới "
    f"{MINIMUM_CONFIRMED} giá trị đã xác nhận mà máy có đề xuất thì không được miễn. Xem docs/release.md."
)


def release_command(
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="MÃ", help="Chỉ đơn vị này và cấp dưới.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Chỉ hồ sơ nhận dạng theo cấu hình này.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="NGÀY", help="Chỉ hồ sơ lập từ ngày này.")
    ] = None,
    target: Annotated[float, typer.Option("--target", help="Tỷ lệ sai cho phép, phần trăm.")] = TARGET_ERROR
    * 100,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Mỗi trường: phần giá trị có thể không cần người xem lại và cận trên của tỷ lệ sai trong phần đó."""
    start = datetime.combine(parse_day(since), time(), VIETNAM) if since else None
    with open_service() as service:
        report = build_release_report(
            service.store,
            act_as(service, login),
            unit=unit,
            profile=profile,
            since=start,
            target=target / 100,
        )
    shown = build_release(report)
    if as_json:
        print_json(shown.model_dump(mode="json"))
        return
    print_rows([_row(one) for one in shown.fields], COLUMNS, as_json=False)
    say(NOTE)


def _row(one: ReleaseOut) -> Row:
    bound = one.error_bound
    return {
        "field": FIELD[one.name],
        "verdict": RELEASE[one.verdict][1],
        "confirmed": one.confirmed,
        "proposed": one.proposed,
        "wrong": one.wrong,
        "threshold": None if one.threshold is None else f"{one.threshold:.3f}",
        "share": f"{100 * one.share:.1f} %" if one.threshold is not None else None,
        "errors": f"{one.errors}/{one.released}" if one.threshold is not None else None,
        "bound": None if bound is None else f"{100 * bound:.2f} %",
    }
