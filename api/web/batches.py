"""Pages of the capture line (lô quét): list, one batch live, sending files."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.profiles import choose_profile, find_choice, list_choices
from api.uploads import receive_files
from api.web.paging import PageNumber, build_pager
from api.web.rendering import PageRoute, redirect, render
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.actions.batches import NewBatch, close_batch, list_batches, list_files, open_batch, view_batch
from records.actions.units import list_units
from records.actions.withdrawal import cancel_batch
from records.model import Unit
from records.states import CAPTURE_ENDS, CaptureState

router = APIRouter(route_class=PageRoute, prefix="/lo")
BatchReader = Annotated[Acting, Depends(Needs(Permission.BATCH_READ, "web"))]
BatchMaker = Annotated[Acting, Depends(Needs(Permission.BATCH_CREATE, "web"))]
ROWS = 50
FILES = 200
# What the strip of a batch shows; together with the ends they add up to what was received.
STAGES: tuple[tuple[str, tuple[CaptureState, ...]], ...] = (
    ("Đang xử lý", (CaptureState.SCAN, CaptureState.SEPARATE, CaptureState.READ, CaptureState.VALIDATE)),
    ("Chờ kiểm tra", (CaptureState.VERIFY, CaptureState.QUALITY_CONTROL, CaptureState.RELEASE)),
    ("Đã thành hồ sơ", (CaptureState.RELEASED,)),
    ("Trùng", (CaptureState.LINKED,)),
    ("Không nhận", (CaptureState.REJECTED,)),
    ("Hoãn, huỷ", (CaptureState.POSTPONED, CaptureState.CANCELLED)),
)


@router.get("")
def get_batches(
    request: Request, service: ServiceDep, acting: BatchReader, page: PageNumber = 1
) -> HTMLResponse:
    """Batches of the person's units, newest first, and the form for a new one."""
    start = (page - 1) * ROWS
    batches, total = list_batches(service.store, acting, limit=ROWS, offset=start)
    return render(
        request,
        acting.principal,
        "batches.html",
        batches=batches,
        units=_own_units(service, acting),
        profiles=list_choices(service),
        usual_profile=service.settings.ocr.profile,
        pager=build_pager("/lo", {}, page, ROWS, len(batches), total),
    )


@router.post("")
def post_batch(
    service: ServiceDep,
    acting: BatchMaker,
    unit: Annotated[str, Form(max_length=35)],
    label: Annotated[str, Form(max_length=200)],
    dossier: Annotated[str, Form(max_length=64)] = "",
    profile: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """Open a batch."""
    new = NewBatch(unit, label, dossier.strip() or None, choose_profile(service, profile).name)
    return redirect(f"/lo/{open_batch(service.store, acting, new).id}", notice="lo")


@router.get("/{batch_id}")
def get_batch(
    batch_id: str, request: Request, service: ServiceDep, acting: BatchReader, page: PageNumber = 1
) -> HTMLResponse:
    """A batch: stages with counts that add up, every file with what became of it."""
    return _render_batch(request, service, acting, batch_id, page, "batch.html")


@router.get("/{batch_id}/bang")
def get_table(
    batch_id: str, request: Request, service: ServiceDep, acting: BatchReader, page: PageNumber = 1
) -> HTMLResponse:
    """The moving part of the batch page alone, for the live view."""
    return _render_batch(request, service, acting, batch_id, page, "batch_files.html")


@router.post("/{batch_id}/tep")
async def post_files(batch_id: str, request: Request, service: ServiceDep, acting: BatchMaker) -> Response:
    """Files by plain form, where the browser runs no script."""
    await receive_files(request, service, acting, batch_id)
    return redirect(f"/lo/{batch_id}")


@router.post("/{batch_id}/dong")
def post_close(batch_id: str, service: ServiceDep, acting: BatchMaker) -> Response:
    """No more files come."""
    close_batch(service.store, acting, batch_id)
    return redirect(f"/lo/{batch_id}", notice="dong")


@router.post("/{batch_id}/huy")
def post_cancel(batch_id: str, service: ServiceDep, acting: BatchMaker) -> Response:
    """Withdraw what is not finished."""
    cancel_batch(service.store, acting, batch_id)
    return redirect(f"/lo/{batch_id}", notice="huy")


def _render_batch(
    request: Request, service: Service, acting: Acting, batch_id: str, page: int, template: str
) -> HTMLResponse:
    batch, counts = view_batch(service.store, acting, batch_id)
    start = (page - 1) * FILES
    files = list_files(service.store, acting, batch_id, limit=FILES, offset=start)
    strip = [(name, sum(counts.by_state.get(state, 0) for state in states)) for name, states in STAGES]
    return render(
        request,
        acting.principal,
        template,
        batch=batch,
        profile=find_choice(service, batch.profile),
        counts=counts,
        strip=strip,
        files=files,
        is_ended=batch.state in CAPTURE_ENDS,
        may_send=acting.principal.may(Permission.BATCH_CREATE, batch.unit)
        and batch.closed_at is None
        and batch.state not in CAPTURE_ENDS,
        pager=build_pager(f"/lo/{batch_id}", {}, page, FILES, len(files), counts.received),
    )


def _own_units(service: Service, acting: Acting) -> list[Unit]:
    """Units in which the person may open a batch."""
    scope = acting.principal.scope(Permission.BATCH_CREATE)
    return [unit for unit in list_units(service.store) if scope.covers(unit.code) and unit.valid_to is None]
