"""Does this owner already hold such results (tra cứu tái sử dụng)? Answered from the database alone.

The audit row commits before the answer leaves; when the database is out of reach it goes to the local
journal and the answer is `TAM_THOI_KHONG_TRA_LOI`, never "none" (NĐ 118/2025: no paper is asked for twice).
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Protocol

from records.access import Permission
from records.actions.acting import Acting
from records.errors import StoreUnavailable
from records.field_names import FieldName
from records.former_areas import describe_area_now
from records.former_identifiers import OwnerKeys, find_owner_keys
from records.identifiers import hash_owner, mask_numbers
from records.model import AuditEntry, Record, Result
from records.ports import LookupPurpose, LookupQuestion, OwnerKey, Store, UnitOfWork
from records.requirements import RequirementType
from search.deadline import Deadline
from search.decision import Decision, DecisionCode, build_reason, decide
from search.needs import (
    AMBIGUOUS_OWNER,
    BIRTH_DIFFERS,
    NAME_DIFFERS,
    Caution,
    Evidence,
    Inquiry,
    InquiryAnswer,
    LookupAnswer,
    Need,
    SignatureCheck,
    find_types,
)
from search.rights import is_allowed
from search.text import fold

LOOKUP_ACTION = "reuse.lookup"
SEVERAL = "NHIEU_THANH_PHAN"
"""Outcome in the log of a lookup with several needs; their codes stand in its detail."""
_NOBODY = OwnerKey("-", "0" * 64)
"""An owner that no paper can have, looked for in a refusal."""
_UNANSWERED = frozenset({DecisionCode.NO_PURPOSE, DecisionCode.NOT_ALLOWED, DecisionCode.NO_ANSWER})


class OutageJournal(Protocol):
    """Where audit rows wait while the database is out of reach."""

    def append(self, entry: AuditEntry) -> None:
        """Keep the entry; on disk when this returns."""
        ...


@dataclass(frozen=True, slots=True)
class Paper:
    """The record behind a result, and when its signatures were last judged."""

    record: Record
    checked_at: datetime


def find_papers(work: UnitOfWork, record_ids: Sequence[str]) -> Mapping[str, Paper]:
    """Records of results that are shown; one never judged again was judged when it was stored."""
    if not record_ids:
        return {}
    dues = work.verdicts.find_dues(record_ids)
    return {
        record_id: Paper(record, due.checked_at if (due := dues.get(record_id)) else record.created_at)
        for record_id, record in work.records.get_many(record_ids).items()
    }


def build_evidence(result: Result, paper: Paper | None = None) -> Evidence:
    """What an answer shows of a result; its paper adds pages and the signature report."""
    check, verified = SignatureCheck(result.signature), result.updated_at
    record = paper.record if paper else None
    if paper is not None and record is not None:
        verified = paper.checked_at
        check = SignatureCheck(result.signature, record.signature_indication, verified, record.report_sha256)
    return Evidence(
        result.id, result.record_id, result.type_code, result.number, result.issuer, result.title,
        result.issued, result.valid_from, result.valid_to, result.state, result.signature, result.unit,
        result.sha256, verified, result.version, check, record.pages if record else None,
        describe_area_now(result.issuer, result.issued),
    )  # fmt: skip


def has_purpose(purpose: LookupPurpose | None) -> bool:
    """Whether dossier and procedure are both named."""
    return purpose is not None and bool(purpose.dossier.strip()) and bool(purpose.procedure.strip())


Observe = Callable[[Acting, Inquiry, InquiryAnswer], None]
"""Told of every answer after its audit row is kept; must not raise."""


class LookupService:
    """Answers reuse questions (dịch vụ tra cứu); `seconds` is the deadline from end to end."""

    def __init__(
        self,
        store: Store,
        journal: OutageJournal,
        owner_secret: bytes,
        seconds: float = 0.5,
        observe: Observe | None = None,
    ) -> None:
        self._store = store
        self._journal = journal
        self._owner_secret = owner_secret
        self.seconds = seconds
        self._observe = observe

    def lookup(self, acting: Acting, question: LookupQuestion) -> LookupAnswer:
        """Decide one question; audited before it returns. Raises only when nothing can be audited."""
        return self.inquire(acting, build_inquiry(question)).answers[0]

    def inquire(self, acting: Acting, inquiry: Inquiry) -> InquiryAnswer:
        """Decide every need; audited before it returns. Raises only when nothing can be audited."""
        try:
            return self.answer(acting, inquiry, Deadline(self.seconds))
        except StoreUnavailable:
            return self.put_off(acting, inquiry)

    def put_off(self, acting: Acting, inquiry: Inquiry) -> InquiryAnswer:
        """The answer while the database is out of reach; its audit row waits in the journal."""
        nothing = Decision(DecisionCode.NO_ANSWER)
        answers = tuple(_build_answer(need, (), nothing, None) for need in inquiry.needs)
        self._journal.append(self._entry(acting, inquiry, answers))
        return InquiryAnswer(answers)

    def answer(self, acting: Acting, inquiry: Inquiry, deadline: Deadline) -> InquiryAnswer:
        """All needs and their audit row in one transaction, so that a result counts once it is committed.

        Raises `StoreUnavailable` where the caller has to `put_off`.
        """
        with self._store.write(deadline.left) as work:
            asked = _read(work, acting, inquiry)
            decisions = [asked.decide(need) for need in inquiry.needs]
            shown = [row.record_id for one in decisions for row in one.results if row.record_id]
            papers = find_papers(work, shown)
            answers = tuple(map(asked.answer, inquiry.needs, decisions, repeat(papers)))
            cautions = _find_cautions(work, inquiry, asked, answers)
            work.audit.add(self._entry(acting, inquiry, answers, cautions))
            # What the asker no longer waits for must not stand in the log as answered.
            deadline.check()
            work.commit()
        answered = InquiryAnswer(answers, cautions, asked.find_unknown(answers))
        if self._observe is not None:
            self._observe(acting, inquiry, answered)
        return answered

    def _entry(
        self,
        acting: Acting,
        inquiry: Inquiry,
        answers: Sequence[LookupAnswer],
        cautions: Sequence[Caution] = (),
    ) -> AuditEntry:
        codes = [answer.code.value for answer in answers]
        pending = [answer.pending for answer in answers if answer.pending is not None]
        return acting.entry(
            LOOKUP_ACTION,
            "owner",
            hash_owner(self._owner_secret, inquiry.owner),
            unit=acting.principal.home_unit,
            purpose=build_purpose_text(inquiry.purpose),
            outcome=codes[0] if len(codes) == 1 else SEVERAL,
            type=" ".join(need.requirement or need.type_code for need in inquiry.needs),
            as_of=inquiry.as_of.isoformat(),
            pending=sum(pending) if pending else None,
            results=" ".join(one.id for answer in answers for one in answer.candidates),
            **({"codes": " ".join(codes)} if len(codes) > 1 else {}),
            **({"cautions": " ".join(one.code for one in cautions)} if cautions else {}),
            **_describe_request(inquiry),
        )


def build_inquiry(question: LookupQuestion) -> Inquiry:
    """A question of one type as an inquiry of one need."""
    return Inquiry(question.owner, (Need(question.type_code),), question.as_of, question.purpose)


def build_purpose_text(purpose: LookupPurpose | None) -> str | None:
    """Dossier, procedure and legal basis as the log keeps them; None for none.

    The basis is free text: a personal number that somebody typed there is masked.
    """
    if purpose is None:
        return None
    basis = mask_numbers(purpose.legal_basis)
    return " ".join((purpose.dossier, purpose.procedure, basis)).strip() or None


def _describe_request(inquiry: Inquiry) -> dict[str, str]:
    """Request kind for the log; a personal number that somebody typed there is masked."""
    request = inquiry.request
    if request is None:
        return {}
    said = {"request": "explicit" if request.is_explicit else "implied", "by": mask_numbers(request.by)}
    return said | ({"requested_at": request.at.isoformat()} if request.at else {})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the database says about an inquiry: rows, counts, and which of the codes a list names."""

    inquiry: Inquiry
    keys: OwnerKeys
    plans: Mapping[Need, tuple[tuple[str, ...], DecisionCode | None]]
    rows: Sequence[Result]
    pending: Mapping[str, int]
    known: frozenset[str]

    def decide(self, need: Need) -> Decision:
        """What is concluded about one need."""
        types, refusal = self.plans[need]
        if refusal is not None:
            return Decision(refusal)
        rows = [row for row in self.rows if row.type_code in types]
        return decide(rows, as_of=self.inquiry.as_of, expects_one=need.expects_one)

    def answer(self, need: Need, decision: Decision, papers: Mapping[str, Paper]) -> LookupAnswer:
        """The answer to one need, with what is known of the papers shown."""
        types, refusal = self.plans[need]
        if refusal is not None:
            return _build_answer(need, (), decision, None)
        pending = sum(self.pending.get(code, 0) for code in types)
        return _build_answer(need, types, decision, pending, papers)

    def find_unknown(self, answers: Sequence[LookupAnswer]) -> tuple[Need, ...]:
        """Needs without a row whose code no list names."""
        return tuple(
            answer.need
            for answer in answers
            if answer.code is DecisionCode.NONE and not set(answer.types) & self.known
        )


