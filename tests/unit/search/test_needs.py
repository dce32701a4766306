"""Several needs in one lookup, requirements, changed identifiers, cautions, the deadline."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from records.access import Permission, Principal, Scope
from records.actions.acting import Acting
from records.agreements import Right
from records.errors import StoreUnavailable
from records.former_identifiers import FormerIdentifier
from records.model import AuditEntry
from records.ports import LookupPurpose, OwnerKey
from records.requirements import RequirementType
from search.deadline import Deadline
from search.decision import DecisionCode
from search.lookup import LookupService
from search.needs import Inquiry, Need, RequestKind
from tests.factories import NOW, OWNER, TYPE, build_result, build_type
from tests.fakes import FakeStore
from tests.unit.search.test_lookup import CLERK, MemoryJournal

DAY = date(2026, 3, 1)
OTHER_TYPE = "KQ.G15.000032"
PURPOSE = LookupPurpose("H15.03-260115-0042", "1.011442")
ASKED = Inquiry(OwnerKey("cccd", OWNER), (Need(TYPE),), DAY, PURPOSE)
CMND = "012345678"
D = DecisionCode


@pytest.fixture
def store() -> FakeStore:
    """A store with two results of one type, one of another, and a requirement over both types."""
    store = FakeStore()
    with store.write() as work:
        work.types.add(build_type(TYPE))
        work.types.add(build_type(OTHER_TYPE))
        work.results.add(build_result(id="kq-1"))
        work.results.add(build_result(id="kq-2", issued=date(2025, 2, 1)))
        work.results.add(build_result(id="kq-3", type_code=OTHER_TYPE, valid_to=date(2025, 12, 31)))
        work.requirements.add(RequirementType("TP.01", TYPE, date(2025, 1, 1)))
        work.requirements.add(RequirementType("TP.01", OTHER_TYPE, date(2025, 1, 1), date(2026, 1, 1)))
        work.commit()
    return store


def ask(store: FakeStore, *needs: Need, acting: Acting = CLERK, **changes: Any) -> Any:
    """The answer of a service over the store."""
    service = LookupService(store, MemoryJournal(), b"secret")
    return service.inquire(acting, replace(ASKED, needs=needs or (Need(TYPE),), **changes))


def rows_of(store: FakeStore) -> list[AuditEntry]:
    """The audit rows, newest first."""
    with store.read() as work:
        return [entry for _, entry in work.audit.page(limit=10)[0]]


def test_each_need_has_its_own_answer_and_one_row_names_them(store: FakeStore) -> None:
    """Answers come in the order of the needs; one audit row holds types, codes and results."""
    answer = ask(store, Need(OTHER_TYPE), Need(TYPE), Need("KQ.SAI"))
    assert [one.code for one in answer.answers] == [D.EXPIRED, D.REUSABLE, D.NONE]
    assert answer.unknown == (Need("KQ.SAI"),)
    (row,) = rows_of(store)
    assert (row.outcome, row.detail["type"]) == ("NHIEU_THANH_PHAN", f"{OTHER_TYPE} {TYPE} KQ.SAI")
    assert row.detail["codes"] == "HET_HIEU_LUC CO_GIA_TRI_TAI_SU_DUNG KHONG_CO"
    assert row.detail["results"] == "kq-2 kq-1"


def test_a_requirement_is_met_by_the_types_of_its_day(store: FakeStore) -> None:
    """The map is dated: what fulfils it today need not have then, and a code of no list is no answer."""
    today = ask(store, Need(requirement="TP.01"))
    assert (today.answers[0].types, today.answers[0].code) == ((TYPE,), D.REUSABLE)
    then = ask(store, Need(requirement="TP.01"), as_of=date(2025, 6, 1))
    assert then.answers[0].types == (OTHER_TYPE, TYPE) or then.answers[0].types == (TYPE, OTHER_TYPE)
    assert {one.id for one in then.answers[0].candidates} == {"kq-1", "kq-2", "kq-3"}
    unknown = ask(store, Need(requirement="TP.99"))
    assert unknown.unknown == (Need(requirement="TP.99"),)


def test_one_of_several_has_to_be_chosen_only_where_one_was_asked_for(store: FakeStore) -> None:
    """Two reusable results are a choice for who wants exactly one, and simply two for others."""
    many, one = ask(store, Need(TYPE), Need(TYPE, expects_one=True)).answers
    assert (many.code, one.code) == (D.REUSABLE, D.CHOICE)
    assert [it.id for it in one.candidates] == ["kq-2", "kq-1"]
    assert (
        ask(store, Need(OTHER_TYPE, expects_one=True), as_of=date(2025, 6, 1)).answers[0].code is D.REUSABLE
    )


def test_only_agreed_types_of_a_requirement_are_looked_for(store: FakeStore) -> None:
    """A machine client without the agreement is refused; with part of it that part is answered."""
    right = Right(None, None, frozenset({OTHER_TYPE}), date(2020, 1, 1), None)
    machine = Principal("m", "M", "machine", {Permission.LOOKUP: Scope(None)}, rights=(right,))
    acting = replace(CLERK, principal=machine)
    refused, part = ask(
        store, Need(TYPE), Need(requirement="TP.01"), acting=acting, as_of=date(2025, 6, 1)
    ).answers
    assert (refused.code, refused.candidates, refused.pending) == (D.NOT_ALLOWED, (), None)
    assert (part.types, [it.id for it in part.candidates]) == ((OTHER_TYPE,), ["kq-3"])


def add_former(store: FakeStore, *current: str) -> None:
    """Says that the old card became these."""
    with store.write() as work:
        for number in current:
            row = FormerIdentifier(
                f"f-{number}", "cmnd", CMND, "cccd", number, date(2021, 7, 1), None, "Căn cước", "a", NOW
            )
            work.former.add(row)
        work.commit()


def test_old_results_are_found_by_a_mapping_only(store: FakeStore) -> None:
    """Without a row the old card is another owner; with it both numbers find both results."""
    with store.write() as work:
        work.results.add(build_result(id="kq-9", owner_scheme="cmnd", owner_id=CMND))
        work.commit()

    def find(owner: OwnerKey) -> set[str]:
        return {one.id for one in ask(store, owner=owner).answers[0].candidates}

    old, new = OwnerKey("cmnd", CMND), OwnerKey("cccd", OWNER)
    assert (find(old), find(new)) == ({"kq-9"}, {"kq-1", "kq-2"})
    add_former(store, OWNER)
    assert find(old) == find(new) == {"kq-1", "kq-2", "kq-9"}


def test_a_number_given_twice_joins_nobody_and_the_answer_says_so(store: FakeStore) -> None:
    """Two people who had one card number never see each other's results."""
    with store.write() as work:
        work.results.add(build_result(id="kq-9", owner_scheme="cmnd", owner_id=CMND))
        work.commit()
    add_former(store, OWNER, "001090099999")
    answer = ask(store)
    assert {one.id for one in answer.answers[0].candidates} == {"kq-1", "kq-2"}
    assert [one.code for one in answer.cautions] == ["DINH_DANH_KHONG_DUY_NHAT"]
    assert rows_of(store)[0].detail["cautions"] == "DINH_DANH_KHONG_DUY_NHAT"


