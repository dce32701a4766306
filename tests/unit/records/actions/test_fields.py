"""Confirming fields: what it writes, what it makes, what it refuses."""

from datetime import date
from typing import Any

import pytest

from records.actions.fields import confirm_fields
from records.actions.withdrawal import cancel_batch
from records.errors import (
    AccessDenied,
    IllegalTransition,
    InvalidIdentifier,
    InvalidValue,
    RecordNotFound,
    ServiceError,
    StaleVersion,
)
from records.model import Record
from records.states import (
    CaptureState,
    Confidentiality,
    RecordState,
    SignatureStanding,
    SignatureValue,
)
from tests.factories import OWNER, TYPE, add_record, build_field, build_type
from tests.fakes import FakeStore
from tests.unit.records.actions.acting_people import ARCHIVIST, CLERK, STRANGER

REQUIRED = {
    "so_ky_hieu": "15/GP-STP",
    "ngay_ban_hanh": "2025-01-15",
    "co_quan_ban_hanh": "Sở Tư pháp",
    "trich_yeu": "Về việc cấp giấy phép",
}
WHOLE = REQUIRED | {"dinh_danh_chu_the": "001 090 012 345", "ma_loai_giay_to": TYPE}


def _make(store: FakeStore, **changes: Any) -> Record:
    with store.write() as work:
        if work.types.find(TYPE) is None:
            work.types.add(build_type())
        values = {"signature_value": SignatureValue.VALID} | changes
        record = add_record(work, {"state": CaptureState.VERIFY}, **values)
        work.records.put_fields(record.id, [build_field(record.id)])
        work.commit()
    return record


def test_the_last_required_field_makes_record_result_event_and_audit_in_one_commit() -> None:
    """Record confirmed with its code, file released, result in force, index told, act in the log."""
    store = FakeStore()
    record = _make(store)
    done = confirm_fields(store, ARCHIVIST, record.id, WHOLE)
    assert done.missing == ()
    with store.read() as work:
        kept = work.records.get(record.id)
        result = work.results.find_by_record(record.id)
        assert kept.state is RecordState.CONFIRMED
        assert (kept.confirmed_by, kept.confirmed_at) == ("archivist", ARCHIVIST.at)
        assert kept.result_code == f"{OWNER}-{TYPE}"
        assert work.batches.get_file(record.file_id).state is CaptureState.RELEASED
        assert [event.version for event in work.outbox.due(ARCHIVIST.at, 9)] == [kept.version]
        actions = {entry.action for _id, entry in work.audit.page(limit=9)[0]}
    assert result is not None
    assert (result.owner_scheme, result.owner_id, result.issued) == ("cccd", OWNER, date(2025, 1, 15))
    assert (result.signature, result.valid_to) == (SignatureValue.VALID, None)
    assert actions == {"record.confirm", "result.confirm"}


def test_a_field_keeps_what_was_read_beside_what_was_confirmed() -> None:
    """Raw text, place and confidence of the reading stay; value, person and time are new."""
    store = FakeStore()
    record = _make(store)
    confirm_fields(store, ARCHIVIST, record.id, {"dinh_danh_chu_the": "001090012346"})
    with store.read() as work:
        (field,) = [one for one in work.records.fields(record.id) if one.name == "dinh_danh_chu_the"]
    assert (field.value, field.raw, field.box) == ("001090012346", "001 090 012 345", (10, 20, 300, 60))
    assert (field.confirmed_by, field.needs_review) == ("archivist", False)


def test_some_fields_may_be_confirmed_now_and_the_rest_later() -> None:
    """Until the last required field the record stays in review and nothing may be reused."""
    store = FakeStore()
    record = _make(store)
    done = confirm_fields(store, ARCHIVIST, record.id, {"so_ky_hieu": "15/GP-STP"})
    assert done.missing == ("co_quan_ban_hanh", "ngay_ban_hanh", "trich_yeu")
    with store.read() as work:
        assert work.records.get(record.id).state is RecordState.IN_REVIEW
        assert work.results.find_by_record(record.id) is None
        assert work.batches.get_file(record.file_id).state is CaptureState.VERIFY


def test_a_paper_without_owner_is_a_record_without_result() -> None:
    """The record is confirmed and found by search; there is nothing to reuse."""
    store = FakeStore()
    record = _make(store)
    confirm_fields(store, ARCHIVIST, record.id, REQUIRED)
    with store.read() as work:
        assert work.records.get(record.id).state is RecordState.CONFIRMED
        assert work.results.find_by_record(record.id) is None


def test_an_extracted_owner_that_nobody_confirmed_makes_no_result() -> None:
    """What the machine read alone never becomes a reuse answer."""
    store = FakeStore()
    record = _make(store)
    confirm_fields(store, ARCHIVIST, record.id, REQUIRED | {"ma_loai_giay_to": TYPE})
    with store.read() as work:
        assert work.results.find_by_record(record.id) is None


