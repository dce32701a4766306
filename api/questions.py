"""A search as it travels, with the caller's scope inside (yêu cầu tìm)."""

from api.schemas.search import SearchQuery
from records.actions.acting import Acting
from search.access import build_scope
from search.index import Filters, SearchRequest


def build_request(acting: Acting, query: SearchQuery) -> SearchRequest:
    """The query with the caller's scope inside."""
    filters = Filters(
        units=query.unit,
        kinds=query.kind,
        issuers=query.issuer,
        result_types=query.result_type,
        states=query.state,
        own_units=query.own_unit,
        years=query.year,
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
        literal=query.literal,
    )