def _read(work: UnitOfWork, acting: Acting, inquiry: Inquiry) -> _Asked:
    """The same statements whatever the answer: how long one takes must not tell whether there is a row."""
    named = [need.requirement for need in inquiry.needs if need.requirement]
    mapped = work.requirements.of(named) if named else ()
    plans = {need: _plan(acting, inquiry, need, mapped) for need in inquiry.needs}
    every = {code for types, _refusal in plans.values() for code in types}
    open_types = sorted({code for types, refusal in plans.values() if refusal is None for code in types})
    # A refused question is asked of nobody, so that the refusal takes as long as an answer.
    owner = inquiry.owner if open_types else _NOBODY
    keys = find_owner_keys(work.former, (owner.scheme, owner.id), inquiry.as_of)
    wanted = open_types or sorted(every)
    rows = work.results.find_by_owners(keys.keys, wanted)
    pending = work.results.pending_by_type([number for _scheme, number in keys.keys], wanted)
    return _Asked(inquiry, keys, plans, rows, pending, work.types.known(sorted(every)))


def _plan(
    acting: Acting, inquiry: Inquiry, need: Need, mapped: Sequence[RequirementType]
) -> tuple[tuple[str, ...], DecisionCode | None]:
    """Types to look for and the refusal, if any; of a requirement's types those the caller may ask for."""
    types = find_types(need, mapped, inquiry.as_of)
    purpose = inquiry.purpose
    if purpose is None or not has_purpose(purpose):
        return types, DecisionCode.NO_PURPOSE
    allowed = tuple(code for code in types if is_allowed(acting, code, purpose))
    if allowed or (not types and acting.principal.may(Permission.LOOKUP)):
        return allowed, None
    return types, DecisionCode.NOT_ALLOWED


