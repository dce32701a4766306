"""Lookups between what travels and what the domain takes (tra cứu: chuyển khuôn)."""

from api.schemas.reuse import (
    AnswerOut,
    CautionOut,
    EvidenceOut,
    InquiryOut,
    LookupIn,
    NeedIn,
    NeedOut,
    PurposeIn,
    SingleOut,
)
from records.actions.acting import Acting
from records.identifiers import parse_owner
from records.ports import LookupPurpose
from search.needs import Inquiry, InquiryAnswer, LookupAnswer, Need, RequestKind


def build_purpose(given: PurposeIn | None) -> LookupPurpose | None:
    """The purpose as the domain takes it."""
    if given is None:
        return None
    return LookupPurpose(given.dossier, given.procedure, given.legal_basis)


def read_inquiry(body: LookupIn, acting: Acting) -> Inquiry:
    """What is asked; raises `InvalidIdentifier` for an owner that cannot be one."""
    request = body.request
    return Inquiry(
        owner=parse_owner(body.owner.scheme, body.owner.id),
        needs=_read_needs(body),
        as_of=body.as_of or acting.today,
        purpose=build_purpose(body.purpose),
        request=RequestKind(request.explicit, request.by, request.at) if request else None,
        name=body.owner.name,
        born=body.owner.birth_date,
    )


def _read_needs(body: LookupIn) -> tuple[Need, ...]:
    given = body.needs or [NeedIn(type=body.type, expect=body.expect)]
    return tuple(Need(one.type or "", one.requirement or "", one.expect == "one") for one in given)


def build_lookup(answer: InquiryAnswer, *, is_single: bool) -> SingleOut | InquiryOut:
    """The answer in the form that was asked for."""
    cautions = [CautionOut.model_validate(one) for one in answer.cautions]
    if is_single:
        single = SingleOut.model_validate(answer.answers[0])
        return single.model_copy(update={"cautions": cautions})
    return InquiryOut(answers=[_build_answer(one) for one in answer.answers], cautions=cautions)


def _build_answer(answer: LookupAnswer) -> AnswerOut:
    need = answer.need
    expect = "one" if need.expects_one else "any"
    return AnswerOut(
        code=answer.code,
        reason_vi=answer.reason_vi,
        candidates=[EvidenceOut.model_validate(one) for one in answer.candidates],
        pending=answer.pending,
        need=NeedOut(type=need.type_code or None, requirement=need.requirement or None, expect=expect),
        types=list(answer.types),
    )
