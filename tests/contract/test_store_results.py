"""What every store of results does: exact owners, changes, and papers still on the line."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from records.errors import DuplicateRecord, RecordNotFound, StaleVersion
from records.ports import Store
from records.states import CaptureState, RecordState, ResultState, SignatureStanding
from tests.factories import (
    NOW,
    OWNER,
    TYPE,
    add_file,
    add_record,
    build_change,
    build_field,
    build_result,
)

LINE = {"state": CaptureState.VERIFY}
DONE = {"state": CaptureState.RELEASED}


class TestResultStore:
    """Contract of `ResultStore`."""

    def test_gives_back_what_was_added(self, store: Store) -> None:
        """A result comes back equal, found by id and by record."""
        with store.write() as work:
            record = add_record(work)
            result = build_result(record.id, valid_to=date(2030, 1, 1), title="Giấy phép", sha256="ab")
            work.results.add(result)
            work.commit()
        with store.read() as work:
            assert work.results.get(result.id) == work.results.find_by_record(record.id) == result
            assert work.results.find_by_record("khong-co") is None

    def test_refuses(self, store: Store) -> None:
        """One result a record; unknown results raise."""
        with store.write() as work:
            record = add_record(work)
            work.results.add(build_result(record.id))
            with pytest.raises(DuplicateRecord):
                work.results.add(build_result(record.id))
            with pytest.raises(RecordNotFound):
                work.results.get("khong-co")
        with store.write() as work, pytest.raises(RecordNotFound):
            work.results.add(build_result("khong-co"))

    def test_versions(self, store: Store) -> None:
        """A save raises the version; one made from an older version is refused."""
        result = build_result()
        with store.write() as work:
            work.results.add(result)
            saved = work.results.save(replace(result, state=ResultState.REVOKED))
            assert saved == replace(result, state=ResultState.REVOKED, version=2)
            with pytest.raises(StaleVersion):
                work.results.save(result)

    def test_finds_the_exact_owner_and_type(self, store: Store) -> None:
        """Scheme, identifier and type all count; newest first, then by id; every state is given."""
        with store.write() as work:
            old = build_result(issued=date(2019, 5, 1), state=ResultState.REPLACED)
            same_day = sorted((build_result(), build_result()), key=lambda result: result.id)
            strangers = [
                build_result(owner_id=OWNER[:-1] + "6"),
                build_result(owner_scheme="mst"),
                build_result(type_code="KQ.G15.000032"),
            ]
            for result in [old, *same_day, *strangers]:
                work.results.add(result)
            assert work.results.find_by_owner("cccd", OWNER, TYPE) == [*same_day, old]
            assert work.results.find_by_owner("cccd", OWNER[:-1], TYPE) == []

    def test_keeps_changes(self, store: Store) -> None:
        """Changes come oldest first; one of an unknown result raises."""
        result = build_result()
        with store.write() as work:
            work.results.add(result)
            later, first = build_change(result.id, at=NOW.replace(hour=23)), build_change(result.id)
            for change in (later, first):
                work.results.add_change(change)
            assert work.results.changes(result.id) == [first, later]
            with pytest.raises(DuplicateRecord):
                work.results.add_change(first)
        with store.write() as work, pytest.raises(RecordNotFound):
            work.results.add_change(build_change("khong-co"))


def _pending(store: Store, file: dict[str, Any], record: dict[str, Any] | None, **field: Any) -> int:
    """`pending` with one paper: its file, perhaps its record and its owner field."""
    with store.write() as work:
        if record is None:
            add_file(work, **file)
        else:
            added = add_record(work, file, **record)
            work.records.put_fields(added.id, [build_field(added.id, **field)] if field else [])
        return work.results.pending("cccd", OWNER, TYPE)


class TestPending:
    """Contract of `ResultStore.pending`: papers of that owner and type that are not done."""

    @pytest.mark.parametrize("state", list(CaptureState))
    def test_a_hinted_file_counts_until_it_ends(self, store: Store, state: CaptureState) -> None:
        """A file that came with the owner's number counts in every state but the ends."""
        ends = {CaptureState.RELEASED, CaptureState.LINKED, CaptureState.REJECTED, CaptureState.CANCELLED}
        hinted = {"state": state, "owner_hint": OWNER, "type_hint": TYPE}
        assert _pending(store, hinted, None) == (state not in ends)

    @pytest.mark.parametrize("hint", [f"cccd:{OWNER}", "001 090 012 345", "001.090.012345"])
    def test_a_hint_may_be_spelt_freely(self, store: Store, hint: str) -> None:
        """Scheme, spaces and dots do not matter."""
        assert _pending(store, LINE | {"owner_hint": hint}, None) == 1

    def test_an_unknown_type_counts(self, store: Store) -> None:
        """A paper whose type is not known yet may be the one asked for."""
        assert _pending(store, LINE | {"owner_hint": OWNER}, None) == 1

    def test_another_type_does_not_count(self, store: Store) -> None:
        """A paper known to be of another type is not waited for."""
        assert _pending(store, LINE | {"owner_hint": OWNER, "type_hint": "KQ.KHAC"}, None) == 0
        assert _pending(store, LINE, {"result_type": "KQ.KHAC"}, value=OWNER) == 0

    def test_the_record_knows_the_type_better(self, store: Store) -> None:
        """The record's type goes before the hint that came with the file."""
        assert _pending(store, LINE | {"type_hint": "KQ.KHAC"}, {"result_type": TYPE}, value=OWNER) == 1

    def test_a_read_owner_counts(self, store: Store) -> None:
        """The number read from the paper counts, confirmed or not, spelt as it may be."""
        assert _pending(store, LINE, {}, value="001 090 012 345") == 1

    def test_a_raw_reading_counts(self, store: Store) -> None:
        """Where the value is still open, the raw reading is compared."""
        assert _pending(store, LINE, {}, value=None, raw=OWNER) == 1

    def test_another_owner_does_not_count(self, store: Store) -> None:
        """A paper of somebody else is not waited for, nor the number in another field."""
        assert _pending(store, LINE, {}, value="079190000001") == 0
        assert _pending(store, LINE, {}, name="so_ky_hieu", value=OWNER) == 0

    def test_a_released_record_in_review_counts(self, store: Store) -> None:
        """Released for search but not confirmed is still pending."""
        assert _pending(store, DONE, {"state": RecordState.IN_REVIEW}, value=OWNER) == 1

    def test_a_confirmed_record_is_done(self, store: Store) -> None:
        """Confirmed, signed and released: the answer rests on its result."""
        assert _pending(store, DONE, {"state": RecordState.CONFIRMED}, value=OWNER) == 0

    def test_awaiting_the_digitiser_counts(self, store: Store) -> None:
        """Confirmed but without the digitiser's signature is not reusable yet."""
        waiting = {
            "state": RecordState.CONFIRMED,
            "signature_standing": SignatureStanding.AWAITING_DIGITISER,
        }
        assert _pending(store, DONE, waiting, value=OWNER) == 1

    def test_a_rejected_file_with_a_record_is_done(self, store: Store) -> None:
        """A paper refused in review is not waited for."""
        assert _pending(store, {"state": CaptureState.REJECTED}, {}, value=OWNER) == 0

    def test_counts_a_paper_once(self, store: Store) -> None:
        """Hint and reading of one paper are one; two papers are two."""
        hinted = LINE | {"owner_hint": OWNER, "type_hint": TYPE}
        assert _pending(store, hinted, {}, value=OWNER) == 1
        with store.write() as work:
            for _ in range(2):
                record = add_record(work, hinted)
                work.records.put_fields(record.id, [build_field(record.id)])
            assert work.results.pending("cccd", OWNER, TYPE) == 2

    def test_a_corrected_owner_moves_the_paper(self, store: Store) -> None:
        """When a person corrects the number, the paper is pending for the right owner alone."""
        with store.write() as work:
            record = add_record(work, LINE)
            work.records.put_fields(record.id, [build_field(record.id, value="079190000001")])
            work.records.put_fields(record.id, [build_field(record.id, value=OWNER)])
            assert work.results.pending("cccd", "079190000001", TYPE) == 0
            assert work.results.pending("cccd", OWNER, TYPE) == 1

    def test_an_empty_owner_matches_nothing(self, store: Store) -> None:
        """Papers without a number are nobody's."""
        with store.write() as work:
            add_file(work, **LINE)
            assert work.results.pending("cccd", "", TYPE) == 0
