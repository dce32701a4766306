"""How pages are drawn (dựng trang): one Jinja environment, one frame, errors as pages and not as codes."""

from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool

from api.deps import identify
from api.errors import find_status
from api.web.labels import LABELS, NOTICES, build_rail
from records.access import Permission, Principal
from records.actions.acting import Acting
from records.actions.alarms import count_waiting
from records.actions.verdicts import MOST_COUNTED, count_unseen
from records.errors import NotSignedIn, ServiceError

FOLDER = Path(__file__).parent
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_COUNT_SECONDS = 0.3
# Pages load only what this server serves; blob: and data: are for pictures alone.
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def format_moment(moment: datetime | str | None) -> str:
    """A time as offices write it, in Vietnam's zone: 09:15 08/10/2026; takes ISO 8601 text of reports too."""
    if not moment:
        return ""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def format_day(day: date | str | None) -> str:
    """A day as 08/10/2026; takes ISO 8601 text too and leaves anything else as it is."""
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            return day
    return day.strftime("%d/%m/%Y") if day else ""


def format_count(number: int) -> str:
    """A count with dots between thousands: 12.408."""
    return f"{number:,}".replace(",", ".")


def format_share(share: float) -> str:
    """A share of one in percent: 0,25 %."""
    return f"{100 * share:.2f} %".replace(".", ",")


def format_confidence(confidence: float) -> str:
    """A confidence with three places: 0,985."""
    return f"{confidence:.3f}".replace(".", ",")


def format_size(size: int) -> str:
    """A file size in kB or MB."""
    return f"{size / 1e6:.1f} MB".replace(".", ",") if size >= 1_000_000 else f"{max(1, size // 1000)} kB"


@lru_cache(maxsize=1)
def get_environment() -> Environment:
    """The templates; everything is escaped, an unknown name is an error."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(moment=format_moment, day=format_day, count=format_count, size=format_size)
    environment.filters.update(share=format_share, confidence=format_confidence)
    return environment


def render(
    request: Request,
    principal: Principal | None,
    template: str,
    *,
    status: int = HTTPStatus.OK,
    **values: object,
) -> HTMLResponse:
    """A page in the frame of whoever looks at it."""

    def may(name: str) -> bool:
        return principal is not None and principal.may(Permission(name))

    context: dict[str, object] = {
        "labels": LABELS,
        "principal": principal,
        "rail": build_rail(principal) if principal else (),
        "here": _find_section(request.url.path),
        "can_search": may("search"),
        "may": may,
        "unit_name": principal.home_unit if principal else "",
        "unseen_verdicts": _count_verdicts(request, principal),
        "waiting_alarms": _count_alarms(request, principal),
        "flash": _read_flash(request),
        "q": "",
        **values,
    }
    text = get_environment().get_template(template).render(context)
    return HTMLResponse(text, status_code=status, headers=PAGE_HEADERS)


def _count_verdicts(request: Request, principal: Principal | None) -> str:
    """How many changed verdicts this person has not seen, "" for none or while the database is away."""
    if principal is None:
        return ""
    try:
        count = count_unseen(request.app.state.service.store, principal, _COUNT_SECONDS)
    except ServiceError:
        return ""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count or "")


def _count_alarms(request: Request, principal: Principal | None) -> int:
    """How many alarms wait for this administrator, 0 while the database is away."""
    if principal is None:
        return 0
    try:
        return count_waiting(request.app.state.service.store, principal, _COUNT_SECONDS)
    except ServiceError:
        return 0


def redirect(where: str, *, notice: str = "") -> RedirectResponse:
    """Go on to another page after a form (303), perhaps with one of the fixed notices."""
    separator = "&" if "?" in where else "?"
    return RedirectResponse(f"{where}{separator}xong={notice}" if notice else where, status_code=303)


def _find_section(path: str) -> str:
    return "/" + path.strip("/").split("/")[0]


def _read_flash(request: Request) -> dict[str, str] | None:
    # Only fixed texts: what stands in an address must not put words into the page.
    text = NOTICES.get(request.query_params.get("xong", ""))
    return {"tone": "sure", "text": text} if text else None


class PageRoute(APIRoute):
    """A route whose failures are pages (trang báo lỗi): signed out goes to sign-in, the rest explains."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with failures turned into pages."""
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                return await handle(request)
            except NotSignedIn:
                wanted = request.url.path if request.method == "GET" else "/"
                return RedirectResponse(f"/dang-nhap?tiep={quote(wanted)}", status_code=303)
            except ServiceError as error:
                return await run_in_threadpool(render_error, request, error)

        return handle_page


def render_error(request: Request, error: ServiceError) -> HTMLResponse:
    """What happened and what to do next, with the code small beside it."""
    try:
        principal = identify(request)
    except ServiceError:
        principal = None
    template = "error.html" if principal else "error_bare.html"
    return render(request, principal, template, status=find_status(error), error=error)


def find_home(acting: Acting) -> str:
    """The first page of whoever signed in."""
    rail = build_rail(acting.principal)
    return rail[0]["href"] if rail else "/toi"
