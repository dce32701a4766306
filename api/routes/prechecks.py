"""Bulk pre-checks (rà soát trước hàng loạt): sent at night, answered behind whoever waits at a counter."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.deps import Needs, ServiceDep
from api.errors import InvalidRequest
from api.idempotency import IdempotentRoute
from api.prechecks import add_precheck, find_precheck
from api.schemas.prechecks import PrecheckIn, PrecheckOut, PrecheckQuestion
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.errors import InvalidIdentifier
from records.identifiers import parse_owner

router = APIRouter(prefix="/reuse/prechecks", tags=["rà soát trước"], route_class=IdempotentRoute)
Asker = Annotated[Acting, Depends(Needs(Permission.LOOKUP))]
NDJSON = "application/x-ndjson"
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": PrecheckIn.model_json_schema(ref_template="#/$defs/{model}")},
            NDJSON: {"schema": {"type": "string", "description": "Mỗi dòng một câu hỏi dạng JSON."}},
        },
    }
}


@router.post("", status_code=202, summary="Gửi lượt rà soát", openapi_extra=_BODY)
async def post_precheck(request: Request, service: ServiceDep, acting: Asker) -> PrecheckOut:
    """Take questions as JSON, or as NDJSON, one a line; nothing is looked up yet."""
    body, kind = await request.body(), request.headers.get("content-type", "").partition(";")[0].strip()
    questions = await run_in_threadpool(_read, body, kind, service.settings.clients.precheck_questions)
    asked = [question.model_dump(mode="json", exclude_defaults=False) for question in questions]
    hours = service.settings.clients.precheck_hours
    return PrecheckOut.model_validate(
        await run_in_threadpool(add_precheck, service.store, acting, asked, hours)
    )


@router.get("", summary="Các lượt rà soát của mình")
def get_prechecks(service: ServiceDep, acting: Asker) -> list[PrecheckOut]:
    """The caller's own pre-checks, newest first."""
    with service.store.read() as work:
        found = work.clients.prechecks.of_client(acting.principal.id, 100)
    return [PrecheckOut.model_validate(one) for one in found if one.expires_at > acting.at]


@router.get("/{precheck_id}", summary="Tiến độ một lượt rà soát")
def get_precheck(precheck_id: str, service: ServiceDep, acting: Asker) -> PrecheckOut:
    """How far it is; only its own client knows of it."""
    return PrecheckOut.model_validate(find_precheck(service.store, acting, precheck_id))


@router.get(
    "/{precheck_id}/answers",
    summary="Câu trả lời dạng NDJSON",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {}}}},
)
def get_answers(
    precheck_id: str, service: ServiceDep, acting: Asker, after: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> StreamingResponse:
    """Answers so far, one a line by ordinal, beginning after `after`; the download is audited."""
    precheck = find_precheck(service.store, acting, precheck_id)
    with service.store.write() as work:
        work.audit.add(
            acting.entry(
                "precheck.read", "precheck", precheck.id, unit=acting.principal.home_unit, done=precheck.done
            )
        )
        work.commit()
    lines = _iter_lines(service, precheck.id, after)
    return StreamingResponse(lines, media_type=NDJSON, headers={"Cache-Control": "no-store"})


def _iter_lines(service: Service, precheck_id: str, after: int) -> Iterator[str]:
    """A portion a transaction, so that a slow reader holds none open."""
    while True:
        with service.store.read() as work:
            portion = list(work.clients.prechecks.iter_answers(precheck_id, after))
        if not portion:
            return
        for ordinal, line in portion:
            after = ordinal
            yield line + "\n"


def _read(body: bytes, kind: str, most: int) -> list[PrecheckQuestion]:
    """The questions, each with an owner of right form; raises `InvalidRequest` naming the first bad one."""
    try:
        if kind == NDJSON:
            lines = [line for line in body.splitlines() if line.strip()][: most + 1]
            questions = [_read_line(number, line) for number, line in enumerate(lines, 1)]
        else:
            questions = PrecheckIn.model_validate_json(body).questions
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InvalidRequest("Câu hỏi chưa đúng mẫu.", field=where[:100]) from None
    if not 0 < len(questions) <= most:
        raise InvalidRequest(f"Mỗi lượt từ 1 đến {most} câu hỏi.", field="questions")
    for number, question in enumerate(questions, 1):
        try:
            parse_owner(question.owner.scheme, question.owner.id)
        except InvalidIdentifier:
            raise InvalidRequest("Định danh chưa đúng dạng.", question=number) from None
    return questions


def _read_line(number: int, line: bytes) -> PrecheckQuestion:
    try:
        return PrecheckQuestion.model_validate_json(line)
    except ValidationError:
        raise InvalidRequest("Câu hỏi chưa đúng mẫu.", question=number) from None
