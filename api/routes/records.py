"""Records and results (hồ sơ, kết quả): list, open, confirm, download, change state."""

import json
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Response

from api.deps import Needs, PagingDep, ServiceDep
from api.exports import build_export
from api.previews import MAX_WIDTH, draw_record_page
from api.schemas.base import Page
from api.schemas.records import (
    AuditOut,
    ChangeOut,
    ConfirmationIn,
    ConfirmationOut,
    RecordDetail,
    RecordOut,
    ResultDetail,
    ResultOut,
    StateChangeIn,
    build_audit_row,
    build_confirmation,
    build_detail,
)
from ocr.readingcopy import SUFFIX
from records.access import Permission
from records.actions.acting import Acting
from records.actions.fields import confirm_fields
from records.actions.records import list_records, open_record_file, read_history, view_record
from records.actions.results import StateChange, change_result_state, view_result
from records.model import Record
from records.states import RecordState
from signing.etsi import build_etsi

router = APIRouter(tags=["hồ sơ"])
RecordReader = Annotated[Acting, Depends(Needs(Permission.RECORD_READ))]
FieldConfirmer = Annotated[Acting, Depends(Needs(Permission.FIELD_CONFIRM))]
ResultChanger = Annotated[Acting, Depends(Needs(Permission.RESULT_CHANGE))]
_MEDIA = {"pdf": "application/pdf", "tiff": "image/tiff", "jpeg": "image/jpeg", "png": "image/png"}
_EXPORTS = {"hocr": "hocr", "alto": "xml"}
_SUFFIXES = {
    "original": "goc", "rendition": "tim-kiem", "reading": SUFFIX, "hocr": "chu", "alto": "alto",
    "report": "chu-ky",
}  # fmt: skip
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


@router.get("/records", summary="Danh sách hồ sơ")
def get_records(
    service: ServiceDep, acting: RecordReader, paging: PagingDep, state: RecordState | None = None
) -> Page[RecordOut]:
    """Records of the caller's units, newest first; those in review oldest first."""
    records, total = list_records(
        service.store, acting, state=state, limit=paging.limit, offset=paging.offset
    )
    items = [RecordOut.model_validate(record) for record in records]
    return Page(items=items, total=total, limit=paging.limit, offset=paging.offset)


@router.get("/records/{record_id}", summary="Một hồ sơ")
def get_record(record_id: str, service: ServiceDep, acting: RecordReader) -> RecordDetail:
    """A record with fields, result and changes."""
    return build_detail(view_record(service.store, acting, record_id))


@router.post("/records/{record_id}/confirmation", summary="Xác nhận trường dữ liệu")
def post_confirmation(
    record_id: str, body: ConfirmationIn, service: ServiceDep, acting: FieldConfirmer
) -> ConfirmationOut:
    """Confirm values with the paper in view; the last required one confirms the record."""
    return build_confirmation(confirm_fields(service.store, acting, record_id, body.fields, body.version))


@router.get("/records/{record_id}/history", summary="Lịch sử hồ sơ")
def get_history(
    record_id: str, service: ServiceDep, acting: RecordReader, paging: PagingDep
) -> Page[AuditOut]:
    """What was done to the record and by whom, newest first."""
    rows, total = read_history(service.store, acting, record_id, limit=paging.limit, offset=paging.offset)
    items = [build_audit_row(row) for row in rows]
    return Page(items=items, total=total, limit=paging.limit, offset=paging.offset)


@router.get("/records/{record_id}/report", summary="Báo cáo chữ ký số", response_class=Response)
def get_report(record_id: str, service: ServiceDep, acting: RecordReader) -> Response:
    """The full signature report as it was kept."""
    _record, data = open_record_file(service.store, service.blobs, acting, record_id, "report")
    return Response(data, media_type="application/json", headers=_PRIVATE)


