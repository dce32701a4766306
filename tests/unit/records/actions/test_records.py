"""Looking at records: scope, confidentiality, masks, and the log before the answer."""

from typing import Any

import pytest

from records.actions.records import (
    RESTRICTED_TITLE,
    find_next_in_review,
    list_records,
    open_record_file,
    read_history,
    view_record,
)
from records.errors import RecordNotFound, StoreUnavailable
from records.field_names import FieldName
from records.model import Record
from records.states import Confidentiality
from tests.factories import OWNER, TYPE, add_record, build_field
from tests.fakes import FakeBlobStore, FakeStore
from tests.unit.records.actions.acting_people import ARCHIVIST, CLERK, SIGNER, STRANGER


def _make(store: FakeStore, **changes: Any) -> Record:
    with store.write() as work:
        record = add_record(work, **changes)
        work.records.put_fields(record.id, [build_field(record.id)])
        work.commit()
    return record


def test_a_look_is_in_the_log_and_in_the_records_history() -> None:
    """Who looked is there to be read afterwards."""
    store = FakeStore()
    record = _make(store)
    view_record(store, CLERK, record.id)
    rows, total = read_history(store, CLERK, record.id)
    assert total == 1
    assert (rows[0][1].action, rows[0][1].actor) == ("record.read", "clerk")


def test_nothing_is_shown_when_the_log_cannot_be_written() -> None:
    """An outage answers as an outage, not with the paper."""
    store = FakeStore()
    record = _make(store)
    store.is_down = True
    with pytest.raises(StoreUnavailable):
        view_record(store, CLERK, record.id)


def test_another_units_record_is_as_if_it_were_not_there() -> None:
    """The error is that of an id that does not exist."""
    store = FakeStore()
    record = _make(store)
    for record_id in (record.id, "khong-co"):
        with pytest.raises(RecordNotFound):
            view_record(store, STRANGER, record_id)
    assert list_records(store, STRANGER, state=None, limit=9, offset=0) == ([], 0)


def test_a_restricted_record_needs_its_own_right() -> None:
    """A clerk sees that something is there, without its title, and cannot open it."""
    store = FakeStore()
    record = _make(store, confidentiality=Confidentiality.RESTRICTED)
    (shown,), total = list_records(store, CLERK, state=None, limit=9, offset=0)
    assert (shown.title, total) == (RESTRICTED_TITLE, 1)
    with pytest.raises(RecordNotFound):
        view_record(store, CLERK, record.id)
    assert view_record(store, ARCHIVIST, record.id).record.title == record.title


def test_owner_numbers_are_masked_for_whom_they_are_not_for() -> None:
    """A signer sees the first and last four digits and no raw reading."""
    store = FakeStore()
    record = _make(store)
    (field,) = view_record(store, SIGNER, record.id).fields
    assert (field.value, field.raw) == ("0010••••2345", "")
    (field,) = view_record(store, CLERK, record.id).fields
    assert field.value == "001090012345"


def test_owner_numbers_in_other_fields_are_masked_as_well() -> None:
    """A QR code's text holds the number: a signer sees the rest of it."""
    store = FakeStore()
    record = _make(store)
    code = build_field(
        record.id, name=FieldName.QR_CODE, value=f"HS-1|{OWNER}|2026", raw=f"HS-1|{OWNER}|2026"
    )
    with store.write() as work:
        work.records.put_fields(record.id, [code])
        work.commit()
    shown = next(f for f in view_record(store, SIGNER, record.id).fields if f.name is FieldName.QR_CODE)
    assert (shown.value, shown.raw) == ("HS-1|0010••••2345|2026", "HS-1|0010••••2345|2026")
    seen = next(f for f in view_record(store, CLERK, record.id).fields if f.name is FieldName.QR_CODE)
    assert seen.value == code.value


def test_a_file_is_opened_after_its_row_is_in_the_log() -> None:
    """The bytes are the verified ones; the row names the part and the hash."""
    store, blobs = FakeStore(), FakeBlobStore()
    sha256 = blobs.put(b"%PDF")
    record = _make(store, original_sha256=sha256, rendition_sha256=None)
    assert open_record_file(store, blobs, CLERK, record.id, "original")[1] == b"%PDF"
    with store.read() as work:
        ((_id, entry),) = work.audit.page(limit=9)[0]
    assert (entry.action, entry.detail["part"], entry.detail["sha256"]) == ("record.file", "original", sha256)
    with pytest.raises(RecordNotFound):
        open_record_file(store, blobs, CLERK, record.id, "rendition")


def test_a_list_is_in_the_log_and_shows_no_owners_number_without_the_right() -> None:
    """A result's code begins with the owner's number: a signer's list leaves it out."""
    store = FakeStore()
    _make(store, result_code=f"{OWNER}-{TYPE}")
    (seen,), _total = list_records(store, CLERK, state=None, limit=9, offset=0)
    (masked,), _total = list_records(store, SIGNER, state=None, limit=9, offset=0)
    assert (seen.result_code, masked.result_code) == (f"{OWNER}-{TYPE}", None)
    with store.read() as work:
        rows = [(entry.action, entry.actor) for _id, entry in work.audit.page(limit=9)[0]]
    assert sorted(rows) == [("record.list", "clerk"), ("record.list", "signer")]
    store.is_down = True
    with pytest.raises(StoreUnavailable):
        list_records(store, CLERK, state=None, limit=9, offset=0)


def test_the_next_paper_in_review_is_one_of_the_callers_units() -> None:
    """What waits in another unit is neither named nor counted."""
    store = FakeStore()
    record = _make(store)
    assert find_next_in_review(store, ARCHIVIST) == (record.id, 1)
    assert find_next_in_review(store, STRANGER) == (None, 0)
