"""Errors as problem documents (RFC 9457): stable codes, Vietnamese texts, never a value that was sent."""

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from traceback import extract_tb
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.errors import InvalidRequest, MethodNotAllowed, UnknownAddress, UploadTooLarge, find_status
from records.errors import NotSignedIn, ServiceError, TooManyAttempts

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = {429: 300, 503: 5}
_PLACES = 8
_log = logging.getLogger(__name__)
# A key of a sent object may itself be personal data; only what looks like a field name is repeated.
_NAME = re.compile(r"[a-z][a-z_]{0,40}")
_TEXTS = {
    "missing": "Thiếu ô này.",
    "extra_forbidden": "Không có ô này.",
    "json_invalid": "Nội dung không phải JSON.",
    "string_type": "Cần một chuỗi chữ.",
    "string_too_short": "Quá ngắn.",
    "string_too_long": "Quá dài.",
    "string_pattern_mismatch": "Không đúng dạng.",
    "too_short": "Quá ít mục.",
    "too_long": "Quá nhiều mục.",
    "enum": "Không có trong danh sách cho phép.",
    "literal_error": "Không có trong danh sách cho phép.",
    "int_parsing": "Cần một số nguyên.",
    "int_type": "Cần một số nguyên.",
    "greater_than_equal": "Nhỏ hơn mức cho phép.",
    "less_than_equal": "Lớn hơn mức cho phép.",
    "date_from_datetime_parsing": "Cần ngày dạng 2026-03-31.",
    "date_parsing": "Cần ngày dạng 2026-03-31.",
    "datetime_parsing": "Cần thời điểm dạng 2026-03-31T08:00:00+07:00.",
    "datetime_from_date_parsing": "Cần thời điểm dạng 2026-03-31T08:00:00+07:00.",
    "timezone_aware": "Thời điểm cần múi giờ, ví dụ +07:00.",
    "bool_parsing": "Cần true hoặc false.",
}
_OTHER_TEXT = "Giá trị không đúng dạng."


def build_problem(error: ServiceError, errors: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """The problem document of an error; `errors` names the fields of a request that are wrong."""
    status = find_status(error)
    problem: dict[str, Any] = {
        "type": f"urn:sohoa:error:{error.code}",
        "title": error.message_vi,
        "status": status,
        "detail": error.text_vi,
        "code": error.code,
    }
    if error.context:
        problem["context"] = dict(error.context)
    if errors:
        problem["errors"] = list(errors)
    return problem


def answer_problem(error: ServiceError, errors: Sequence[Mapping[str, str]] = ()) -> JSONResponse:
    """The error as a response, with Retry-After where waiting helps."""
    status = find_status(error)
    headers = {"Cache-Control": "no-store"}
    if status in RETRY_SECONDS:
        headers["Retry-After"] = str(error.context.get("retry_after") or RETRY_SECONDS[status])
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(build_problem(error, errors), status, headers, media_type=MEDIA_TYPE)


def describe_fields(error: RequestValidationError) -> list[dict[str, str]]:
    """Which fields are wrong and how, in Vietnamese; values stay out."""
    found: list[dict[str, str]] = []
    for item in error.errors():
        parts = [str(part) for part in item["loc"] if isinstance(part, int) or _NAME.fullmatch(str(part))]
        found.append({"field": ".".join(parts), "message_vi": _TEXTS.get(item["type"], _OTHER_TEXT)})
    return found


def _answer_service_error(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ServiceError):
        raise error
    status = find_status(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, TooManyAttempts):
        _log.warning("%s", error)
    return answer_problem(error)


def _answer_validation_error(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    return answer_problem(InvalidRequest(), describe_fields(error))


def _answer_http_error(_request: Request, error: Exception) -> JSONResponse:
    """Starlette's own refusals: unknown address, wrong method, bad multipart."""
    if not isinstance(error, HTTPException):
        raise error
    known = {404: UnknownAddress, 405: MethodNotAllowed, 413: UploadTooLarge}
    answer = answer_problem(known.get(error.status_code, InvalidRequest)())
    answer.headers.update(error.headers or {})
    return answer


def answer_unknown(error: Exception) -> JSONResponse:
    """A defect: the log gets its kind and place, the caller a code to quote.

    Foreign messages quote what they choked on, a name or an owner's number; they go nowhere.
    """
    places = [f"{Path(at.filename).name}:{at.lineno}" for at in extract_tb(error.__traceback__)]
    _log.error("unexpected %s at %s", type(error).__name__, " > ".join(places[-_PLACES:]))
    return answer_problem(ServiceError())


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every known failure of the application as a problem document; `api.guard` has the rest."""
    app.add_exception_handler(ServiceError, _answer_service_error)
    app.add_exception_handler(RequestValidationError, _answer_validation_error)
    app.add_exception_handler(HTTPException, _answer_http_error)
