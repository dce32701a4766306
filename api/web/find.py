"""The search page (tìm kiếm): words, a number or an owner's identifier; hits with highlights."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from api.deps import Needs, ServiceDep
from api.finding import run_search
from api.web.paging import PageNumber, Pager, build_pager
from api.web.rendering import PageRoute, redirect, render
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.errors import InvalidIdentifier
from records.identifiers import hash_owner, parse_owner
from search.access import build_scope
from search.index import MAX_LIMIT, MAX_OFFSET, Facet, Filters, Fragment, Order, SearchPage, SearchRequest

router = APIRouter(route_class=PageRoute)
Searcher = Annotated[Acting, Depends(Needs(Permission.SEARCH, "web"))]
Chosen = Annotated[list[Annotated[str, Query(max_length=200)]], Query(max_length=20)]
ROWS = 20
FACETS = (Facet.KIND, Facet.ISSUER, Facet.YEAR)
FACET_NAMES = {Facet.KIND: "Tên loại", Facet.ISSUER: "Cơ quan ban hành", Facet.YEAR: "Năm"}


@router.get("/tim")
def get_search(
    request: Request,
    service: ServiceDep,
    acting: Searcher,
    q: Annotated[str, Query(max_length=1000)] = "",
    kind: Chosen = [],  # noqa: B006 - FastAPI copies the default
    issuer: Chosen = [],  # noqa: B006
    order: Order = Order.RELEVANCE,
    page: PageNumber = 1,
) -> HTMLResponse:
    """Hits for words or a document number."""
    filters = Filters(kinds=tuple(kind), issuers=tuple(issuer))
    query = {"q": q, "order": order.value, "kind": kind, "issuer": issuer}
    offset = min((page - 1) * ROWS, MAX_OFFSET)
    found = _search(service, acting, q, filters, order, offset) if q.strip() else None
    pager = build_pager("/tim", query, page, ROWS, len(found.hits), found.total) if found else None
    return _render(request, acting, q, found, filters, order, pager)


@router.post("/tim")
def post_search(
    request: Request, service: ServiceDep, acting: Searcher, q: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """The search box: words go on to an address that can be shared, an owner's number never does."""
    owner = _find_owner(service, q) if acting.principal.may(Permission.OWNER_READ) else None
    if owner is None:
        return redirect(f"/tim?{urlencode({'q': q})}")
    filters = Filters(owner_key=owner)
    found = _search(service, acting, "", filters, Order.NEWEST, 0, MAX_LIMIT)
    pager = build_pager("/tim", {}, 1, MAX_LIMIT, len(found.hits), len(found.hits))
    return _render(request, acting, "", found, filters, Order.NEWEST, pager)


def _search(
    service: Service, acting: Acting, q: str, filters: Filters, order: Order, offset: int, limit: int = ROWS
) -> SearchPage:
    wanted = SearchRequest(
        text=q,
        scope=build_scope(acting.principal),
        filters=filters,
        order=order,
        offset=offset,
        limit=limit,
        facets=FACETS,
    )
    return run_search(service, acting, wanted)


def _render(
    request: Request,
    acting: Acting,
    q: str,
    found: SearchPage | None,
    filters: Filters,
    order: Order,
    pager: Pager | None,
) -> HTMLResponse:
    return render(
        request,
        acting.principal,
        "search.html",
        q=q,
        found=found,
        kind=filters.kinds,
        issuer=filters.issuers,
        by_owner=filters.owner_key is not None,
        order=order,
        facet_names=FACET_NAMES,
        mark=mark_fragment,
        pager=pager,
    )


def _find_owner(service: Service, q: str) -> str | None:
    """The owner key when the whole text is an identifier of a person or organisation."""
    if not any(character.isdigit() for character in q):
        return None
    try:
        return hash_owner(service.owner_secret, parse_owner("", q))
    except InvalidIdentifier:
        return None


def mark_fragment(fragment: Fragment) -> Markup:
    """A fragment with its matches in <mark>, everything else escaped."""
    parts: list[Markup] = []
    at = 0
    for start, end in fragment.ranges:
        parts += [escape(fragment.text[at:start]), Markup("<mark>"), escape(fragment.text[start:end])]
        parts.append(Markup("</mark>"))
        at = end
    parts.append(escape(fragment.text[at:]))
    return Markup("").join(parts)
