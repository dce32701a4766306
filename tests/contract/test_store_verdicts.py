"""What every store of verdicts does: history, changes and who has seen them, and what is due."""

from datetime import timedelta
from typing import Any

import pytest

from records.access import PROVINCE, Scope
from records.errors import RecordNotFound
from records.model import Record
from records.ports import Store, UnitOfWork
from records.states import Confidentiality, SignatureValue
from records.verdicts import Audience, Cause, DueCounts, Outcome, SignatureVerdict, VerdictDue
from tests.factories import NOW, add_record, build_record

MANAGER = Audience("an", PROVINCE, PROVINCE)
LONG_AGO = NOW - timedelta(days=10)


def build_verdict(record: Record, **changes: Any) -> SignatureVerdict:
    """A verdict of the record that changed for the worse."""
    values: dict[str, Any] = {
        "record_id": record.id,
        "unit": record.unit,
        "at": NOW,
        "cause": Cause.SCHEDULE,
        "outcome": Outcome.CHANGED,
        "value": SignatureValue.INVALID,
        "indication": "INDETERMINATE",
        "headline_vi": "Chứng thư số của người ký đã bị thu hồi.",
        "report_sha256": "ab",
        "policy": "sohoa-verify 2",
        "trust": "vgca 2026.1",
        "value_before": SignatureValue.VALID,
        "headline_before": "Chữ ký hợp lệ, tài liệu còn nguyên vẹn.",
    }
    return SignatureVerdict(**values | changes)


def build_due(record: Record, **changes: Any) -> VerdictDue:
    """A record judged ten days ago, due now by schedule."""
    values: dict[str, Any] = {
        "record_id": record.id,
        "unit": record.unit,
        "basis": "b",
        "checked_at": LONG_AGO,
        "due_at": NOW,
        "cause": Cause.SCHEDULE,
    }
    return VerdictDue(**values | changes)


def add_due(work: UnitOfWork, **changes: Any) -> VerdictDue:
    """A new record's due row, written."""
    due = build_due(add_record(work), **changes)
    work.verdicts.put_due(due)
    return due


def take(work: UnitOfWork, *causes: Cause, limit: int = 10) -> list[str]:
    """Ids of what is taken now."""
    found = work.verdicts.take_due(causes, NOW, limit, stale_before=NOW - timedelta(days=1))
    return [due.record_id for due in found]


class TestVerdictHistory:
    """Contract of `VerdictStore`: what was judged."""

    def test_keeps_every_verdict(self, store: Store) -> None:
        """Verdicts of a record come back newest first, each with a higher number."""
        with store.write() as work:
            record = add_record(work)
            first = work.verdicts.add(build_verdict(record, outcome=Outcome.FIRST, value_before=None))
            second = work.verdicts.add(build_verdict(record, trust=None, reason="outage"))
            work.verdicts.add(build_verdict(add_record(work)))
            work.commit()
        with store.read() as work:
            assert first.number < second.number
            assert list(work.verdicts.of_record(record.id)) == [second, first]
            assert list(work.verdicts.of_record(record.id, limit=1)) == [second]
            assert work.verdicts.get_change(second.number) == second
            with pytest.raises(RecordNotFound):
                work.verdicts.get_change(first.number)

    def test_refuses_an_unknown_record(self, store: Store) -> None:
        """A verdict and a due row belong to a record."""
        record = build_record()
        with store.write() as work, pytest.raises(RecordNotFound):
            work.verdicts.add(build_verdict(record))

    def test_changes_are_for_those_who_may_see_the_record(self, store: Store) -> None:
        """Other units, and restricted papers without that right, are left out; so is what did not change."""
        with store.write() as work:
            mine = add_record(work, unit="H15.03")
            secret = add_record(work, unit="H15.03", confidentiality=Confidentiality.RESTRICTED)
            other = add_record(work, unit="H15.04")
            numbers = [work.verdicts.add(build_verdict(one)).number for one in (mine, secret, other)]
            work.verdicts.add(build_verdict(mine, outcome=Outcome.SAME))
            hidden = add_record(work, unit="H15.03", confidentiality=Confidentiality.SECRET)
            work.verdicts.add(build_verdict(hidden))
            work.commit()
        unit = Scope(frozenset({"H15.03"}))
        with store.read() as work:

            def numbers_for(normal: Scope, restricted: Scope) -> list[int]:
                audience = Audience("an", normal, restricted)
                return [one.number for one in work.verdicts.changes(audience, limit=10)]

            assert numbers_for(PROVINCE, PROVINCE) == numbers[::-1]
            assert numbers_for(unit, unit) == [numbers[1], numbers[0]]
            assert numbers_for(unit, Scope(frozenset())) == [numbers[0]]
            assert numbers_for(Scope(frozenset()), Scope(frozenset())) == []
            page = work.verdicts.changes(MANAGER, limit=1, offset=1)
            assert [one.number for one in page] == [numbers[1]]

    def test_who_has_seen_what(self, store: Store) -> None:
        """Seen is told for each person, one by one or all there is by now; a later change is unseen."""
        with store.write() as work:
            record = add_record(work)
            old = [work.verdicts.add(build_verdict(record, at=LONG_AGO)).number for _ in range(3)]
            new = work.verdicts.add(build_verdict(record)).number
            work.verdicts.mark_seen("an", [old[1]], NOW)
            work.verdicts.mark_seen("an", [old[1]], NOW)
            work.commit()
        with store.write() as work:
            assert work.verdicts.count_unseen(MANAGER, 10) == 3
            assert work.verdicts.count_unseen(MANAGER, 2) == 2
            assert work.verdicts.seen("an", [*old, new]) == {old[1]}
            found = work.verdicts.changes(MANAGER, unseen=True, limit=10)
            assert [one.number for one in found] == [new, old[2], old[0]]
            work.verdicts.mark_all_seen("an", NOW)
            assert work.verdicts.count_unseen(MANAGER, 10) == 0
            assert work.verdicts.seen("an", [*old, new]) == {*old, new}
            later = work.verdicts.add(build_verdict(record)).number
            assert work.verdicts.seen("an", [later]) == frozenset()
            assert work.verdicts.count_unseen(MANAGER, 10) == 1
            assert work.verdicts.count_unseen(Audience("binh", PROVINCE, PROVINCE), 10) == 5
            work.verdicts.mark_all_seen("an", NOW + timedelta(hours=1))
            assert work.verdicts.count_unseen(MANAGER, 10) == 0