def test_the_owner_may_be_confirmed_after_the_record() -> None:
    """The result comes to be with the field that was missing."""
    store = FakeStore()
    record = _make(store)
    confirm_fields(store, ARCHIVIST, record.id, REQUIRED)
    late = {"dinh_danh_chu_the": OWNER, "ma_loai_giay_to": TYPE}
    done = confirm_fields(store, ARCHIVIST, record.id, late)
    assert done.view.result is not None


def test_a_second_confirmation_corrects_the_same_result() -> None:
    """Corrected fields change the one result there is; its id and state stay."""
    store = FakeStore()
    record = _make(store)
    first = confirm_fields(store, ARCHIVIST, record.id, WHOLE).view.result
    second = confirm_fields(store, ARCHIVIST, record.id, {"thoi_han_hieu_luc": "2027-01-14"}).view.result
    assert first is not None
    assert second is not None
    assert (second.id, second.version, second.valid_to) == (first.id, 2, date(2027, 1, 14))


def test_a_result_cannot_lose_its_owner() -> None:
    """What was answered once must not silently stop being found."""
    store = FakeStore()
    record = _make(store)
    confirm_fields(store, ARCHIVIST, record.id, WHOLE)
    with pytest.raises(InvalidValue):
        confirm_fields(store, ARCHIVIST, record.id, {"dinh_danh_chu_the": None})


def test_a_copy_without_the_digitisers_signature_is_not_reusable() -> None:
    """The result is there and says that its signature is missing."""
    store = FakeStore()
    record = _make(store, signature_standing=SignatureStanding.AWAITING_DIGITISER)
    done = confirm_fields(store, ARCHIVIST, record.id, WHOLE)
    assert done.view.result is not None
    assert done.view.result.signature is SignatureValue.MISSING


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("ngay_ban_hanh", "15/01/2025", InvalidValue),
        ("ngay_ban_hanh", "0025-01-15", InvalidValue),
        ("dinh_danh_chu_the", "12345", InvalidIdentifier),
        ("ma_loai_giay_to", "KQ.KHONG.CO", InvalidValue),
        ("so_ky_hieu", "   ", InvalidValue),
        ("truong_la", "x", InvalidValue),
    ],
)
def test_values_without_their_form_are_refused_without_being_quoted(
    name: str, value: str, error: type[ServiceError]
) -> None:
    """The error names the field and never what was typed; nothing is written."""
    store = FakeStore()
    record = _make(store)
    with pytest.raises(error) as caught:
        confirm_fields(store, ARCHIVIST, record.id, {name: value})
    if len(value.strip()) > 1:
        assert value not in f"{caught.value} {caught.value.text_vi}"
    with store.read() as work:
        assert work.records.get(record.id).version == 1


def test_only_who_may_confirm_there_does() -> None:
    """A clerk of the unit may look, not confirm; an archivist of another unit learns nothing."""
    store = FakeStore()
    record = _make(store)
    with pytest.raises(AccessDenied):
        confirm_fields(store, CLERK, record.id, REQUIRED)
    with pytest.raises(RecordNotFound):
        confirm_fields(store, STRANGER, record.id, REQUIRED)


def test_a_restricted_paper_makes_a_restricted_result() -> None:
    """The class of confidentiality follows into the result."""
    store = FakeStore()
    record = _make(store, confidentiality=Confidentiality.RESTRICTED)
    done = confirm_fields(store, ARCHIVIST, record.id, WHOLE)
    assert done.view.result is not None
    assert done.view.result.confidentiality is Confidentiality.RESTRICTED


def test_a_withdrawn_paper_comes_into_no_force() -> None:
    """After its batch was cancelled nobody's form, still open, makes a result of it."""
    store = FakeStore()
    record = _make(store)
    cancel_batch(store, ARCHIVIST, record.batch_id)
    with pytest.raises(IllegalTransition):
        confirm_fields(store, ARCHIVIST, record.id, WHOLE)
    with store.read() as work:
        assert work.results.find_by_record(record.id) is None
        assert work.records.get(record.id).state is RecordState.IN_REVIEW


def test_what_another_person_confirmed_meanwhile_is_not_overwritten_unseen() -> None:
    """Two people have the same paper open: the second is told, and sees the first's values."""
    store = FakeStore()
    record = _make(store)
    confirm_fields(store, ARCHIVIST, record.id, WHOLE, record.version)
    with pytest.raises(StaleVersion):
        confirm_fields(store, ARCHIVIST, record.id, {"so_ky_hieu": "16/GP-STP"}, record.version)
    with store.read() as work:
        values = {field.name: field.value for field in work.records.fields(record.id)}
    assert values["so_ky_hieu"] == "15/GP-STP"
