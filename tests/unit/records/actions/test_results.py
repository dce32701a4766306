"""Changing whether a result is in force."""

from datetime import date
from typing import Any

import pytest

from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.results import StateChange, change_result_state, expire_results, view_result
from records.errors import AccessDenied, IllegalTransition, InvalidValue, RecordNotFound
from records.model import Result
from records.states import ResultState
from tests.factories import add_record, build_result
from tests.fakes import FakeStore
from tests.unit.records.actions.acting_people import ARCHIVIST, CLERK, SIGNER, STRANGER


def _make(store: FakeStore, **changes: Any) -> Result:
    with store.write() as work:
        record = add_record(work)
        result = build_result(record.id, **changes)
        work.results.add(result)
        work.commit()
    return result


def _change(to_state: ResultState = ResultState.REVOKED, **changes: Any) -> StateChange:
    values = {
        "document_number": "20/QĐ-STP",
        "document_date": date(2026, 2, 1),
        "effective": date(2026, 2, 10),
        "reason": "Cấp sai đối tượng",
    }
    return StateChange(to_state, **values | changes)


def test_a_change_keeps_document_date_person_and_reason() -> None:
    """State, row, index event and audit row are one commit."""
    store = FakeStore()
    result = _make(store)
    changed, row = change_result_state(store, ARCHIVIST, result.id, _change())
    assert (changed.state, changed.version) == (ResultState.REVOKED, 2)
    assert (row.document_number, row.account_id, row.from_state) == (
        "20/QĐ-STP",
        "archivist",
        ResultState.VALID,
    )
    with store.read() as work:
        assert list(work.results.changes(result.id)) == [row]
        assert [event.subject_id for event in work.outbox.due(ARCHIVIST.at, 9)] == [result.record_id]
        ((_id, entry),) = work.audit.page(limit=9)[0]
    assert entry.action == "result.change"
    assert entry.before != entry.after


def test_moves_that_do_not_exist_are_refused() -> None:
    """A valid result cannot become valid, a replaced one nothing at all."""
    store = FakeStore()
    result = _make(store)
    with pytest.raises(IllegalTransition):
        change_result_state(store, ARCHIVIST, result.id, _change(ResultState.VALID))


@pytest.mark.parametrize(
    "changes",
    [
        {"document_number": " "},
        {"reason": ""},
        {"effective": date(2026, 1, 1)},
        {"effective": date(2026, 3, 3)},
        {"replaced_by": "result-x"},
    ],
)
def test_a_change_needs_its_document_reason_and_a_day_that_has_come(changes: dict[str, Any]) -> None:
    """Incomplete or future changes are refused before anything is read."""
    store = FakeStore()
    result = _make(store)
    with pytest.raises(InvalidValue):
        change_result_state(store, ARCHIVIST, result.id, _change(**changes))


def test_a_replacement_names_another_result_of_the_same_owner() -> None:
    """Neither itself nor somebody else's result may replace it."""
    store = FakeStore()
    result, other, stranger = _make(store), _make(store), _make(store, owner_id="001090099999")
    for wrong in (result.id, stranger.id):
        with pytest.raises(InvalidValue):
            change_result_state(store, ARCHIVIST, result.id, _change(ResultState.REPLACED, replaced_by=wrong))
    changed, row = change_result_state(
        store, ARCHIVIST, result.id, _change(ResultState.REPLACED, replaced_by=other.id)
    )
    assert (changed.state, row.replaced_by) == (ResultState.REPLACED, other.id)


def test_only_who_may_change_results_there_does() -> None:
    """A clerk may look, an archivist of another unit learns nothing."""
    store = FakeStore()
    result = _make(store)
    with pytest.raises(AccessDenied):
        change_result_state(store, CLERK, result.id, _change())
    with pytest.raises(RecordNotFound):
        change_result_state(store, STRANGER, result.id, _change())


def test_a_look_is_audited_and_masked_for_whom_owners_are_not_for() -> None:
    """A signer sees 0010••••2345, a clerk the number; both looks are in the log."""
    store = FakeStore()
    result = _make(store)
    assert view_result(store, CLERK, result.id)[0].owner_id == result.owner_id
    assert view_result(store, SIGNER, result.id)[0].owner_id == "0010••••2345"
    with store.read() as work:
        assert work.audit.page(limit=9)[1] == 2


def test_a_correction_stays_in_force_with_its_document() -> None:
    """A corrected result keeps its force; the document may set another last day."""
    store = FakeStore()
    result = _make(store, valid_to=date(2026, 12, 31))
    change = _change(ResultState.CORRECTED, valid_to=date(2027, 6, 30))
    changed, row = change_result_state(store, ARCHIVIST, result.id, change)
    assert (changed.state, changed.valid_to) == (ResultState.CORRECTED, date(2027, 6, 30))
    assert row.document_number == "20/QĐ-STP"


def test_what_ran_out_comes_back_with_a_new_last_day_only() -> None:
    """Bringing an expired result back without a new last day would leave it expired."""
    store = FakeStore()
    result = _make(store, state=ResultState.EXPIRED, valid_to=date(2026, 1, 31))
    with pytest.raises(InvalidValue):
        change_result_state(store, ARCHIVIST, result.id, _change(ResultState.VALID))
    changed, _row = change_result_state(
        store, ARCHIVIST, result.id, _change(ResultState.VALID, valid_to=date(2027, 1, 31))
    )
    assert (changed.state, changed.valid_to) == (ResultState.VALID, date(2027, 1, 31))


@pytest.mark.parametrize(
    ("to_state", "valid_to"),
    [(ResultState.REVOKED, date(2027, 1, 1)), (ResultState.CORRECTED, date(2026, 2, 9))],
)
def test_a_last_day_that_makes_no_sense_is_refused(to_state: ResultState, valid_to: date) -> None:
    """A revocation sets no last day, and no last day lies before the change."""
    store = FakeStore()
    result = _make(store)
    with pytest.raises(InvalidValue):
        change_result_state(store, ARCHIVIST, result.id, _change(to_state, valid_to=valid_to))


def test_results_run_out_by_themselves_once() -> None:
    """Past the last day a result turns to expired with its row, event and audit; others stay."""
    store = FakeStore()
    over = _make(store, valid_to=date(2026, 3, 1))
    last_day = _make(store, valid_to=date(2026, 3, 2))
    revoked = _make(store, valid_to=date(2026, 1, 1), state=ResultState.REVOKED)
    system = Acting(SYSTEM, ARCHIVIST.at, "worker")
    assert [expire_results(store, system, limit=1), expire_results(store, system)] == [1, 0]
    with store.read() as work:
        states = [work.results.get(one.id).state for one in (over, last_day, revoked)]
        (change,) = work.results.changes(over.id)
        assert [event.subject_id for event in work.outbox.due(ARCHIVIST.at, 9)] == [over.record_id]
    assert states == [ResultState.EXPIRED, ResultState.VALID, ResultState.REVOKED]
    assert (change.effective, change.account_id) == (date(2026, 3, 2), "system")
