"""What a file was when it was signed (bản lúc ký), and how far its comparison is."""

import hashlib
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Response

from api.deps import Needs, ServiceDep
from api.previews import MAX_WIDTH
from api.revisions import draw_revision, open_revision, read_progress
from api.schemas.revisions import ProgressOut
from records.access import Permission
from records.actions.acting import Acting

router = APIRouter(tags=["hồ sơ"])
RecordReader = Annotated[Acting, Depends(Needs(Permission.RECORD_READ))]
Number = Annotated[int, Path(ge=0, le=1000, description="Thứ tự chữ ký trong báo cáo; 0: tệp như hiện có.")]
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


@router.get("/records/{record_id}/comparison", summary="Tiến độ đối chiếu hình trước và sau khi ký")
def get_comparison(record_id: str, service: ServiceDep, acting: RecordReader) -> ProgressOut:
    """Pages compared and pages in all; finished when the verdict waits for none."""
    return ProgressOut.model_validate(read_progress(service, acting, record_id))


@router.get("/records/{record_id}/revisions/{number}.pdf", summary="Bản lúc ký", response_class=Response)
def get_revision(record_id: str, number: Number, service: ServiceDep, acting: RecordReader) -> Response:
    """The file byte for byte as that signature saw it; SHA-256 in `X-Content-SHA256` and in the report."""
    record, data = open_revision(service, acting, record_id, number)
    digest = hashlib.sha256(data)
    name = quote(f"{record.id}-luc-ky-{number}.pdf")
    headers = _PRIVATE | {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "X-Content-SHA256": digest.hexdigest(),
    }
    return Response(data, media_type="application/pdf", headers=headers)


@router.get(
    "/records/{record_id}/revisions/{number}/pages/{page}.jpg",
    summary="Ảnh một trang của bản lúc ký",
    response_class=Response,
)
def get_revision_page(
    record_id: str,
    number: Number,
    page: Annotated[int, Path(ge=1, le=5000)],
    service: ServiceDep,
    acting: RecordReader,
    width: Annotated[int, Query(ge=100, le=MAX_WIDTH)] = 1000,
) -> Response:
    """Page `page`, counted from 1, drawn from the original bytes with what stood on it at that signature."""
    jpeg = draw_revision(service, acting, record_id, number, page, width)
    return Response(jpeg, media_type="image/jpeg", headers=_PRIVATE)
