"""Searches and lookups as pages, interface and command line make them (tìm kiếm, tra cứu); audited."""

from api.wiring import Service
from records.actions.acting import Acting
from records.errors import InvalidIdentifier
from records.ports import LookupQuestion
from search.index import SearchPage, SearchRequest
from search.lookup import build_inquiry
from search.needs import Inquiry, InquiryAnswer, LookupAnswer


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
