"""Reuse lookups (tra cứu tái sử dụng): POST, so that no owner's number stands in an address or a log."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.deps import Needs, ServiceDep
from api.finding import check_known
from api.inquiries import build_lookup, build_purpose, read_inquiry
from api.schemas.reuse import CandidateOut, CandidatesIn, CandidatesOut, InquiryOut, LookupIn, SingleOut
from api.timed import TimedNeeds, answer_in_time, get_deadline
from records.access import Permission
from records.actions.acting import Acting
from records.ports import LookupPurpose
from search.access import build_scope
from search.candidates import find_candidates
from search.decision import DecisionCode
from search.index import SearchRequest

router = APIRouter(prefix="/reuse", tags=["tra cứu tái sử dụng"])
Asker = Annotated[Acting, Depends(Needs(Permission.LOOKUP))]
TimedAsker = Annotated[Acting, Depends(TimedNeeds(Permission.LOOKUP))]


@router.post(
    "/lookups",
    summary="Tra cứu kết quả tái sử dụng",
    responses={
        503: {"model": SingleOut | InquiryOut, "description": "TAM_THOI_KHONG_TRA_LOI: chưa kết luận được"}
    },
)
async def post_lookup(
    request: Request, body: LookupIn, service: ServiceDep, acting: TimedAsker, response: Response
) -> SingleOut | InquiryOut:
    """What does this owner hold on that day? One `type`, or up to twenty `needs`; audited before it leaves.

    An outage, or an answer that is not there in half a second, is 503 with the same body, so that no
    client takes it for "none".
    """
    inquiry = read_inquiry(body, acting)
    answer = await answer_in_time(service, acting, inquiry, get_deadline(request))
    check_known(answer)
    if any(one.code is DecisionCode.NO_ANSWER for one in answer.answers):
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    response.headers["Cache-Control"] = "no-store"
    return build_lookup(answer, is_single=body.needs is None)


@router.post("/candidates", summary="Tìm ứng viên khi chưa có số định danh")
def post_candidates(body: CandidatesIn, service: ServiceDep, acting: Asker) -> CandidatesOut:
    """Results found by words, each confirmed in the database; audited before they leave."""
    purpose = build_purpose(body.purpose) or LookupPurpose("", "")
    request = SearchRequest(text=body.q, scope=build_scope(acting.principal), limit=body.limit)
    # Words may be a name or a number: asking one after the other here is enumeration, too.
    service.watch.note_search(acting, body.q)
    found = find_candidates(
        service.index, service.store, acting, request, purpose, body.as_of or acting.today
    )
    return CandidatesOut(candidates=[CandidateOut.model_validate(one) for one in found])
