"""Reuse lookups over a store in memory."""

from dataclasses import replace
from datetime import date

import pytest

from records.access import Permission, Principal, Scope
from records.actions.acting import Acting
from records.errors import BlobStoreUnavailable
from records.model import AuditEntry
from records.ports import LookupPurpose, LookupQuestion, OwnerKey
from search.decision import DecisionCode
from search.lookup import LookupService
from tests.factories import NOW, OWNER, TYPE, build_result, build_right
from tests.fakes import FakeStore

CLERK = Acting(
    Principal("clerk", "C", "person", {Permission.LOOKUP: Scope(None)}, home_unit="H15.01"), NOW, "api"
)
PURPOSE = LookupPurpose("H15.26.03.01-3741", "1.004222", "Điều 10")
QUESTION = LookupQuestion(OwnerKey("cccd", OWNER), TYPE, date(2026, 3, 1), PURPOSE)


class MemoryJournal:
    """A journal in memory."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def append(self, entry: AuditEntry) -> None:
        """Keep it."""
        self.entries.append(entry)


class FullDisk:
    """A journal that cannot write."""

    def append(self, entry: AuditEntry) -> None:
        """Fail."""
        raise BlobStoreUnavailable


@pytest.fixture
def store() -> FakeStore:
    """A store with one reusable result."""
    store = FakeStore()
    with store.write() as work:
        work.results.add(build_result(id="kq-1", valid_from=date(2025, 1, 1)))
        work.commit()
    return store


def audit_rows(store: FakeStore) -> list[AuditEntry]:
    """The audit rows, newest first."""
    with store.read() as work:
        return [entry for _, entry in work.audit.page(limit=10)[0]]


def test_answer_and_audit_row(store: FakeStore) -> None:
    """A reusable result is shown without the owner's number, and the act is in the log."""
    answer = LookupService(store, MemoryJournal(), b"secret").lookup(CLERK, QUESTION)
    assert (answer.code, answer.pending) == (DecisionCode.REUSABLE, 0)
    assert [one.id for one in answer.candidates] == ["kq-1"]
    assert OWNER not in repr(answer)
    [row] = audit_rows(store)
    assert (row.action, row.outcome, row.actor) == ("reuse.lookup", "CO_GIA_TRI_TAI_SU_DUNG", "clerk")
    assert row.purpose == "H15.26.03.01-3741 1.004222 Điều 10"
    assert row.detail["results"] == "kq-1"
    assert OWNER not in repr(row)


def test_unknown_owner_has_none(store: FakeStore) -> None:
    """An exact key that is not there is none; nothing is guessed."""
    question = replace(QUESTION, owner=OwnerKey("cccd", OWNER[:-1] + "0"))
    assert LookupService(store, MemoryJournal(), b"s").lookup(CLERK, question).code is DecisionCode.NONE


@pytest.mark.parametrize("purpose", [None, LookupPurpose("", "1.004222"), LookupPurpose("H15-26", " ")])
def test_no_purpose_is_refused_and_audited(store: FakeStore, purpose: LookupPurpose | None) -> None:
    """Without dossier and procedure nothing is looked up."""
    answer = LookupService(store, MemoryJournal(), b"s").lookup(CLERK, replace(QUESTION, purpose=purpose))
    assert (answer.code, answer.candidates, answer.pending) == (DecisionCode.NO_PURPOSE, (), None)
    assert audit_rows(store)[0].outcome == "TU_CHOI_THIEU_MUC_DICH"


@pytest.mark.parametrize(
    "principal",
    [
        Principal("x", "X", "person", {}),
        Principal(
            "m", "M", "machine", {Permission.LOOKUP: Scope(None)}, rights=(build_right("KQ.G15.000099"),)
        ),
    ],
)
def test_caller_without_right_is_refused(store: FakeStore, principal: Principal) -> None:
    """Without permission or agreement on the type the answer never depends on rows."""
    answer = LookupService(store, MemoryJournal(), b"s").lookup(replace(CLERK, principal=principal), QUESTION)
    assert (answer.code, answer.candidates, answer.pending) == (DecisionCode.NOT_ALLOWED, (), None)
    assert audit_rows(store)[0].outcome == "TU_CHOI_KHONG_CO_QUYEN"


def test_agreement_on_the_type_is_enough(store: FakeStore) -> None:
    """A machine client with an agreement on the type is answered."""
    machine = Principal("m", "M", "machine", {Permission.LOOKUP: Scope(None)}, rights=(build_right(TYPE),))
    answer = LookupService(store, MemoryJournal(), b"s").lookup(replace(CLERK, principal=machine), QUESTION)
    assert answer.code is DecisionCode.REUSABLE


def test_outage_is_never_none(store: FakeStore) -> None:
    """With the database down the answer says so and its audit row waits in the journal."""
    store.is_down = True
    journal = MemoryJournal()
    answer = LookupService(store, journal, b"s").lookup(CLERK, QUESTION)
    assert (answer.code, answer.candidates, answer.pending) == (DecisionCode.NO_ANSWER, (), None)
    [entry] = journal.entries
    assert (entry.action, entry.outcome) == ("reuse.lookup", "TAM_THOI_KHONG_TRA_LOI")


def test_locked_database_ends_with_the_deadline(store: FakeStore) -> None:
    """A writer that does not end keeps nobody waiting beyond the deadline."""
    with store.write():
        answer = LookupService(store, MemoryJournal(), b"s", seconds=0.01).lookup(CLERK, QUESTION)
    assert answer.code is DecisionCode.NO_ANSWER


def test_without_any_audit_there_is_no_answer(store: FakeStore) -> None:
    """When neither log nor journal can be written nothing is answered."""
    store.is_down = True
    with pytest.raises(BlobStoreUnavailable):
        LookupService(store, FullDisk(), b"s").lookup(CLERK, QUESTION)


def test_a_personal_number_in_the_basis_is_masked_in_the_log(store: FakeStore) -> None:
    """The basis is free text; dossier and procedure stay as they are."""
    purpose = LookupPurpose("H15.03-260115-0042", "1.011442", "đơn của số 001203000123")
    LookupService(store, MemoryJournal(), b"s").lookup(CLERK, replace(QUESTION, purpose=purpose))
    assert audit_rows(store)[0].purpose == "H15.03-260115-0042 1.011442 đơn của số 0012••••0123"
