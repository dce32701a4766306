"""Searches and lookups as pages, interface and command line make them (tìm kiếm, tra cứu); audited."""

from api.schemas.search import SearchQuery
from api.wiring import Service
from records.actions.acting import Acting
from records.errors import InvalidIdentifier
from records.ports import LookupQuestion
from search.access import build_scope
from search.decision import DecisionCode
from search.index import Filters, SearchPage, SearchRequest
from search.lookup import LookupAnswer


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


def run_lookup(service: Service, acting: Acting, question: LookupQuestion) -> LookupAnswer:
    """Ask; a type that no catalogue names raises `InvalidIdentifier`: a slip of the pen is not "none"."""
    answer = service.lookup.lookup(acting, question)
    if answer.code is DecisionCode.NONE:
        with service.store.read() as work:
            if work.types.find(question.type_code) is None:
                raise InvalidIdentifier("Danh mục không có loại giấy tờ này.", field="type")
    return answer
