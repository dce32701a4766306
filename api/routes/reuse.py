"""Reuse lookups (tra cứu tái sử dụng): POST, so that no owner's number stands in an address or a log."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.deps import Needs, ServiceDep
from api.finding import run_lookup
from api.schemas.reuse import CandidateOut, CandidatesIn, CandidatesOut, LookupIn, LookupOut, PurposeIn
from records.access import Permission
from records.actions.acting import Acting
from records.identifiers import parse_owner
from records.ports import LookupPurpose, LookupQuestion
from search.access import build_scope
from search.candidates import find_candidates
from search.decision import DecisionCode
from search.index import SearchRequest

router = APIRouter(prefix="/reuse", tags=["tra cứu tái sử dụng"])
Asker = Annotated[Acting, Depends(Needs(Permission.LOOKUP))]


@router.post(
    "/lookups",
    summary="Tra cứu kết quả tái sử dụng",
    responses={503: {"model": LookupOut, "description": "TAM_THOI_KHONG_TRA_LOI: chưa kết luận được"}},
)
def post_lookup(body: LookupIn, service: ServiceDep, acting: Asker, response: Response) -> LookupOut:
    """Does this owner hold such a result on that day? Audited before the answer leaves.

    An outage answers 503 with the same body, so that no client takes it for "none".
    """
    question = LookupQuestion(
        owner=parse_owner(body.owner.scheme, body.owner.id),
        type_code=body.type,
        as_of=body.as_of or acting.today,
        purpose=build_purpose(body.purpose),
    )
    answer = run_lookup(service, acting, question)
    if answer.code is DecisionCode.NO_ANSWER:
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    response.headers["Cache-Control"] = "no-store"
    return LookupOut.model_validate(answer)


@router.post("/candidates", summary="Tìm ứng viên khi chưa có số định danh")
def post_candidates(body: CandidatesIn, service: ServiceDep, acting: Asker) -> CandidatesOut:
    """Results found by words, each confirmed in the database; audited before they leave."""
    purpose = build_purpose(body.purpose) or LookupPurpose("", "")
    request = SearchRequest(text=body.q, scope=build_scope(acting.principal), limit=body.limit)
    found = find_candidates(
        service.index, service.store, acting, request, purpose, body.as_of or acting.today
    )
    return CandidatesOut(candidates=[CandidateOut.model_validate(one) for one in found])


def build_purpose(given: PurposeIn | None) -> LookupPurpose | None:
    """The purpose as the domain takes it."""
    if given is None:
        return None
    return LookupPurpose(given.dossier, given.procedure, given.legal_basis)
