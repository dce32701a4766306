"""What every request passes before a route sees it (lớp bảo vệ): same origin, size, safe headers."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import CrossSiteRequest, UploadTooLarge
from api.problems import answer_problem, answer_unknown
from records.errors import ServiceError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PLAIN_BODY_BYTES = 1024 * 1024
# Where files come in: to be kept (interface, batch page), or only to be checked.
_UPLOAD_ENDS = ("/files", "/tep", "/verifications", "/kiem-tra-chu-ky")
# Thousands of questions of a pre-check.
_BULK_END = "/reuse/prechecks"
BULK_BODY_BYTES = 8 * 1024 * 1024
SAFE_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
}


class BrokenAnswer(Exception):
    """An answer that broke off in its middle (trả lời đứt giữa chừng); says nothing of why."""


class Guard:
    """ASGI middleware (lớp bảo vệ): refuses other sites' changes and bodies that are too large."""

    def __init__(self, app: ASGIApp, *, upload_bytes: int) -> None:
        self._app = app
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem document."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._upload_bytes if scope["path"].endswith(_UPLOAD_ENDS) else PLAIN_BODY_BYTES
        if scope["path"].endswith(_BULK_END):
            limit = BULK_BODY_BYTES
        guarded = _with_safe_headers(send)
        try:
            check_origin(scope["method"], headers)
            check_length(headers, limit)
        except ServiceError as error:
            await answer_problem(error)(scope, receive, guarded)
            return
        await self._run(scope, _counted(receive, limit), guarded)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application; a defect ends here, before the server logs its message."""
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            answer = answer_unknown(error)
            if has_begun:
                # Too late for an answer: the connection breaks off, so that nobody takes half for whole.
                raise BrokenAnswer from None
            await answer(scope, receive, send)


def check_origin(method: str, headers: Headers) -> None:
    """Raise `CrossSiteRequest` for a change asked for by another site's page.

    Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; programs send
    neither, and carry no cookie that they were not given.
    """
    if method in SAFE_METHODS:
        return
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise CrossSiteRequest
        return
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != headers.get("host", ""):
        raise CrossSiteRequest


def check_length(headers: Headers, limit: int) -> None:
    """Raise `UploadTooLarge` for an announced length above the limit."""
    announced = headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > limit:
        raise UploadTooLarge(limit=limit)


def _counted(receive: Receive, limit: int) -> Receive:
    """`receive` that stops a body growing above the limit, announced or not."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise UploadTooLarge(limit=limit)
        return message

    return counted


def _with_safe_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded
