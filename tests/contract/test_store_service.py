"""What every outbox, audit log, step and slot store and every transaction does."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations_with_replacement

import pytest

from records.access import Scope
from records.audit_entries import build_canonical
from records.errors import RecordNotFound, ServiceError
from records.merkle import (
    EMPTY_ROOT,
    build_consistency_proof,
    build_inclusion_proof,
    hash_leaf,
    verify_consistency,
    verify_inclusion,
)
from records.model import TreeHead
from records.outbox_lag import OutboxLag
from records.ports import Store
from tests.factories import NOW, UNIT, build_entry, build_unit
from tests.fakes import FixedClock

LATER = NOW + timedelta(minutes=5)


class TestTransactions:
    """Contract of `Store` and `UnitOfWork`."""

    def test_leaving_without_commit_undoes(self, store: Store) -> None:
        """What was not committed is gone, whether the block ends quietly or by an error."""
        with store.write() as work:
            work.units.add(build_unit("H1"))
        with pytest.raises(ZeroDivisionError), store.write() as work:
            work.units.add(build_unit("H2"))
            raise ZeroDivisionError
        with store.read() as work:
            assert work.units.all() == []

    def test_commits_and_rolls_back_in_steps(self, store: Store) -> None:
        """After a commit or roll-back the transaction begins anew."""
        with store.write() as work:
            work.units.add(build_unit("H1"))
            work.commit()
            work.units.add(build_unit("H2"))
            work.rollback()
            work.units.add(build_unit("H3"))
            work.commit()
        with store.read() as work:
            assert [unit.code for unit in work.units.all()] == ["H1", "H3"]

    def test_a_reader_keeps_its_snapshot(self, store: Store) -> None:
        """A reader does not see what a writer commits meanwhile, and does not hold the writer up."""
        with store.read() as reader:
            assert reader.units.all() == []
            with store.write() as writer:
                writer.units.add(build_unit("H1"))
                writer.commit()
            assert reader.units.all() == []
        with store.read() as reader:
            assert len(reader.units.all()) == 1

    def test_a_reader_cannot_write(self, store: Store) -> None:
        """Nothing written through a reading transaction stays."""
        with pytest.raises(ServiceError), store.read() as work:
            work.units.add(build_unit("H1"))
            work.commit()
        with store.write() as work:
            assert work.units.all() == []
            work.units.add(build_unit("H2"))
            work.commit()

    def test_names_itself(self, store: Store) -> None:
        """`check` names the engine."""
        assert store.check().split()[0] in {"fake", "SQLite", "PostgreSQL"}


class TestOutboxStore:
    """Contract of `OutboxStore`."""

    def test_delivers_in_order(self, store: Store) -> None:
        """Due events come by number until delivered."""
        with store.write() as work:
            for number in range(3):
                work.outbox.add("record.changed", f"r{number}", number + 1, NOW)
            work.commit()
        with store.write() as work:
            first, second, third = work.outbox.due(NOW, 10)
            assert (first.kind, first.subject_id, first.version, first.at) == ("record.changed", "r0", 1, NOW)
            assert first.number < second.number < third.number
            assert work.outbox.due(NOW, 1) == [first]
            work.outbox.delivered([first.number, second.number], NOW)
            assert work.outbox.due(NOW, 10) == [third]
            assert work.outbox.backlog() == 1

    def test_lag_tells_how_long_and_how_many(self, store: Store) -> None:
        """The lag counts what waits, since when, what failed and how; what is delivered is gone."""
        with store.write() as work:
            assert work.outbox.lag() == OutboxLag()
            for at in (NOW, LATER, LATER):
                work.outbox.add("record.changed", "r", 1, at)
            first, second, third = work.outbox.due(LATER, 10)
            work.outbox.failed([second.number], LATER, "INDEX_UNAVAILABLE")
            assert work.outbox.lag() == OutboxLag(3, NOW, 1, "INDEX_UNAVAILABLE")
            work.outbox.delivered([first.number, second.number, third.number], LATER)
            assert work.outbox.lag() == OutboxLag()

    def test_retries_later(self, store: Store) -> None:
        """A failed event waits until its time and counts its tries; none comes before its own time."""
        with store.write() as work:
            work.outbox.add("record.changed", "r", 1, NOW)
            assert work.outbox.due(NOW - timedelta(seconds=1), 10) == []
            event = work.outbox.due(NOW, 10)[0]
            work.outbox.failed([event.number], LATER, "INDEX_UNAVAILABLE")
            assert work.outbox.due(NOW, 10) == []
            assert [again.attempts for again in work.outbox.due(LATER, 10)] == [1]
            assert work.outbox.backlog() == 1

    def test_prunes_the_delivered(self, store: Store) -> None:
        """Only events delivered before the moment are forgotten."""
        with store.write() as work:
            for name in "abc":
                work.outbox.add("x", name, 1, NOW)
            first, second, _ = work.outbox.due(NOW, 10)
            work.outbox.delivered([first.number], NOW)
            work.outbox.delivered([second.number], LATER)
            assert work.outbox.prune(LATER) == 1
            assert work.outbox.backlog() == 1


class TestStepStore:
    """Contract of `StepStore`."""

    def test_keeps_the_first_result(self, store: Store, clock: FixedClock) -> None:
        """A step done twice keeps what it gave first, and tells so."""
        with store.write() as work:
            assert work.steps.find("đọc:1") is None
            assert work.steps.put("đọc:1", '{"a":1}') == '{"a":1}'
            assert work.steps.put("đọc:1", '{"a":2}') == '{"a":1}'
            assert work.steps.find("đọc:1") == '{"a":1}'

    def test_prunes(self, store: Store, clock: FixedClock) -> None:
        """Results older than the moment are forgotten."""
        with store.write() as work:
            work.steps.put("cũ", "1")
            clock.move(days=1)
            work.steps.put("mới", "2")
            assert work.steps.prune(clock.now()) == 1
            assert (work.steps.find("cũ"), work.steps.find("mới")) == (None, "2")


class TestSlotStore:
    """Contract of `SlotStore`."""

    def test_names_are_stable_and_reused(self, store: Store, clock: FixedClock) -> None:
        """Each process has a name; a released one goes to the next."""
        with store.write() as work:
            long_ago = clock.now() - timedelta(minutes=1)
            assert [work.slots.claim(holder, long_ago) for holder in "abc"] == ["slot-1", "slot-2", "slot-3"]
            assert work.slots.held() == ["slot-1", "slot-2", "slot-3"]
            work.slots.release("slot-2", "b")
            assert work.slots.held() == ["slot-1", "slot-3"]
            assert work.slots.claim("d", long_ago) == "slot-2"
            assert work.slots.claim("e", long_ago) == "slot-4"

    def test_a_silent_name_is_taken_over(self, store: Store, clock: FixedClock) -> None:
        """A name that has not beaten goes to the next; its old holder learns it from its beat."""
        with store.write() as work:
            assert work.slots.claim("a", clock.now() - timedelta(minutes=1)) == "slot-1"
            work.slots.claim("b", clock.now() - timedelta(minutes=1))
            clock.move(minutes=2)
            assert work.slots.beat("slot-2", "b")
            limit = clock.now() - timedelta(minutes=1)
            assert work.slots.silent(limit) == ["slot-1"]
            assert work.slots.claim("c", limit) == "slot-1"
            assert work.slots.silent(limit) == []
            assert not work.slots.beat("slot-1", "a")
            work.slots.release("slot-1", "a")
            assert work.slots.held() == ["slot-1", "slot-2"]

    def test_a_silent_name_can_be_freed(self, store: Store, clock: FixedClock) -> None:
        """The reaper frees a name without knowing its holder; an unknown name is no error."""
        with store.write() as work:
            work.slots.claim("a", clock.now())
            work.slots.release("slot-1")
            work.slots.release("slot-9")
            assert work.slots.held() == []
            assert not work.slots.beat("slot-1", "a")


@pytest.fixture(params=[0, 1, 7, 8])
def logged(request: pytest.FixtureRequest, store: Store) -> Iterator[tuple[Store, int]]:
    """A store with that many sequenced entries."""
    with store.write() as work:
        for _ in range(request.param):
            work.audit.add(build_entry())
        assert work.audit.sequence() == request.param
        work.commit()
    yield store, request.param


class TestAuditStore:
    """Contract of `AuditStore`."""

    def test_gives_back_what_was_added(self, store: Store) -> None:
        """An entry comes back equal, newest first, by subject or actor."""
        old = build_entry(actor="a", purpose="Tra cứu", before="0" * 64, after="f" * 64)
        new = build_entry(actor="b", at=LATER, unit=None, detail={}, outcome="ACCESS_DENIED")
        with store.write() as work:
            ids = [work.audit.add(entry) for entry in (old, new)]
            work.commit()
        with store.read() as work:
            assert work.audit.page(limit=5) == ([(ids[1], new), (ids[0], old)], 2)
            assert work.audit.page(limit=1, offset=1) == ([(ids[0], old)], 2)
            assert work.audit.page(scope=Scope(frozenset({UNIT})), limit=5) == ([(ids[0], old)], 1)
            assert work.audit.page(actor="a", limit=5) == ([(ids[0], old)], 1)
            assert work.audit.page(subject_id=new.subject_id, limit=5) == ([(ids[1], new)], 1)

    def test_like_entries_are_two(self, store: Store) -> None:
        """Two equal entries are two rows; the same given id twice is one."""
        entry = build_entry()
        with store.write() as work:
            assert work.audit.add(entry) != work.audit.add(entry)
            assert work.audit.add(entry, "j1") == work.audit.add(entry, "j1") == "j1"
            assert work.audit.page(limit=9)[1] == 3

    def test_sequences_by_time(self, store: Store) -> None:
        """Places follow time and go on where they stopped; nothing is placed twice."""
        with store.write() as work:
            ids = [work.audit.add(build_entry(at=NOW + timedelta(seconds=n))) for n in (3, 1, 2)]
            assert work.audit.unsequenced() == 3
            assert [work.audit.sequence(2), work.audit.sequence(2), work.audit.sequence(2)] == [2, 1, 0]
            late = work.audit.add(build_entry(at=NOW))
            work.audit.sequence()
            placed = [(place, row_id) for place, row_id, _, _ in work.audit.iter_leaves()]
            assert placed == [(0, ids[1]), (1, ids[2]), (2, ids[0]), (3, late)]
            assert work.audit.unsequenced() == 0

    def test_leaves_hash_their_content(self, logged: tuple[Store, int]) -> None:
        """Every stored leaf hash is that of the row's canonical text."""
        store, size = logged
        with store.read() as work:
            entries = dict(work.audit.page(limit=100)[0])
            leaves = list(work.audit.iter_leaves())
        assert len(leaves) == size
        for _, row_id, canonical, leaf in leaves:
            assert canonical == build_canonical(row_id, entries[row_id])
            assert leaf == hash_leaf(canonical)

    def test_growing_in_portions_gives_one_tree(self, store: Store) -> None:
        """Root and proofs do not depend on how many rows are placed at a time."""
        roots: list[str] = []
        with store.write() as work:
            assert work.audit.root() == (0, EMPTY_ROOT)
            for size in range(1, 14):
                work.audit.add(build_entry(at=NOW + timedelta(seconds=size)))
                if size % 3 == 1:
                    work.audit.sequence()
                    roots.append(work.audit.root()[1])
            leaves = [leaf for _, _, _, leaf in work.audit.iter_leaves()]
            sizes = range(1, 14, 3)
            for (old, old_root), (new, new_root) in combinations_with_replacement(
                list(zip(sizes, roots, strict=True)), 2
            ):
                proof = build_consistency_proof(old, new, work.audit.subtree)
                assert verify_consistency(old, new, proof, old_root, new_root)
                path = build_inclusion_proof(old - 1, new, work.audit.subtree)
                assert verify_inclusion(leaves[old - 1], old - 1, new, path, new_root)

    def test_unknown_subtrees_raise(self, logged: tuple[Store, int]) -> None:
        """A subtree that is not complete yet is not there."""
        store, size = logged
        with store.read() as work, pytest.raises(RecordNotFound):
            work.audit.subtree(0, size)
        with store.read() as work, pytest.raises(RecordNotFound):
            work.audit.subtree(5, 0)

    def test_keeps_heads(self, store: Store) -> None:
        """Heads come back in the order in which they were signed."""
        heads = [TreeHead(size, EMPTY_ROOT, NOW, "k", "aa") for size in (0, 5, 3)]
        with store.write() as work:
            for head in heads:
                work.audit.add_head(head)
            work.commit()
        with store.read() as work:
            assert work.audit.heads() == heads
