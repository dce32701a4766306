"""Search (tìm kiếm): scope and confidentiality are part of the query, never a filter after it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.deps import Needs, ServiceDep
from api.schemas.search import SearchOut, SearchQuery
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from search.access import build_scope
from search.index import Filters, SearchPage, SearchRequest

router = APIRouter(tags=["tìm kiếm"])
Searcher = Annotated[Acting, Depends(Needs(Permission.SEARCH))]


@router.get("/search", summary="Tìm hồ sơ")
def get_search(service: ServiceDep, acting: Searcher, query: Annotated[SearchQuery, Query()]) -> SearchOut:
    """Records by words, with or without diacritics, or by number; audited before the answer leaves."""
    return SearchOut.model_validate(run_search(service, acting, build_request(acting, query)))


def build_request(acting: Acting, query: SearchQuery) -> SearchRequest:
    """The query with the caller's scope inside."""
    filters = Filters(
        units=query.unit,
        kinds=query.kind,
        issuers=query.issuer,
        result_types=query.result_type,
        states=query.state,
        issued_from=query.issued_from,
        issued_to=query.issued_to,
    )
    return SearchRequest(
        text=query.q,
        scope=build_scope(acting.principal),
        filters=filters,
        order=query.order,
        offset=query.offset,
        limit=query.limit,
        facets=query.facet,
    )


def run_search(service: Service, acting: Acting, request: SearchRequest) -> SearchPage:
    """Search and write the audit row: how much was found, not what was typed (it may name a person)."""
    page = service.index.search(request)
    with service.store.write() as work:
        work.audit.add(
            acting.entry("search", "index", "records", unit=acting.principal.home_unit, hits=len(page.hits))
        )
        work.commit()
    return page
