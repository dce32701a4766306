"""`Idempotency-Key` (khoá chống lặp): a repeated POST gets the first one's answer and does nothing again.

After the IETF draft "The Idempotency-Key HTTP Header Field": a key stands for one body of one caller for a
day. Only what succeeded is kept; after a failure the same key may be tried again.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from api.deps import get_service, identify
from api.errors import IdempotencyConflict, InvalidRequest
from records.replays import KeptAnswer

HEADER = "idempotency-key"
KEPT = timedelta(hours=24)
RESERVED = timedelta(seconds=60)
_MAX_ANSWER = 256 * 1024
_KEY = re.compile(r"[!-~]{1,128}")
_SUCCESS = range(200, 300)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """A route that honours `Idempotency-Key` on POST (đường dẫn chống lặp)."""

    def get_route_handler(self) -> Handler:
        """The handler behind the replay of kept answers."""
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handle(request)
            if not _KEY.fullmatch(key):
                raise InvalidRequest("Idempotency-Key dài 1 đến 128 ký tự ASCII.")
            return await _answer_once(request, key, handle)

        return handle_once


async def _answer_once(request: Request, key: str, handle: Handler) -> Response:
    principal = await run_in_threadpool(identify, request)
    body_sha256 = hashlib.sha256(
        f"{request.method} {request.url.path}?{request.url.query}\n".encode() + await request.body()
    ).hexdigest()
    kept = await run_in_threadpool(_reserve, request, principal.id, key, body_sha256)
    if kept is not None:
        return _replay(kept, body_sha256)
    try:
        response = await handle(request)
    except BaseException:
        await run_in_threadpool(_release, request, principal.id, key)
        raise
    await run_in_threadpool(_keep, request, principal.id, key, response)
    return response


def _reserve(request: Request, client: str, key: str, body_sha256: str) -> KeptAnswer | None:
    service = get_service(request)
    now = service.clock.now()
    with service.store.write() as work:
        wanted = KeptAnswer(client, key, body_sha256, None, None, now + RESERVED)
        kept = work.clients.replays.reserve(wanted, now)
        work.commit()
    return kept


def _replay(kept: KeptAnswer, body_sha256: str) -> Response:
    if kept.body_sha256 != body_sha256:
        raise IdempotencyConflict("Khoá này đã dùng cho một nội dung khác.")
    if kept.status is None or kept.answer is None:
        raise IdempotencyConflict("Yêu cầu đầu tiên với khoá này còn đang được xử lý.")
    answer = json.loads(kept.answer)
    headers = {"Cache-Control": "no-store", "Idempotency-Replayed": "true"}
    return Response(base64.b64decode(answer["body"]), kept.status, headers, media_type=answer["type"])


def _keep(request: Request, client: str, key: str, response: Response) -> None:
    body = getattr(response, "body", None)
    if response.status_code not in _SUCCESS or not isinstance(body, bytes) or len(body) > _MAX_ANSWER:
        _release(request, client, key)
        return
    service = get_service(request)
    answer = {"type": response.headers.get("content-type"), "body": base64.b64encode(body).decode()}
    with service.store.write() as work:
        until = service.clock.now() + KEPT
        work.clients.replays.finish(client, key, response.status_code, json.dumps(answer), until)
        work.commit()


def _release(request: Request, client: str, key: str) -> None:
    with get_service(request).store.write() as work:
        work.clients.replays.release(client, key)
        work.commit()