def _build_answer(
    need: Need,
    types: tuple[str, ...],
    decision: Decision,
    pending: int | None,
    papers: Mapping[str, Paper] | None = None,
) -> LookupAnswer:
    known = papers or {}
    candidates = tuple(build_evidence(row, known.get(row.record_id or "")) for row in decision.results)
    return LookupAnswer(decision.code, build_reason(decision.code, pending), candidates, pending, need, types)


def _find_cautions(
    work: UnitOfWork, inquiry: Inquiry, asked: _Asked, answers: Sequence[LookupAnswer]
) -> tuple[Caution, ...]:
    """What to look at before relying on the answers; never what decides them."""
    if all(answer.code in _UNANSWERED for answer in answers):
        return ()
    found = [AMBIGUOUS_OWNER] if asked.keys.is_ambiguous else []
    if _born_otherwise(inquiry):
        found.append(BIRTH_DIFFERS)
    shown = [one.record_id for answer in answers for one in answer.candidates if one.record_id]
    if inquiry.name and _named_otherwise(work, inquiry.name, shown):
        found.append(NAME_DIFFERS)
    return tuple(found)


def _named_otherwise(work: UnitOfWork, name: str, record_ids: Sequence[str]) -> bool:
    """Whether a shown paper's confirmed name is another one; accents and case are no difference."""
    fields = work.records.fields_of(record_ids) if record_ids else {}
    names = {
        field.value
        for of_record in fields.values()
        for field in of_record
        if field.name == FieldName.OWNER_NAME and field.value and field.confirmed_by
    }
    return any(_fold_name(one) != _fold_name(name) for one in names)


def _fold_name(name: str) -> str:
    return " ".join(fold(unicodedata.normalize("NFC", name)).casefold().split())


def _born_otherwise(inquiry: Inquiry) -> bool:
    """Whether the year of birth is not the one inside the personal number (NĐ 137/2015)."""
    if inquiry.born is None or inquiry.owner.scheme != "cccd":
        return False
    century = 1900 + 100 * (int(inquiry.owner.id[3]) // 2)
    return inquiry.born.year != century + int(inquiry.owner.id[4:6])
