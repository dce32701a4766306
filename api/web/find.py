"""The search page (tìm kiếm): words, a number or an owner's identifier; hits with highlights."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape
from pydantic import ValidationError

from api.deps import Needs, ServiceDep
from api.finding import run_search
from api.questions import build_request
from api.schemas.search import SearchQuery
from api.walks import run_similar, run_walk
from api.web.facets import (
    Chip,
    FacetView,
    build_address,
    build_chips,
    build_facet_views,
    build_hidden,
    read_unit_names,
)
from api.web.rendering import PageRoute, redirect, render
from api.wiring import Service
from records.access import Permission, authorize
from records.actions.acting import Acting
from records.errors import InvalidIdentifier
from records.identifiers import hash_owner, parse_owner
from search.access import build_scope
from search.errors import BadQuery
from search.index import MAX_LIMIT, Facet, Filters, Fragment, Hit, Order, SearchPage, SearchRequest
from search.text import is_personal_number, word_forms

router = APIRouter(route_class=PageRoute)
Searcher = Annotated[Acting, Depends(Needs(Permission.SEARCH, "web"))]
Chosen = Annotated[list[Annotated[str, Query(max_length=200)]], Query(max_length=20)]
ROWS = 20
FACETS = (Facet.KIND, Facet.ISSUER, Facet.YEAR, Facet.STATE, Facet.UNIT)


@dataclass(frozen=True, slots=True)
class Group:
    """Hits under one heading (nhóm kết quả): equal numbers are told apart by year and body."""

    heading: str
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows beside the hits (phần quanh danh sách)."""

    query: SearchQuery = field(default_factory=SearchQuery)
    title: str = ""
    chips: Sequence[Chip] = ()
    facets: Sequence[FacetView] = ()
    units: dict[str, str] = field(default_factory=dict)
    by_owner: bool = False
    next: str | None = None


def read_query(
    q: Annotated[str, Query(max_length=1000)] = "",
    kind: Chosen = [],  # noqa: B006 - FastAPI copies the default
    issuer: Chosen = [],  # noqa: B006
    year: Chosen = [],  # noqa: B006
    state: Chosen = [],  # noqa: B006
    own_unit: Chosen = [],  # noqa: B006
    order: Order = Order.RELEVANCE,
    literal: bool = False,
    cursor: Annotated[str, Query(max_length=16_000, alias="sau")] = "",
    with_facets: Annotated[bool, Query(alias="loc")] = False,
) -> SearchQuery:
    """The question in the page's address; raises `BadQuery`."""
    try:
        return SearchQuery(
            q=q, kind=tuple(kind), issuer=tuple(issuer), year=tuple(year), state=tuple(state),
            own_unit=tuple(own_unit), order=order, literal=literal, cursor=cursor, limit=ROWS,
            facet=FACETS if with_facets else (),
        )  # fmt: skip
    except ValidationError as exc:
        raise BadQuery from exc


AskedDep = Annotated[SearchQuery, Depends(read_query)]


@router.get("/tim")
def get_search(request: Request, service: ServiceDep, acting: Searcher, query: AskedDep) -> HTMLResponse:
    """Hits for words or a document number, page after page.

    Facets cost three times the list (docs/sizing.md), so they follow by themselves; `loc` has them at once.
    """
    units = read_unit_names(service)
    if not (query.q.strip() or build_chips(query, units)):
        return _render(request, acting, None, Shown(query))
    found = run_walk(service, acting, build_request(acting, query), query.cursor)
    following = build_address(query, found.following) if found.following else None
    facets = build_facet_views(query, found.facets, units) if query.facet else ()
    shown = Shown(query, "", build_chips(query, units), facets, units, next=following)
    return _render(request, acting, found, shown)


@router.get("/tim/loc")
def get_facets(request: Request, service: ServiceDep, acting: Searcher, query: AskedDep) -> HTMLResponse:
    """The facets and the total of a search, for the page that has its list already."""
    units = read_unit_names(service)
    wanted = replace(build_request(acting, query), limit=0, facets=FACETS, highlight=False)
    found = run_search(service, acting, wanted)
    facets = build_facet_views(query, found.facets, units)
    return render(request, acting.principal, "search_facets.html", facets=facets, found=found)


@router.post("/tim")
def post_search(
    request: Request, service: ServiceDep, acting: Searcher, q: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """The search box: words go on to an address that can be shared, an owner's number never does."""
    words = [word for word in word_forms(q)[0] if not is_personal_number(word)]
    numbers = [word for word in word_forms(q)[0] if is_personal_number(word)]
    if numbers:
        authorize(acting.principal, Permission.OWNER_READ)
    may = acting.principal.may(Permission.OWNER_READ)
    owner = _find_owner(service, numbers[0] if numbers else q) if may else None
    if owner is None:
        return redirect(build_address(SearchQuery(q=q)))
    filters = Filters(owner_key=owner)
    wanted = SearchRequest(
        " ".join(words) if numbers else "",
        build_scope(acting.principal),
        filters,
        Order.NEWEST,
        limit=MAX_LIMIT,
        facets=FACETS,
    )
    found = run_search(service, acting, wanted)
    shown = Shown(title="giấy tờ của số định danh vừa nhập", units=read_unit_names(service), by_owner=True)
    return _render(request, acting, found, shown)


@router.get("/tim/tuong-tu/{record_id}")
def get_similar(record_id: str, request: Request, service: ServiceDep, acting: Searcher) -> HTMLResponse:
    """Papers that share telling words with one."""
    wanted = build_request(acting, SearchQuery(limit=ROWS))
    found = run_similar(service, acting, record_id, wanted)
    shown = Shown(title="giấy tờ tương tự", units=read_unit_names(service), by_owner=True)
    return _render(request, acting, found, shown)


def _render(request: Request, acting: Acting, found: SearchPage | None, shown: Shown) -> HTMLResponse:
    is_person = acting.principal.kind == "person"
    return render(
        request,
        acting.principal,
        "search.html",
        q=shown.query.q,
        found=found,
        shown=shown,
        groups=build_groups(found) if found else (),
        address=build_address,
        hidden=build_hidden(shown.query),
        all_facets=FACETS,
        mark=mark_fragment,
        can_keep=is_person and found is not None and not shown.by_owner,
    )


def build_groups(found: SearchPage) -> Sequence[Group]:
    """One group of all hits; hits of a number in a group for each year and body, the best fitting first."""
    if not found.by_number:
        return [Group("", found.hits)]
    groups: dict[str, list[Hit]] = {}
    for hit in found.hits:
        year = f"Năm {hit.issued.year}" if hit.issued else "Không rõ năm"
        groups.setdefault(f"{year} · {hit.issuer or 'không rõ cơ quan'}", []).append(hit)
    return [Group(heading, hits) for heading, hits in groups.items()]


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
