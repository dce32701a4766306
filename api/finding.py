"""Searches and lookups as pages, interface and command line make them (tìm kiếm, tra cứu); audited."""

from api.schemas.search import SearchQuery
from api.wiring import Service
from records.actions.acting import Acting
from records.errors import InvalidIdentifier
from records.ports import LookupQuestion
from search.access import build_scope
from search.index import Filters, SearchPage, SearchRequest
from search.lookup import build_inquiry
from search.needs import Inquiry, InquiryAnswer, LookupAnswer


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


def run_search(service: Service, acting: Acting, request: SearchRequest) -> SearchPage:
    """Search and write the audit row: how much was found, not what was typed (it may name a person)."""
    page = service.index.search(request)
    service.watch.note_search(acting, request.text)
    with service.store.write() as work:
        work.audit.add(
            acting.entry("search", "index", "records", unit=acting.principal.home_unit, hits=len(page.hits))
        )
        work.commit()
    return page


def run_lookup(service: Service, acting: Acting, question: LookupQuestion) -> LookupAnswer:
    """Ask for one type; see `run_inquiry`."""
    return run_inquiry(service, acting, build_inquiry(question)).answers[0]


def run_inquiry(service: Service, acting: Acting, inquiry: Inquiry) -> InquiryAnswer:
    """Ask; a code that no list names raises `InvalidIdentifier`: a slip of the pen is not "none"."""
    answer = service.lookup.inquire(acting, inquiry)
    check_known(answer)
    return answer


def check_known(answer: InquiryAnswer) -> None:
    """Raise `InvalidIdentifier` for the first need whose code no list names."""
    for need in answer.unknown:
        if need.requirement:
            raise InvalidIdentifier("Danh mục không có thành phần hồ sơ này.", field="requirement")
        raise InvalidIdentifier("Danh mục không có loại giấy tờ này.", field="type")
