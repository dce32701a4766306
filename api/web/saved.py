"""The page of kept searches and exported lists (tìm kiếm đã lưu, danh sách đã xuất)."""

from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from api.deps import Needs, ServiceDep
from api.schemas.saved_searches import build_saved, dump_query
from api.schemas.search import SearchQuery
from api.web.facets import build_address, read_unit_names
from api.web.rendering import PageRoute, redirect, render
from records.access import Permission
from records.actions.acting import Acting
from records.actions.list_exports import list_exports, request_export
from records.actions.saved_searches import list_saved_searches, remove_search, save_search, share_search
from records.saved_searches import ExportFormat, ExportState
from search.errors import BadQuery

router = APIRouter(route_class=PageRoute)
Searcher = Annotated[Acting, Depends(Needs(Permission.SEARCH, "web"))]
Address = Annotated[str, Form(max_length=20_000)]
EXPORT_STATES = {
    ExportState.WAITING: ("working", "Đang chờ"),
    ExportState.RUNNING: ("working", "Đang ghi"),
    ExportState.DONE: ("sure", "Xong"),
    ExportState.FAILED: ("refused", "Không ghi được"),
    ExportState.EXPIRED: ("unknown", "Đã hết hạn"),
}
_LISTS = ("kind", "issuer", "year", "state", "own_unit")


def read_address(address: str) -> SearchQuery:
    """The question in an address of the search page; raises `BadQuery`."""
    try:
        given = parse_qs(urlsplit(address).query, max_num_fields=200)
    except ValueError as exc:
        raise BadQuery from exc
    asked: dict[str, object] = {name: tuple(given.get(name, ())) for name in _LISTS}
    asked |= {name: given[name][0] for name in ("q", "order", "literal") if name in given}
    try:
        return SearchQuery.model_validate(asked)
    except ValidationError as exc:
        raise BadQuery from exc


@router.get("/tim/da-luu")
def get_saved(request: Request, service: ServiceDep, acting: Searcher) -> HTMLResponse:
    """Searches kept by name, own and shared, and lists written to files."""
    kept = [build_saved(search, acting.principal.id) for search in list_saved_searches(service.store, acting)]
    exports = list_exports(service.store, acting)
    home = acting.principal.home_unit
    return render(
        request,
        acting.principal,
        "saved.html",
        kept=kept,
        exports=exports,
        states=EXPORT_STATES,
        address=build_address,
        units=read_unit_names(service),
        home=home,
        is_working=any(one.state in (ExportState.WAITING, ExportState.RUNNING) for one in exports),
    )


@router.post("/tim/luu")
def post_saved(
    service: ServiceDep, acting: Searcher, address: Address, name: Annotated[str, Form(max_length=200)]
) -> Response:
    """Keep a search by name."""
    save_search(service.store, acting, name, dump_query(read_address(address)))
    return redirect("/tim/da-luu", notice="tim-luu")


@router.post("/tim/da-luu/{search_id}/chia-se")
def post_share(
    search_id: str, service: ServiceDep, acting: Searcher, unit: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Share with the person's unit, or with nobody any more."""
    share_search(service.store, acting, search_id, unit or None)
    return redirect("/tim/da-luu", notice="tim-chia-se")


@router.post("/tim/da-luu/{search_id}/xoa")
def post_remove(search_id: str, service: ServiceDep, acting: Searcher) -> Response:
    """Forget an own search."""
    remove_search(service.store, acting, search_id)
    return redirect("/tim/da-luu", notice="tim-xoa")


@router.post("/tim/xuat")
def post_export(
    service: ServiceDep, acting: Searcher, address: Address, form: Annotated[ExportFormat, Form()]
) -> Response:
    """Write the whole list to a file in the background."""
    request_export(service.store, acting, form, dump_query(read_address(address)))
    return redirect("/tim/da-luu", notice="tim-xuat")
