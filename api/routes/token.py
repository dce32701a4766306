"""Tokens for signed assertions (mã truy cập): client credentials grant with private_key_jwt (RFC 7523)."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.assertions import ASSERTION_TYPE, check_assertion
from api.deps import ServiceDep
from api.errors import InvalidRequest
from api.schemas.clients import TokenOut
from records.limits import Rate

PATH = "/api/v1/token"
router = APIRouter(prefix="/token", tags=["hệ thống ngoài"])
_TRIES = Rate(100.0, 500)


@router.post("", summary="Lấy mã truy cập bằng khẳng định đã ký")
def post_token(
    request: Request,
    service: ServiceDep,
    response: Response,
    grant_type: Annotated[str, Form(max_length=100)],
    client_assertion_type: Annotated[str, Form(max_length=200)],
    client_assertion: Annotated[str, Form(max_length=8192)],
) -> TokenOut:
    """A token for minutes; the assertion is used up. `aud` is this address or `sohoa`."""
    if grant_type != "client_credentials" or client_assertion_type != ASSERTION_TYPE:
        raise InvalidRequest("Cần grant_type=client_credentials và client_assertion_type của RFC 7523.")
    service.limiter.check("token", _TRIES)
    audiences = frozenset({"sohoa", f"{request.base_url}".rstrip("/") + PATH})
    key = check_assertion(service.store, service.clock, client_assertion, audiences)
    seconds = service.settings.clients.token_seconds
    token = service.gatekeeper.give_token(key.key_id, seconds)
    response.headers["Cache-Control"] = "no-store"
    return TokenOut(access_token=token, expires_in=seconds)