@router.get("/records/{record_id}/report.xml", summary="Báo cáo chữ ký số, ETSI", response_class=Response)
def get_report_xml(record_id: str, service: ServiceDep, acting: RecordReader) -> Response:
    """The kept signature report as ETSI TS 119 102-2 XML."""
    record, data = open_record_file(service.store, service.blobs, acting, record_id, "report")
    headers = _PRIVATE | {"Content-Disposition": _disposition(record, "report", "etsi.xml")}
    return Response(build_etsi(json.loads(data)), media_type="application/xml", headers=headers)


@router.get("/records/{record_id}/words", summary="Chữ và vị trí từng trang", response_class=Response)
def get_words(record_id: str, service: ServiceDep, acting: RecordReader) -> Response:
    """Words and boxes of every page (docs/formats: boxes in pixels of the archived image)."""
    _record, data = open_record_file(service.store, service.blobs, acting, record_id, "text")
    return Response(data, media_type="application/json", headers=_PRIVATE)


@router.get("/records/{record_id}/pages/{number}.jpg", summary="Ảnh một trang", response_class=Response)
def get_page_image(
    record_id: str,
    number: Annotated[int, Path(ge=1, le=5000)],
    service: ServiceDep,
    acting: RecordReader,
    width: Annotated[int, Query(ge=100, le=MAX_WIDTH)] = 1240,
) -> Response:
    """Page `number`, counted from 1, as a JPEG at most `width` pixels wide."""
    jpeg = draw_record_page(service, acting, record_id, number - 1, width)
    return Response(jpeg, media_type="image/jpeg", headers=_PRIVATE)


@router.get("/records/{record_id}/files/{part}", summary="Tải tệp", response_class=Response)
def get_file(
    record_id: str,
    part: Literal["original", "rendition", "reading"],
    service: ServiceDep,
    acting: RecordReader,
) -> Response:
    """The bytes as they came, the searchable PDF, or the reading copy; verified against their hash."""
    record, data = open_record_file(service.store, service.blobs, acting, record_id, part)
    kind = record.original_format if part == "original" else "pdf"
    headers = _PRIVATE | {"Content-Disposition": _disposition(record, part, kind)}
    return Response(data, media_type=_MEDIA.get(kind, "application/octet-stream"), headers=headers)


@router.get("/records/{record_id}/exports/{form}", summary="Xuất hOCR, ALTO", response_class=Response)
def get_export(
    record_id: str, form: Literal["hocr", "alto"], service: ServiceDep, acting: RecordReader
) -> Response:
    """Words and boxes as hOCR 1.2 or ALTO 4, boxes in pixels of the archived image."""
    record, data = open_record_file(service.store, service.blobs, acting, record_id, "text")
    built = build_export(record, data, form)
    headers = _PRIVATE | {"Content-Disposition": _disposition(record, form, _EXPORTS[form])}
    return Response(built, media_type="application/xml", headers=headers)


@router.get("/results/{result_id}", summary="Một kết quả")
def get_result(result_id: str, service: ServiceDep, acting: RecordReader) -> ResultDetail:
    """A procedure result with its changes."""
    result, changes = view_result(service.store, acting, result_id)
    return ResultDetail(
        result=ResultOut.model_validate(result), changes=[ChangeOut.model_validate(row) for row in changes]
    )


@router.post("/results/{result_id}/state", summary="Thay đổi hiệu lực")
def post_state(
    result_id: str, body: StateChangeIn, service: ServiceDep, acting: ResultChanger
) -> ResultDetail:
    """Correct, replace, revoke, expire or restore a result, on a document's ground."""
    change = StateChange(**dict(body))
    result, row = change_result_state(service.store, acting, result_id, change)
    return ResultDetail(result=ResultOut.model_validate(result), changes=[ChangeOut.model_validate(row)])


def _disposition(record: Record, part: str, kind: str) -> str:
    """Always a download, never shown in this site's context: what came in is hostile (RFC 6266)."""
    suffix = _SUFFIXES[part]
    return f"attachment; filename*=UTF-8''{quote(f'{record.id}-{suffix}.{kind}')}"
