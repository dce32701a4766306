"""Results handed out for reuse (giao kết quả): metadata, use in a dossier, file, preview, wrong data."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, PagingDep, ServiceDep
from api.evidence_pages import build_page, draw_preview
from api.schemas.base import Page
from api.schemas.evidence import (
    DossierText,
    MismatchAnswerIn,
    MismatchIn,
    MismatchOut,
    PreviewOut,
    UseIn,
    UseOut,
)
from api.schemas.reuse import EvidenceOut
from records.access import Permission
from records.actions.acting import Acting
from records.actions.mismatches import answer_mismatch, list_mismatches, view_mismatch
from records.mismatches import MismatchState
from records.model import Record
from records.ports import LookupPurpose
from search.evidence import UsedEvidence, build_etag

router = APIRouter(prefix="/reuse", tags=["tra cứu tái sử dụng"])
Asker = Annotated[Acting, Depends(Needs(Permission.LOOKUP))]
Keeper = Annotated[Acting, Depends(Needs(Permission.RESULT_CHANGE))]
EvidenceId = Annotated[str, Path(max_length=64)]
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
_MEDIA = {"pdf": "application/pdf", "tiff": "image/tiff", "jpeg": "image/jpeg", "png": "image/png"}


@router.get("/evidence/{evidence_id}", summary="Siêu dữ liệu của một kết quả", response_model=EvidenceOut)
def get_evidence(
    evidence_id: EvidenceId,
    dossier: Annotated[DossierText, Query()],
    procedure: Annotated[DossierText, Query()],
    service: ServiceDep,
    acting: Asker,
    response: Response,
    if_none_match: Annotated[str, Header(max_length=200)] = "",
) -> EvidenceOut | Response:
    """A result as it stands, with an ETag; 304 when the asker has this version."""
    evidence = service.desk.view(acting, evidence_id, LookupPurpose(dossier, procedure))
    etag = build_etag(evidence)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if if_none_match == etag:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return EvidenceOut.model_validate(evidence)


@router.post("/evidence/{evidence_id}/use", summary="Sử dụng kết quả cho một hồ sơ")
def post_use(
    evidence_id: EvidenceId,
    body: UseIn,
    service: ServiceDep,
    acting: Asker,
    response: Response,
    idempotency_key: Annotated[str, Header(max_length=200)] = "",
    if_match: Annotated[str, Header(max_length=200)] = "",
) -> UseOut:
    """Bind the result to the dossier; decided at this moment, the same call again is the same use."""
    purpose = LookupPurpose(body.dossier, body.procedure, body.legal_basis)
    used = service.desk.use(acting, evidence_id, purpose, repeat_key=idempotency_key, etag=if_match)
    response.headers["ETag"] = build_etag(used.evidence)
    response.headers["Cache-Control"] = "no-store"
    if used.is_repeat:
        response.headers["Idempotent-Replayed"] = "true"
    return _build_use(used)


@router.get(
    "/evidence/{evidence_id}/{part}",
    summary="Tệp và báo cáo chữ ký của kết quả đã sử dụng",
    response_class=Response,
)
def get_part(
    evidence_id: EvidenceId,
    part: Literal["file", "report"],
    dossier: Annotated[DossierText, Query()],
    service: ServiceDep,
    acting: Asker,
) -> Response:
    """The bytes that the dossier's use names; refused when the result was revoked since."""
    record, sha256 = service.desk.open_file(acting, evidence_id, dossier, part)
    data = service.blobs.read(sha256)
    kind = "json" if part == "report" else _find_kind(record, sha256)
    name = quote(f"{evidence_id}-{'bao-cao' if part == 'report' else 'ket-qua'}.{kind}")
    headers = _PRIVATE | {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "ETag": f'"{sha256}"',
    }
    media = "application/json" if part == "report" else _MEDIA.get(kind, "application/octet-stream")
    return Response(data, media_type=media, headers=headers)


@router.post("/evidence/{evidence_id}/preview", summary="Xin đường xem trước một lần")
def post_preview(evidence_id: EvidenceId, body: UseIn, service: ServiceDep, acting: Asker) -> PreviewOut:
    """A link for this caller that opens once within five minutes."""
    purpose = LookupPurpose(body.dossier, body.procedure, body.legal_basis)
    token, preview = service.desk.offer_preview(acting, evidence_id, purpose)
    return PreviewOut(url=f"/api/v1/reuse/previews/{token}", expires_at=preview.expires_at)


@router.get("/previews/{token}", summary="Mở đường xem trước", response_class=HTMLResponse)
def get_preview(
    token: Annotated[str, Path(max_length=64)], service: ServiceDep, acting: Asker
) -> HTMLResponse:
    """The pages with a watermark, once; a second time there is nothing."""
    opened = service.desk.open_preview(acting, token)
    return HTMLResponse(build_page(opened, draw_preview(service, acting, opened)), headers=_PRIVATE)


@router.post("/evidence/{evidence_id}/mismatch", summary="Báo sai lệch dữ liệu", status_code=201)
def post_mismatch(
    evidence_id: EvidenceId, body: MismatchIn, service: ServiceDep, acting: Asker
) -> MismatchOut:
    """Tell the unit that keeps the result what differs and whom to ask."""
    purpose = LookupPurpose(body.dossier, body.procedure)
    report = service.desk.report_mismatch(acting, evidence_id, purpose, body.what, body.contact)
    return MismatchOut.model_validate(report)


@router.get("/mismatches", summary="Báo sai lệch chờ đơn vị trả lời")
def get_mismatches(
    service: ServiceDep, acting: Keeper, paging: PagingDep, state: MismatchState | None = None
) -> Page[MismatchOut]:
    """Reports that the caller's units answer, newest first."""
    found, total = list_mismatches(
        service.store, acting, state=state, limit=paging.limit, offset=paging.offset
    )
    items = [MismatchOut.model_validate(one) for one in found]
    return Page(items=items, total=total, limit=paging.limit, offset=paging.offset)


@router.get("/mismatches/{mismatch_id}", summary="Một báo sai lệch")
def get_mismatch(
    mismatch_id: Annotated[str, Path(max_length=64)], service: ServiceDep, acting: Asker
) -> MismatchOut:
    """What became of a report, for who made it."""
    return MismatchOut.model_validate(view_mismatch(service.store, acting, mismatch_id))


@router.post("/mismatches/{mismatch_id}/answer", summary="Trả lời báo sai lệch")
def post_answer(
    mismatch_id: Annotated[str, Path(max_length=64)],
    body: MismatchAnswerIn,
    service: ServiceDep,
    acting: Keeper,
) -> MismatchOut:
    """Close a report with what was done about it."""
    return MismatchOut.model_validate(answer_mismatch(service.store, acting, mismatch_id, body.answer))


def _build_use(used: UsedEvidence) -> UseOut:
    use = used.use
    base = f"/api/v1/reuse/evidence/{quote(use.result_id, safe='')}"
    asked = f"?dossier={quote(use.dossier, safe='')}"
    return UseOut(
        id=use.id,
        evidence=EvidenceOut.model_validate(used.evidence),
        dossier=use.dossier,
        procedure=use.procedure,
        at=use.at,
        version=use.version,
        sha256=use.sha256,
        file=f"{base}/file{asked}" if used.has_file and use.sha256 else None,
        report=f"{base}/report{asked}" if used.has_file and use.report_sha256 else None,
    )


def _find_kind(record: Record, sha256: str) -> str:
    return record.original_format if sha256 == record.original_sha256 else "pdf"
