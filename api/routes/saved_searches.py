"""Searches kept by name, and result lists as files (tìm kiếm đã lưu, xuất danh sách)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.deps import Needs, ServiceDep
from api.schemas.saved_searches import (
    ExportIn,
    ExportOut,
    SavedSearchIn,
    SavedSearchOut,
    ShareIn,
    build_saved,
    dump_query,
)
from records.access import Permission
from records.actions.acting import Acting
from records.actions.list_exports import get_export, list_exports, open_export, request_export
from records.actions.saved_searches import list_saved_searches, remove_search, save_search, share_search
from records.saved_searches import ExportFormat

router = APIRouter(tags=["tìm kiếm"])
Searcher = Annotated[Acting, Depends(Needs(Permission.SEARCH))]
MEDIA = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/saved-searches", summary="Tìm kiếm đã lưu")
def get_saved(service: ServiceDep, acting: Searcher) -> list[SavedSearchOut]:
    """The caller's searches and those shared with the caller's unit."""
    found = list_saved_searches(service.store, acting)
    return [build_saved(search, acting.principal.id) for search in found]


@router.post("/saved-searches", summary="Lưu tìm kiếm", status_code=201)
def post_saved(service: ServiceDep, acting: Searcher, body: SavedSearchIn) -> SavedSearchOut:
    """Keep a search by name."""
    search = save_search(service.store, acting, body.name, dump_query(body.query), body.unit)
    return build_saved(search, acting.principal.id)


@router.put("/saved-searches/{search_id}/share", summary="Chia sẻ tìm kiếm", status_code=204)
def put_share(search_id: str, service: ServiceDep, acting: Searcher, body: ShareIn) -> None:
    """Share with a unit, or with nobody; whoever opens it searches under that person's own rights."""
    share_search(service.store, acting, search_id, body.unit)


@router.delete("/saved-searches/{search_id}", summary="Xoá tìm kiếm đã lưu", status_code=204)
def delete_saved(search_id: str, service: ServiceDep, acting: Searcher) -> None:
    """Forget an own search."""
    remove_search(service.store, acting, search_id)


@router.post("/list-exports", summary="Xuất danh sách kết quả", status_code=202)
def post_export(service: ServiceDep, acting: Searcher, body: ExportIn) -> ExportOut:
    """Write the whole list, up to 20,000 rows, to a file in the background."""
    export = request_export(service.store, acting, body.format, dump_query(body.query))
    return ExportOut.model_validate(export)


@router.get("/list-exports", summary="Các lần xuất danh sách")
def get_exports(service: ServiceDep, acting: Searcher) -> list[ExportOut]:
    """The caller's exports, newest first."""
    return [ExportOut.model_validate(export) for export in list_exports(service.store, acting)]


@router.get("/list-exports/{export_id}", summary="Một lần xuất danh sách")
def get_one(export_id: str, service: ServiceDep, acting: Searcher) -> ExportOut:
    """How far an export is."""
    return ExportOut.model_validate(get_export(service.store, acting, export_id))


@router.get("/list-exports/{export_id}/file", summary="Tải danh sách", response_class=Response)
def get_file(export_id: str, service: ServiceDep, acting: Searcher) -> Response:
    """The file, for its owner alone, for a day."""
    export, data = open_export(service.store, service.blobs, acting, export_id)
    name = f"ket-qua-tim-{export.created_at:%Y%m%d-%H%M}.{export.format.value}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type=MEDIA[export.format], headers=headers)
