"""Writers side by side: what must happen once happens once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from time import sleep
from typing import TypeVar

from sqlalchemy import text

from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.batches import close_batch, move_file
from records.merkle import Frontier
from records.sql.unit_of_work import SqlStore
from records.states import CaptureState
from tests.factories import NOW, OWNER, TYPE, UNIT, add_file, build_batch, build_entry, build_file, build_hash
from tests.fakes import FixedClock
from tests.stores import sqlite_store

Value = TypeVar("Value")
WRITERS = 4


def at_once(work: Callable[[int], Value]) -> list[Value]:
    """What each of four threads gives."""
    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(work, range(WRITERS)))


def test_files_are_numbered_without_gap_or_twin(store: SqlStore) -> None:
    """Four uploaders of one batch get different ordinals."""
    batch = build_batch()
    with store.write() as work:
        work.batches.add(batch)
        work.commit()

    def upload(_: int) -> None:
        for _ in range(5):
            with store.write(timeout=20) as work:
                ordinal = work.batches.reserve_ordinals(batch.id)
                work.batches.add_file(build_file(batch.id, ordinal=ordinal))
                work.commit()

    at_once(upload)
    with store.read() as work:
        assert [file.ordinal for file in work.batches.files(batch.id)] == list(range(1, 21))


def test_the_same_bytes_are_processed_once(store: SqlStore) -> None:
    """Four writers with the same bytes: one processes, three link."""
    sha256 = build_hash("một tệp")

    def receive(_: int) -> bool:
        with store.write(timeout=20) as work:
            first = work.batches.find_processed(sha256, UNIT)
            state = CaptureState.LINKED if first else CaptureState.READ
            add_file(work, sha256=sha256, state=state)
            work.commit()
            return first is None

    assert sorted(at_once(receive)) == [False, False, False, True]


def test_the_log_has_one_sequencer(store: SqlStore) -> None:
    """Sequencers that run together give every row one place and leave one right tree."""
    with store.write() as work:
        for second in range(200):
            work.audit.add(build_entry(at=NOW + timedelta(seconds=second)))
        work.commit()

    def sequence(_: int) -> int:
        done = 0
        for _ in range(10):
            with store.write(timeout=20) as work:
                done += work.audit.sequence(13)
                work.commit()
        return done

    assert sum(at_once(sequence)) == 200
    with store.read() as work:
        tree = Frontier()
        for place, _, _, leaf in work.audit.iter_leaves():
            assert place == tree.size
            tree.append(leaf)
        assert work.audit.root() == (200, tree.root)


def test_an_event_goes_to_one_deliverer(store: SqlStore) -> None:
    """Four deliverers take every event once between them."""
    with store.write() as work:
        for number in range(40):
            work.outbox.add("record.changed", f"r{number}", 1, NOW)
        work.commit()

    def deliver(_: int) -> list[int]:
        mine: list[int] = []
        for _ in range(12):
            with store.write(timeout=20) as work:
                numbers = [event.number for event in work.outbox.due(NOW, 5)]
                work.outbox.delivered(numbers, NOW)
                work.commit()
                mine += numbers
        return mine

    taken = [number for numbers in at_once(deliver) for number in numbers]
    assert len(taken) == len(set(taken)) == 40


def test_processes_get_names_of_their_own(store: SqlStore) -> None:
    """Four processes that start together hold four names."""

    def claim(number: int) -> str:
        with store.write(timeout=20) as work:
            name = work.slots.claim(f"p{number}", NOW - timedelta(minutes=1))
            work.commit()
            return name

    assert sorted(at_once(claim)) == ["slot-1", "slot-2", "slot-3", "slot-4"]


def test_a_step_has_one_result(store: SqlStore) -> None:
    """Four workers that finish one step agree on the first result."""

    def finish(number: int) -> str:
        with store.write(timeout=20) as work:
            result = work.steps.put("đọc:abc", str(number))
            work.commit()
            return result

    assert len(set(at_once(finish))) == 1


def test_lookups_go_by_index(tmp_path: Path, clock: FixedClock) -> None:
    """Neither the owner's results nor the papers still on the line are found by reading whole tables."""
    with sqlite_store(tmp_path, clock) as store, store.read() as work:
        plans: list[str] = []
        raw = work.connection.connection.dbapi_connection
        assert raw is not None
        raw.set_trace_callback(plans.append)
        work.results.pending("cccd", OWNER, TYPE)
        work.results.find_by_owner("cccd", OWNER, TYPE)
        raw.set_trace_callback(None)
        for statement in plans:
            steps = work.connection.execute(text("EXPLAIN QUERY PLAN " + statement.replace(":", r"\:")))
            scans = [row.detail for row in steps if row.detail.startswith("SCAN")]
            assert set(scans) <= {"SCAN papers"}, scans
        assert len(plans) >= 2


def test_files_that_move_at_once_take_their_batch_along(store: SqlStore) -> None:
    """The last files of a closed batch are released together: the batch has ended, and is still closed."""
    batch = build_batch(state=CaptureState.VERIFY)
    with store.write() as work:
        work.batches.add(batch)
        files = [
            build_file(batch.id, ordinal=number, state=CaptureState.VERIFY)
            for number in range(1, WRITERS + 1)
        ]
        for file in files:
            work.batches.add_file(file)
        work.commit()
    acting = Acting(SYSTEM, NOW, "test")
    started = Barrier(WRITERS)

    def release(number: int) -> None:
        started.wait()
        if number == 0:
            close_batch(store, acting, batch.id)
        with store.write(timeout=20) as work:
            move_file(work, files[number], CaptureState.RELEASED, NOW)
            sleep(0.2)
            work.commit()

    at_once(release)
    with store.read() as work:
        ended = work.batches.get(batch.id)
    assert (ended.state, ended.closed_at) == (CaptureState.RELEASED, NOW)
