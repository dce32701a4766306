"""Batches, files and incidents (lô, tệp, sự cố): open, send, watch, close, cancel, lift."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.deps import Needs, PagingDep, ServiceDep
from api.profiles import choose_profile
from api.progress import iter_progress
from api.schemas.base import Page
from api.schemas.batches import BatchDetail, BatchIn, BatchOut, Counts, FileOut, FilesOut, IncidentOut
from api.uploads import receive_files
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.actions.batches import NewBatch, close_batch, list_batches, list_files, open_batch, view_batch
from records.actions.incidents import hand_over_incident, lift_incident, list_incidents
from records.actions.withdrawal import cancel_batch
from records.model import Batch, BatchCounts

router = APIRouter(tags=["lô quét"])
BatchReader = Annotated[Acting, Depends(Needs(Permission.BATCH_READ))]
BatchMaker = Annotated[Acting, Depends(Needs(Permission.BATCH_CREATE))]
IncidentReader = Annotated[Acting, Depends(Needs(Permission.INCIDENT_READ))]
IncidentLifter = Annotated[Acting, Depends(Needs(Permission.INCIDENT_LIFT))]


@router.post("/batches", status_code=201, summary="Mở lô")
def post_batch(body: BatchIn, service: ServiceDep, acting: BatchMaker) -> BatchOut:
    """Open a batch in a unit, perhaps for one dossier."""
    chosen = choose_profile(service, body.profile)
    new = NewBatch(body.unit, body.label, body.dossier, chosen.name)
    opened = BatchOut.model_validate(open_batch(service.store, acting, new))
    return opened.model_copy(update={"profile_notice": chosen.notice_vi})


@router.get("/batches", summary="Danh sách lô")
def get_batches(service: ServiceDep, acting: BatchReader, paging: PagingDep) -> Page[BatchOut]:
    """Batches of the caller's units, newest first."""
    batches, total = list_batches(service.store, acting, limit=paging.limit, offset=paging.offset)
    items = [BatchOut.model_validate(batch) for batch in batches]
    return Page(items=items, total=total, limit=paging.limit, offset=paging.offset)


@router.get("/batches/{batch_id}", summary="Một lô và số liệu")
def get_batch(batch_id: str, service: ServiceDep, acting: BatchReader) -> BatchDetail:
    """A batch with counts that add up: received is the sum of all states."""
    return _build_detail(*view_batch(service.store, acting, batch_id))


@router.get("/batches/{batch_id}/files", summary="Các tệp của lô")
def get_files(batch_id: str, service: ServiceDep, acting: BatchReader, paging: PagingDep) -> Page[FileOut]:
    """Files in order, each with what became of it."""
    _batch, counts = view_batch(service.store, acting, batch_id)
    files = list_files(service.store, acting, batch_id, limit=paging.limit, offset=paging.offset)
    items = [FileOut.model_validate(file) for file in files]
    return Page(items=items, total=counts.received, limit=paging.limit, offset=paging.offset)


@router.post(
    "/batches/{batch_id}/files",
    status_code=201,
    summary="Nộp tệp (multipart, ô `files`)",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["files"],
                        "properties": {
                            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                            "owner_hint": {"type": "string"},
                            "type_hint": {"type": "string"},
                            "lifted_incidents": {"type": "array", "items": {"type": "string"}},
                        },
                    }
                }
            },
        }
    },
)
async def post_files(batch_id: str, request: Request, service: ServiceDep, acting: BatchMaker) -> FilesOut:
    """Take files in; the answer is the receipt and says what became of each, in order."""
    rows = await receive_files(request, service, acting, batch_id)
    return FilesOut(files=[FileOut.model_validate(row) for row in rows])


@router.post("/batches/{batch_id}/close", summary="Đóng lô")
def post_close(batch_id: str, service: ServiceDep, acting: BatchMaker) -> BatchDetail:
    """No more files come; the batch ends with its last file."""
    close_batch(service.store, acting, batch_id)
    return _reread(service, batch_id)


@router.post("/batches/{batch_id}/cancel", summary="Huỷ lô")
def post_cancel(batch_id: str, service: ServiceDep, acting: BatchMaker) -> BatchDetail:
    """Withdraw what is not finished; what was released stays."""
    cancel_batch(service.store, acting, batch_id)
    return _reread(service, batch_id)


@router.get("/batches/{batch_id}/events", summary="Tiến độ lô (SSE)", response_class=StreamingResponse)
async def get_events(
    batch_id: str,
    service: ServiceDep,
    acting: BatchReader,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> StreamingResponse:
    """Counters of the batch as server-sent events, once a second when they change."""
    await run_in_threadpool(view_batch, service.store, acting, batch_id)
    events = iter_progress(service.store, acting, batch_id, last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


@router.get("/incidents", summary="Sự cố nghi tài liệu mật")
def get_incidents(service: ServiceDep, acting: IncidentReader, paging: PagingDep) -> Page[IncidentOut]:
    """Hits of the state-secret gate, without content, newest first."""
    incidents, total = list_incidents(service.store, acting, limit=paging.limit, offset=paging.offset)
    items = [IncidentOut.model_validate(incident) for incident in incidents]
    return Page(items=items, total=total, limit=paging.limit, offset=paging.offset)


@router.post("/incidents/{incident_id}/lift", summary="Gỡ cảnh báo nhầm (cần hai người)")
def post_lift(incident_id: str, service: ServiceDep, acting: IncidentLifter) -> IncidentOut:
    """Say with the paper in hand that the hit was false; a second person's call lifts it."""
    return IncidentOut.model_validate(lift_incident(service.store, acting, incident_id))


@router.post("/incidents/{incident_id}/hand-over", summary="Bàn giao tài liệu mật")
def post_hand_over(incident_id: str, service: ServiceDep, acting: IncidentLifter) -> IncidentOut:
    """Say that the hit was right and the paper was handed over."""
    return IncidentOut.model_validate(hand_over_incident(service.store, acting, incident_id))


def _reread(service: Service, batch_id: str) -> BatchDetail:
    with service.store.read() as work:
        return _build_detail(work.batches.get(batch_id), work.batches.counts(batch_id))


def _build_detail(batch: Batch, counts: BatchCounts) -> BatchDetail:
    plain = dict(BatchOut.model_validate(batch))
    return BatchDetail(**plain, counts=Counts.model_validate(counts))
