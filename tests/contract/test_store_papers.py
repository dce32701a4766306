"""What every store of batches, files, records, fields and incidents does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from records.access import NOWHERE, Scope
from records.errors import DuplicateRecord, RecordNotFound, StaleVersion
from records.model import PageFault
from records.ports import Store
from records.states import CaptureState, IncidentState, RecordState
from tests.factories import (
    NOW,
    UNIT,
    add_file,
    add_record,
    build_batch,
    build_field,
    build_file,
    build_hash,
    build_incident,
    build_record,
)

EVERYWHERE = Scope(None)


class TestBatchStore:
    """Contract of `BatchStore`."""

    def test_gives_back_what_was_added(self, store: Store) -> None:
        """Batch and file come back equal, times to the microsecond."""
        batch = build_batch(closed_at=NOW)
        file = build_file(batch.id, reason_code="ENCRYPTED", reason_vi="Tệp có mật khẩu", updated_at=NOW)
        with store.write() as work:
            work.batches.add(batch)
            work.batches.add_file(file)
            work.commit()
        with store.read() as work:
            assert work.batches.get(batch.id) == batch
            assert work.batches.get_file(file.id) == file

    @pytest.mark.parametrize("state", list(CaptureState))
    def test_keeps_every_state(self, store: Store, state: CaptureState) -> None:
        """Every state of the capture line has its place in the schema."""
        with store.write() as work:
            file = add_file(work, {"state": state}, state=state)
            assert work.batches.get_file(file.id).state is state
            assert work.batches.get(file.batch_id).state is state

    def test_pages_newest_first_within_scope(self, store: Store) -> None:
        """Only batches of the units in reach are seen and counted."""
        batches = [build_batch(created_at=NOW + timedelta(hours=hour)) for hour in range(5)]
        with store.write() as work:
            for batch in [*batches, build_batch(unit="H99")]:
                work.batches.add(batch)
            found, total = work.batches.page(Scope(frozenset({UNIT, "H1"})), limit=2, offset=1)
            assert (list(found), total) == ([batches[3], batches[2]], 5)
            assert work.batches.page(EVERYWHERE, limit=10)[1] == 6
            assert work.batches.page(NOWHERE, limit=10) == ([], 0)

    def test_counts_add_up(self, store: Store) -> None:
        """Received is every state together; an empty batch has none."""
        batch, empty = build_batch(), build_batch()
        with store.write() as work:
            work.batches.add(batch)
            work.batches.add(empty)
            for state in (CaptureState.READ, CaptureState.REJECTED, CaptureState.REJECTED):
                work.batches.add_file(build_file(batch.id, state=state))
            counts = work.batches.counts(batch.id)
            assert counts.received == 3
            assert counts.by_state == {CaptureState.READ: 1, CaptureState.REJECTED: 2}
            assert work.batches.counts(empty.id).received == 0

    def test_numbers_files(self, store: Store) -> None:
        """Ordinals count from 1; one taken twice is refused; an unknown batch has none."""
        batch = build_batch()
        with store.write() as work:
            work.batches.add(batch)
            assert work.batches.reserve_ordinals(batch.id) == 1
            work.batches.add_file(build_file(batch.id, ordinal=1))
            assert work.batches.reserve_ordinals(batch.id, 3) == 2
            assert work.batches.reserve_ordinals(batch.id) == 5
            with pytest.raises(DuplicateRecord):
                work.batches.add_file(build_file(batch.id, ordinal=1))
            with pytest.raises(RecordNotFound):
                work.batches.reserve_ordinals("khong-co")

    def test_lists_files(self, store: Store) -> None:
        """Files come by ordinal, in pages, of one state if asked."""
        batch = build_batch()
        with store.write() as work:
            work.batches.add(batch)
            for ordinal in (3, 1, 2):
                state = CaptureState.VERIFY if ordinal == 2 else CaptureState.READ
                work.batches.add_file(build_file(batch.id, ordinal=ordinal, state=state))
            assert [file.ordinal for file in work.batches.files(batch.id)] == [1, 2, 3]
            assert [file.ordinal for file in work.batches.files(batch.id, limit=1, offset=1)] == [2]
            in_review = work.batches.files(batch.id, state=CaptureState.VERIFY)
            assert [file.ordinal for file in in_review] == [2]

    def test_keeps_page_faults(self, store: Store) -> None:
        """What is wrong with a file's pages comes back as it was given."""
        faults = (PageFault(2, ("cut_off", "blurred")), PageFault(5, ("pages_missing",), (4,)))
        with store.write() as work:
            file = add_file(work, page_faults=faults)
            assert work.batches.get_file(file.id).page_faults == faults
            work.batches.save_file(replace(file, page_faults=()))
            assert work.batches.get_file(file.id).page_faults == ()

    def test_saves_and_refuses(self, store: Store) -> None:
        """Changes stick; unknown batches and files raise, also as a parent."""
        with store.write() as work:
            file = add_file(work)
            work.batches.save_file(replace(file, name="", sha256=None))
            assert work.batches.get_file(file.id) == replace(file, name="", sha256=None)
            batch = work.batches.get(file.batch_id)
            work.batches.save(replace(batch, state=CaptureState.CANCELLED))
            assert work.batches.get(batch.id).state is CaptureState.CANCELLED
            for call, value in (
                (work.batches.get, "khong-co"),
                (work.batches.get_file, "khong-co"),
                (work.batches.save, build_batch()),
                (work.batches.save_file, build_file(batch.id)),
            ):
                with pytest.raises(RecordNotFound):
                    call(value)

    def test_a_file_needs_its_batch(self, store: Store) -> None:
        """A file of an unknown batch raises `RecordNotFound`."""
        with store.write() as work, pytest.raises(RecordNotFound):
            work.batches.add_file(build_file("khong-co"))

    def test_finds_the_same_bytes(self, store: Store) -> None:
        """The first file of the unit with these bytes, not one refused, linked or of another unit."""
        sha256 = build_hash("cùng một tệp")
        with store.write() as work:
            add_file(work, sha256=sha256, state=CaptureState.REJECTED, received_at=NOW - timedelta(days=3))
            add_file(work, {"unit": "H99"}, sha256=sha256, received_at=NOW - timedelta(days=2))
            assert work.batches.find_processed(sha256, UNIT) is None
            first = add_file(work, sha256=sha256, state=CaptureState.RELEASED)
            add_file(work, sha256=sha256, received_at=NOW + timedelta(days=1))
            add_file(work, sha256=sha256, state=CaptureState.LINKED, received_at=NOW - timedelta(days=1))
            assert work.batches.find_processed(sha256, UNIT) == first
            assert work.batches.find_processed(build_hash("khác"), UNIT) is None

    def test_duplicates_that_came_too_early_learn_the_record(self, store: Store) -> None:
        """A duplicate linked before its original was read gets the original's record; others do not."""
        sha256 = build_hash("hai lần")
        with store.write() as work:
            record = add_record(work)
            original = add_file(work, sha256=sha256, record_id=record.id)
            early = add_file(work, sha256=sha256, state=CaptureState.LINKED, linked_file=original.id)
            other = add_file(work, sha256=sha256, state=CaptureState.REJECTED)
            work.batches.tell_linked(original, UNIT)
            assert work.batches.get_file(early.id).record_id == record.id
            assert work.batches.get_file(other.id).record_id is None


