"""A search as both the interface and the command line make it (tìm kiếm): scope inside, audit row written."""

from api.schemas.search import SearchQuery
from api.wiring import Service
from records.actions.acting import Acting
from search.access import build_scope
from search.index import Filters, SearchPage, SearchRequest


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