class TestVerdictDues:
    """Contract of `VerdictStore`: what is due."""

    def test_one_row_a_record(self, store: Store) -> None:
        """A later row takes the place of the earlier one."""
        with store.write() as work:
            record = add_record(work)
            assert work.verdicts.find_due(record.id) is None
            work.verdicts.put_due(build_due(record))
            changed = build_due(record, basis="c", attempts=2, error_code="X")
            work.verdicts.put_due(changed)
            assert work.verdicts.find_due(record.id) == changed
            assert work.verdicts.find_dues([record.id, "none"]) == {record.id: changed}

    def test_takes_what_is_due_of_the_causes_asked_for(self, store: Store) -> None:
        """Cause by cause, earliest due first, up to the limit; what is taken is not taken twice."""
        with store.write() as work:
            add_due(work, due_at=NOW + timedelta(seconds=1), cause=Cause.RETRY)
            late = add_due(work)
            early = add_due(work, due_at=LONG_AGO)
            retry = add_due(work, cause=Cause.RETRY)
            assert take(work, Cause.RETRY) == [retry.record_id]
            assert take(work, Cause.RETRY, Cause.SCHEDULE, limit=1) == [early.record_id]
            assert work.verdicts.count_queued() == 2
            assert take(work, Cause.RETRY, Cause.SCHEDULE) == [late.record_id]
            assert take(work, Cause.RETRY, Cause.SCHEDULE) == []
            kept = work.verdicts.find_due(late.record_id)
            assert kept is not None and kept.queued_at == NOW

    def test_takes_again_what_never_came_back(self, store: Store) -> None:
        """A row queued long ago whose job is gone counts as due, whatever its cause."""
        with store.write() as work:
            lost = add_due(work, queued_at=NOW - timedelta(days=2), due_at=NOW + timedelta(days=9))
            add_due(work, queued_at=NOW - timedelta(hours=2))
            assert take(work) == [lost.record_id]
            assert take(work) == []

    def test_takes_what_rests_on_another_basis(self, store: Store) -> None:
        """Rows on both sides of the basis in use, due or not; the cause says why."""
        with store.write() as work:
            later = NOW + timedelta(days=9)
            rows = {name: add_due(work, basis=name, due_at=later).record_id for name in "abc"}
            add_due(work, basis="a", queued_at=NOW)
            assert [due.record_id for due in work.verdicts.take_other_basis("b", NOW, 1)] == [rows["a"]]
            found = work.verdicts.take_other_basis("b", NOW, 5)
            assert [(due.record_id, due.cause) for due in found] == [(rows["c"], Cause.BASIS)]
            assert list(work.verdicts.take_other_basis("b", NOW, 5)) == []

    def test_made_due_by_hand(self, store: Store) -> None:
        """Piece by piece in order of id, inside the units asked for; what is at it already stays."""
        with store.write() as work:
            ids = [add_due(work, due_at=NOW + timedelta(days=9)).record_id for _ in range(3)]
            busy = add_due(work, queued_at=NOW).record_id
            add_due(work, unit="H15.99", due_at=NOW + timedelta(days=9))
            unit = Scope(frozenset({build_due(add_record(work)).unit}))
            after, steps = "", 0
            while (last := work.verdicts.make_due(after, unit, NOW, 3)) is not None:
                after, steps = last, steps + 1
            assert (steps, after) == (2, max(*ids, busy))
            assert sorted(take(work, Cause.MANUAL)) == sorted(ids)

    def test_counts(self, store: Store) -> None:
        """All, waiting by date or by basis, at it, failing."""
        with store.write() as work:
            add_due(work)
            add_due(work, due_at=NOW + timedelta(days=1), error_code="X", attempts=1)
            add_due(work, due_at=NOW + timedelta(days=1), basis="other")
            add_due(work, queued_at=NOW)
            add_due(work, unit="H15.99")
            unit = Scope(frozenset({build_due(add_record(work)).unit}))
            assert work.verdicts.counts(unit, NOW, None) == DueCounts(4, 1, 1, 1)
            assert work.verdicts.counts(unit, NOW, "b") == DueCounts(4, 2, 1, 1)
            assert work.verdicts.counts(PROVINCE, NOW, "b") == DueCounts(5, 3, 1, 1)
            assert work.verdicts.counts(Scope(frozenset()), NOW, "b") == DueCounts(0, 0, 0, 0)
