"""The search page (tìm kiếm): words, a number or an owner's identifier; hits with highlights."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from api.deps import Needs, ServiceDep
from api.routes.search import run_search
from api.web.paging import PageNumber, build_pager
from api.web.rendering import PageRoute, render
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.errors import InvalidIdentifier
from records.identifiers import hash_owner, parse_owner
from search.access import build_scope
from search.index import MAX_OFFSET, Facet, Filters, Fragment, Order, SearchPage, SearchRequest

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
    """Hits for what stands in the search box."""
    found: SearchPage | None = None
    if q.strip():
        wanted = _build_request(service, acting, q, kind, issuer, order, min((page - 1) * ROWS, MAX_OFFSET))
        found = run_search(service, acting, wanted)
    pager = None
    if found is not None:
        query = {"q": q, "order": order.value}
        pager = build_pager("/tim", query, page, ROWS, len(found.hits), found.total)
    return render(
        request,
        acting.principal,
        "search.html",
        q=q,
        found=found,
        kind=kind,
        issuer=issuer,
        order=order,
        facet_names=FACET_NAMES,
        mark=mark_fragment,
        pager=pager,
    )


def _build_request(
    service: Service,
    acting: Acting,
    q: str,
    kind: list[str],
    issuer: list[str],
    order: Order,
    offset: int,
) -> SearchRequest:
    text, owner = q, None
    if acting.principal.may(Permission.OWNER_READ):
        owner = _find_owner(service, q)
        text = "" if owner else q
    return SearchRequest(
        text=text,
        scope=build_scope(acting.principal),
        filters=Filters(kinds=tuple(kind), issuers=tuple(issuer), owner_key=owner),
        order=order,
        offset=offset,
        limit=ROWS,
        facets=FACETS,
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