def test_the_kind_of_request_is_in_the_log_without_a_number(store: FakeStore) -> None:
    """Whether the owner asked for it, who and when; a number typed there is masked."""
    ask(store, request=RequestKind(True, f"Chủ thể {OWNER}", NOW))
    detail = rows_of(store)[0].detail
    assert (detail["request"], detail["requested_at"]) == ("explicit", NOW.isoformat())
    assert OWNER not in repr(detail)


def test_an_answer_too_late_is_not_in_the_log(store: FakeStore) -> None:
    """What the asker no longer waits for is not committed as answered."""
    moments = iter([0.0, 0.1, 0.6, 0.6, 0.6])
    deadline = Deadline(0.5, now=lambda: next(moments))
    service = LookupService(store, MemoryJournal(), b"secret")
    with pytest.raises(StoreUnavailable):
        service.answer(CLERK, ASKED, deadline)
    assert rows_of(store) == []


def test_every_need_is_put_off_together(store: FakeStore) -> None:
    """An outage answers each need with the same code and one row in the journal."""
    store.is_down = True
    journal = MemoryJournal()
    inquiry = replace(ASKED, needs=(Need(TYPE), Need(OTHER_TYPE)))
    answer = LookupService(store, journal, b"s").inquire(CLERK, inquiry)
    assert {one.code for one in answer.answers} == {D.NO_ANSWER}
    (entry,) = journal.entries
    assert entry.detail["codes"] == "TAM_THOI_KHONG_TRA_LOI TAM_THOI_KHONG_TRA_LOI"