class TestRecordStore:
    """Contract of `RecordStore`."""

    def test_gives_back_what_was_added(self, store: Store) -> None:
        """A record comes back equal; several at once by id, unknown ones left out."""
        with store.write() as work:
            record = add_record(work, confirmed_by="account-1", confirmed_at=NOW, result_type="KQ.1")
            other = add_record(work)
            work.commit()
        with store.read() as work:
            assert work.records.get(record.id) == work.records.find(record.id) == record
            assert work.records.find("khong-co") is None
            found = work.records.get_many([other.id, "khong-co", record.id])
            assert found == {record.id: record, other.id: other}
            assert list(work.records.iter_ids()) == sorted([record.id, other.id])

    def test_refuses_without_file_or_twice(self, store: Store) -> None:
        """A record needs its file and batch, and an id of its own."""
        with store.write() as work:
            record = add_record(work)
            with pytest.raises(DuplicateRecord):
                work.records.add(record)
            with pytest.raises(RecordNotFound):
                work.records.get("khong-co")
        with store.write() as work, pytest.raises(RecordNotFound):
            work.records.add(build_record("khong-co", "khong-co"))

    def test_versions(self, store: Store) -> None:
        """A save raises the version; one made from an older version is refused."""
        with store.write() as work:
            record = add_record(work)
            saved = work.records.save(replace(record, title="Tên mới"))
            assert (saved.version, saved.title) == (2, "Tên mới")
            assert work.records.get(record.id) == saved
            with pytest.raises(StaleVersion):
                work.records.save(replace(record, title="Tên cũ hơn"))
            with pytest.raises(RecordNotFound):
                work.records.save(build_record())
            assert work.records.get(record.id) == saved

    def test_pages(self, store: Store) -> None:
        """The list shows the newest first, the review queue the oldest; scope and state narrow both."""
        with store.write() as work:
            old, middle, new = (add_record(work, created_at=NOW + timedelta(days=day)) for day in range(3))
            done = add_record(work, state=RecordState.CONFIRMED, created_at=NOW - timedelta(days=1))
            add_record(work, unit="H99")
            withdrawn = add_record(work, {"state": CaptureState.CANCELLED}, unit="H1", created_at=NOW)
            here = Scope(frozenset({UNIT}))
            assert work.records.page(here, limit=9) == ([new, middle, old, done], 4)
            assert work.records.page(here, limit=1, offset=1) == ([middle], 4)
            review = work.records.page(here, state=RecordState.IN_REVIEW, limit=2)
            assert review == ([old, middle], 3)
            there = Scope(frozenset({"H1"}))
            assert work.records.page(there, limit=9) == ([withdrawn], 1)
            assert work.records.page(there, state=RecordState.IN_REVIEW, limit=9) == ([], 0)
            assert work.records.page(EVERYWHERE, limit=0) == ([], 6)

    def test_iterates_over_many(self, store: Store) -> None:
        """Every id comes once, also beyond one portion."""
        with store.write() as work:
            file = add_file(work)
            ids = [f"r-{number:05d}" for number in range(1003)]
            for record_id in ids:
                work.records.add(build_record(file.id, file.batch_id, id=record_id))
            assert list(work.records.iter_ids()) == ids
            assert len(work.records.get_many(ids)) == 1003

    def test_fields_replace_by_name(self, store: Store) -> None:
        """Named fields are replaced, the others stay; boxes and reasons keep their types."""
        with store.write() as work:
            record = add_record(work)
            number = build_field(record.id, "so_ky_hieu", value="15/GP", box=None, page=None, reasons=())
            owner = build_field(record.id)
            work.records.put_fields(record.id, [owner, number])
            confirmed = replace(number, value="15/GP-STP", confirmed_by="account-1", confirmed_at=NOW)
            work.records.put_fields(record.id, [confirmed])
            work.records.put_fields(record.id, [])
            assert work.records.fields(record.id) == [owner, confirmed]

    def test_fields_of_many(self, store: Store) -> None:
        """Every record asked for is a key, with or without fields."""
        with store.write() as work:
            first, second = add_record(work), add_record(work)
            field = build_field(first.id)
            work.records.put_fields(first.id, [field])
            found = work.records.fields_of([first.id, second.id])
            assert {key: list(fields) for key, fields in found.items()} == {first.id: [field], second.id: []}

    def test_iterates_over_confirmed_fields(self, store: Store) -> None:
        """More than one piece of them, in order, within scope, profile and time; open ones stay out."""
        confirmed = {"confirmed_by": "an", "confirmed_at": NOW, "proposed": "Về việc A"}
        with store.write() as work:
            first = add_record(work, {"batch_changes": {"profile": "fast"}}, id="record-a")
            many = [build_field(first.id, f"truong_{number:04d}", **confirmed) for number in range(1200)]
            work.records.put_fields(first.id, [*many, build_field(first.id, "mo")])
            other = add_record(work, unit="H99", id="record-b", created_at=NOW + timedelta(days=1))
            late = build_field(other.id, "trich_yeu", **confirmed)
            work.records.put_fields(other.id, [late])
            assert list(work.records.iter_confirmed(EVERYWHERE)) == [*many, late]
            assert list(work.records.iter_confirmed(Scope(frozenset({"H99"})))) == [late]
            assert list(work.records.iter_confirmed(NOWHERE)) == []
            assert list(work.records.iter_confirmed(EVERYWHERE, profile="fast")) == many
            assert list(work.records.iter_confirmed(EVERYWHERE, profile="accurate")) == []
            assert list(work.records.iter_confirmed(EVERYWHERE, since=NOW + timedelta(hours=1))) == [late]

    def test_a_field_may_be_long(self, store: Store) -> None:
        """A long value, also where the owner's identifier belongs, is kept whole."""
        with store.write() as work:
            record = add_record(work)
            field = build_field(record.id, value="Nguyễn " * 3000)
            work.records.put_fields(record.id, [field])
            assert work.records.fields(record.id) == [field]

    def test_a_field_needs_its_record(self, store: Store) -> None:
        """Fields of an unknown record raise `RecordNotFound`."""
        with store.write() as work, pytest.raises(RecordNotFound):
            work.records.put_fields("khong-co", [build_field("khong-co")])


class TestIncidentStore:
    """Contract of `IncidentStore`."""

    def test_adds_saves_pages(self, store: Store) -> None:
        """Incidents come newest first within scope and keep both lifters."""
        first, second = build_incident(), build_incident(at=NOW + timedelta(hours=1))
        with store.write() as work:
            for incident in (first, second, build_incident(unit="H99")):
                work.incidents.add(incident)
            lifted = replace(
                first,
                state=IncidentState.LIFTED,
                first_lifter="a",
                first_lifted_at=NOW,
                second_lifter="b",
                second_lifted_at=NOW,
            )
            work.incidents.save(lifted)
            assert work.incidents.get(first.id) == lifted
            assert work.incidents.page(Scope(frozenset({UNIT})), limit=5) == ([second, lifted], 2)
            with pytest.raises(DuplicateRecord):
                work.incidents.add(second)
            with pytest.raises(RecordNotFound):
                work.incidents.save(build_incident())
