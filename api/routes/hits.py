"""Hits on the pages of a record (vị trí từ tìm trên ảnh trang)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.deps import Needs, ServiceDep
from api.hits import place_hits
from api.schemas.base import Outgoing
from records.access import Permission
from records.actions.acting import Acting
from records.actions.records import open_record_file

router = APIRouter(tags=["hồ sơ"])
RecordReader = Annotated[Acting, Depends(Needs(Permission.RECORD_READ))]


class BoxOut(Outgoing):
    """One word of a hit (khung từ): page from 0, box in pixels of the archived image."""

    page: int
    box: tuple[int, int, int, int]


class PlacedHitOut(Outgoing):
    """One match (chỗ khớp) with the boxes of its words."""

    text: str
    boxes: list[BoxOut]


class PlacedHitsOut(Outgoing):
    """Every match of a query in a record, in reading order (các chỗ khớp)."""

    hits: list[PlacedHitOut]


@router.get("/records/{record_id}/hits", summary="Vị trí từ tìm trên ảnh trang")
def get_hits(
    record_id: str, service: ServiceDep, acting: RecordReader, q: Annotated[str, Query(max_length=1000)]
) -> PlacedHitsOut:
    """Boxes of the matched words on the page images; a phrase over a line or page break is one hit."""
    _record, data = open_record_file(service.store, service.blobs, acting, record_id, "text")
    return PlacedHitsOut(hits=[PlacedHitOut.model_validate(hit) for hit in place_hits(data, q)])
