"""Options that many commands share (tuỳ chọn chung)."""

from datetime import date, datetime
from typing import Annotated

import typer

from api.errors import WrongUse

AsLogin = Annotated[
    str | None, typer.Option("--as", metavar="TÀI_KHOẢN", help="Làm dưới tên tài khoản này; nhật ký ghi lại.")
]
AsJson = Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")]
OnDay = Annotated[
    str | None, typer.Option("--on", metavar="NGÀY", help="Ngày (AAAA-MM-NN); mặc định hôm nay.")
]


def parse_day(text: str | None) -> date:
    """A day typed as 2026-03-31 or 31/03/2026; None is today, in the machine's time zone."""
    if text is None:
        return datetime.now().astimezone().date()
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise WrongUse("Ngày phải có dạng 2026-03-31 hoặc 31/03/2026.")
