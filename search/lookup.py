"""Does this owner already hold such a result (tra cứu tái sử dụng)? Answered from the database alone.

The audit row commits before the answer leaves; when the database is out of reach it goes to the local
journal and the answer is `TAM_THOI_KHONG_TRA_LOI`, never "none" (NĐ 118/2025: no paper is asked for twice).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from records.access import Permission, Principal
from records.actions.acting import Acting
from records.errors import StoreUnavailable
from records.identifiers import hash_owner
from records.model import AuditEntry, Result
from records.ports import LookupPurpose, LookupQuestion, Store
from records.states import ResultState, SignatureValue
from search.decision import Decision, DecisionCode, build_reason, decide

LOOKUP_ACTION = "reuse.lookup"


class OutageJournal(Protocol):
    """Where audit rows wait while the database is out of reach."""

    def append(self, entry: AuditEntry) -> None:
        """Keep the entry; on disk when this returns."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reusable result as an answer shows it (kết quả tái sử dụng): metadata only, no owner number."""

    id: str
    record_id: str | None
    type_code: str
    number: str
    issuer: str
    title: str
    issued: date
    valid_from: date
    valid_to: date | None
    state: ResultState
    signature: SignatureValue
    unit: str
    sha256: str | None
    last_verified: datetime


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """The answer to one question (trả lời tra cứu).

    `pending` counts papers of that owner and type still on their way; None where it was not counted
    (refused, or no answer).
    """

    code: DecisionCode
    reason_vi: str
    candidates: tuple[Evidence, ...]
    pending: int | None


def build_evidence(result: Result) -> Evidence:
    """What an answer shows of a result."""
    return Evidence(
        result.id, result.record_id, result.type_code, result.number, result.issuer, result.title,
        result.issued, result.valid_from, result.valid_to, result.state, result.signature, result.unit,
        result.sha256, result.updated_at,
    )  # fmt: skip


def has_purpose(purpose: LookupPurpose | None) -> bool:
    """Whether dossier and procedure are both named."""
    return purpose is not None and bool(purpose.dossier.strip()) and bool(purpose.procedure.strip())


def is_allowed(principal: Principal, type_code: str) -> bool:
    """Whether the caller may ask for this type at all; depends on caller and type alone, never on rows."""
    agreed = principal.result_types is None or type_code in principal.result_types
    return agreed and principal.may(Permission.LOOKUP)


class LookupService:
    """Answers reuse questions (dịch vụ tra cứu); `seconds` is the deadline for the database."""

    def __init__(
        self, store: Store, journal: OutageJournal, owner_secret: bytes, seconds: float = 0.5
    ) -> None:
        self._store = store
        self._journal = journal
        self._owner_secret = owner_secret
        self._seconds = seconds

    def lookup(self, acting: Acting, question: LookupQuestion) -> LookupAnswer:
        """Decide one question; audited before it returns. Raises only when nothing can be audited."""
        refusal = self._find_refusal(acting, question)
        try:
            return self._answer(acting, question, refusal)
        except StoreUnavailable:
            return self.put_off(acting, question)

    def put_off(self, acting: Acting, question: LookupQuestion) -> LookupAnswer:
        """The answer while the database is out of reach; its audit row waits in the journal."""
        self._journal.append(self._entry(acting, question, Decision(DecisionCode.NO_ANSWER), None))
        return _build_answer(Decision(DecisionCode.NO_ANSWER), None)

    @staticmethod
    def _find_refusal(acting: Acting, question: LookupQuestion) -> DecisionCode | None:
        if not has_purpose(question.purpose):
            return DecisionCode.NO_PURPOSE
        return None if is_allowed(acting.principal, question.type_code) else DecisionCode.NOT_ALLOWED

    def _answer(self, acting: Acting, question: LookupQuestion, refusal: DecisionCode | None) -> LookupAnswer:
        """Rows, count and audit row in one transaction, so that a result counts once it is committed."""
        with self._store.write(self._seconds) as work:
            decision, pending = Decision(refusal or DecisionCode.NONE), None
            if refusal is None:
                owner = question.owner
                rows = work.results.find_by_owner(owner.scheme, owner.id, question.type_code)
                pending = work.results.pending(owner.scheme, owner.id, question.type_code)
                decision = decide(rows, as_of=question.as_of)
            work.audit.add(self._entry(acting, question, decision, pending))
            work.commit()
        return _build_answer(decision, pending)

    def _entry(
        self, acting: Acting, question: LookupQuestion, decision: Decision, pending: int | None
    ) -> AuditEntry:
        purpose = question.purpose
        named = (
            " ".join((purpose.dossier, purpose.procedure, purpose.legal_basis)).strip() if purpose else None
        )
        return acting.entry(
            LOOKUP_ACTION,
            "owner",
            hash_owner(self._owner_secret, question.owner),
            unit=acting.principal.home_unit,
            purpose=named or None,
            outcome=decision.code.value,
            type=question.type_code,
            as_of=question.as_of.isoformat(),
            pending=pending,
            results=_join_ids(decision.results),
        )


def _join_ids(results: Sequence[Result]) -> str:
    return " ".join(result.id for result in results)


def _build_answer(decision: Decision, pending: int | None) -> LookupAnswer:
    candidates = tuple(map(build_evidence, decision.results))
    return LookupAnswer(decision.code, build_reason(decision.code, pending), candidates, pending)
