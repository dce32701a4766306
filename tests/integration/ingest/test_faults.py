"""What goes wrong with one page, one event or one outage stays there."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest

from api.worker import Parts, Rhythm, Worker, pump
from ingest.batches import Intake, Progress, copy_and_hash
from ingest.errors import IntakeFull, IntakeStopped
from ingest.pages import PageReader
from ingest.pipeline import build_plans
from ingest.resume import resume_postponed
from ingest.steps import Steps
from records.actions.acting import Acting
from records.actions.withdrawal import cancel_batch
from records.errors import FileCorrupted, IllegalTransition, StoreUnavailable
from records.model import OutboxEvent
from records.ports import UnitOfWork
from records.states import CaptureState
from tests.factories import build_file
from tests.integration.ingest.conftest import DPI, draw, write_scan
from tests.line import ARCHIVIST, Line
from tests.line import FixedClock as MovedClock

pytestmark = [pytest.mark.tesseract, pytest.mark.sql]


def test_pages_that_take_too_long_refuse_their_file_alone(line: Line, tmp_path: Path) -> None:
    """Nobody has ruled out a mark on an unread page: its file is refused, all such pages named at once."""
    from sample_files import write_tiff

    batch = line.open_batch()
    hasty = Intake(
        line.store, line.blobs, PageReader(line.pool, page_seconds=0.01), line.memory, line.clock
    )  # fmt: skip
    paper = write_tiff(tmp_path / "a.tiff", [*draw(1), *draw(2)], DPI)
    row = hasty.receive(batch.id, "a.tiff", paper, ARCHIVIST)
    assert (row.state, row.reason_code) == (CaptureState.REJECTED, "ENGINE_TIMED_OUT")
    assert "Trang 1, 2." in (row.reason_vi or "")
    assert row.sha256 is None
    assert not [path for path in (line.folder / "blobs").rglob("*") if path.is_file()]
    assert line.receive(batch, paper).state is CaptureState.READ


class Outage(Steps):
    """Steps whose key store is out of reach for as long as anybody waits."""

    def extract_fields(self, argument: str, results: Mapping[str, str]) -> str:
        """Never works."""
        raise StoreUnavailable


def test_what_a_long_outage_put_off_goes_on_by_itself(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose job gave up on an outage is put off, not refused, and is taken up again once."""
    monkeypatch.setattr("records.durable.STEP_ATTEMPTS", 2)
    row = line.receive(line.open_batch(), write_scan(tmp_path / "a.pdf"))
    steps = line.steps
    line.run_jobs(
        build_plans(Outage(steps.store, steps.blobs, steps.pool, steps.clock, steps.folder, steps.trust))
    )
    with line.store.read() as work:
        file = work.batches.get_file(row.id)
    assert (file.state, file.reason_code) == (CaptureState.POSTPONED, "STORE_UNAVAILABLE")
    monkeypatch.setattr("ingest.resume._BATCHES", 1)
    line.open_batch()  # a newer one must not hide it
    assert (resume_postponed(line.store, line.clock), resume_postponed(line.store, line.clock)) == (1, 0)
    line.run_jobs()
    with line.store.read() as work:
        assert work.batches.get_file(row.id).state is CaptureState.VERIFY
        assert len(list(work.records.iter_ids())) == 1


def add_events(line: Line, *subjects: str) -> None:
    """Events as a commit leaves them."""
    with line.store.write() as work:
        for subject in subjects:
            work.outbox.add("record.changed", subject, 1, line.clock.now())
        work.commit()


def test_an_event_that_cannot_be_delivered_stops_only_itself(line: Line) -> None:
    """The others go out, the bad one is tried again later and later."""
    seen: list[str] = []

    def deliver(_work: UnitOfWork, events: Sequence[OutboxEvent]) -> None:
        if any(event.subject_id == "bad" for event in events):
            raise FileCorrupted(file="bad")
        seen.extend(event.subject_id for event in events)

    add_events(line, "a", "bad", "b")
    assert pump(line.store, line.clock, deliver) == 2
    assert sorted(seen) == ["a", "b"]
    with line.store.read() as work:
        assert work.outbox.backlog() == 1
        assert work.outbox.due(line.clock.now(), 10) == []
        later = line.clock.now() + timedelta(seconds=2)
        assert [event.attempts for event in work.outbox.due(later, 10)] == [1]


def test_while_the_index_is_away_every_event_waits(line: Line) -> None:
    """One look is enough to know; nothing is lost and nothing is tried in a tight loop."""
    tries = 0

    def deliver(_work: UnitOfWork, _events: Sequence[OutboxEvent]) -> None:
        nonlocal tries
        tries += 1
        raise StoreUnavailable

    add_events(line, "a", "b", "c")
    assert pump(line.store, line.clock, deliver) == 0
    assert pump(line.store, line.clock, deliver) == 0
    assert tries == 1
    with line.store.read() as work:
        assert work.outbox.backlog() == 3


def test_a_delivery_that_fails_leaves_nothing_of_itself(line: Line) -> None:
    """What it wrote in the events' transaction is rolled back with it."""

    def deliver(work: UnitOfWork, events: Sequence[OutboxEvent]) -> None:
        work.steps.put("half", "done")
        raise ValueError(events)

    add_events(line, "a")
    assert pump(line.store, line.clock, deliver) == 0
    with line.store.read() as work:
        assert work.steps.find("half") is None


def test_the_worker_ends_idle_with_log_and_outbox_tidy(line: Line, tmp_path: Path) -> None:
    """Jobs done, events out, every audit row in its place, head signed, slot free."""
    line.receive(line.open_batch(), write_scan(tmp_path / "a.pdf"))
    delivered: list[str] = []
    heads: list[int] = []
    worker = Worker(
        Parts(
            line.make_worker(),
            line.store,
            line.clock,
            deliver=lambda _work, events: delivered.extend(event.subject_id for event in events),
            sign_head=lambda: heads.append(1),
        ),
        Rhythm(outbox=0.05, audit=0.05),
    )
    assert worker.run_until_idle(60) is True
    with line.store.read() as work:
        assert delivered == list(work.records.iter_ids())
        assert (work.outbox.backlog(), work.audit.unsequenced()) == (0, 0)
        assert work.slots.held() == []
    assert heads


def test_a_file_read_while_its_batch_is_cancelled_is_not_kept(line: Line, tmp_path: Path) -> None:
    """The sender is told; no row, no job, and the same paper may come in a new batch."""
    batch, scan = line.open_batch(), write_scan(tmp_path / "a.pdf")

    def cancel_once(progress: Progress) -> None:
        if progress.stage == "gate" and progress.pages_read == 1:
            cancel_batch(line.store, Acting(ARCHIVIST, line.clock.now(), "test"), batch.id)

    with line.store.write() as work:
        work.batches.add_file(build_file(batch.id, ordinal=99))
        work.commit()
    with pytest.raises(IllegalTransition):
        line.intake.receive(batch.id, "a.pdf", scan, ARCHIVIST, on_progress=cancel_once)
    with line.store.read() as work:
        assert work.batches.counts(batch.id).by_state == {CaptureState.CANCELLED: 1}
    assert line.receive(line.open_batch(), scan).state is CaptureState.READ


def test_when_memory_is_full_the_sender_waits_and_nothing_is_refused() -> None:
    """Another process filled the folder: an outage that passes, not a verdict on the paper."""
    with pytest.raises(IntakeFull) as full:
        copy_and_hash(b"paper" * 10_000, Path("/dev/full"))
    assert full.value.retryable


def test_a_restart_in_the_middle_of_a_file_refuses_nothing(line: Line, tmp_path: Path) -> None:
    """The pages that were still to be read say nothing of the paper: it may be sent again."""
    from sample_files import write_tiff

    paper = write_tiff(tmp_path / "a.tiff", draw(1) + draw(2) + draw(3) + draw(4), DPI)
    batch = line.open_batch()
    hasty = Intake(line.store, line.blobs, PageReader(line.pool, window=1), line.memory, line.clock)

    def end_service(progress: Progress) -> None:
        if progress.pages_read == 1:
            line.pool.close()

    with pytest.raises(IntakeStopped):
        hasty.receive(batch.id, "a.tiff", paper, ARCHIVIST, on_progress=end_service)
    with line.store.read() as work:
        assert work.batches.counts(batch.id).received == 0


def test_a_slow_index_server_keeps_nobody_from_writing(line: Line) -> None:
    """While documents are on their way others write; what was not taken is sent again."""
    sent: list[int] = []

    def send() -> None:
        with line.store.write(timeout=0.5) as work:
            work.steps.put(f"meanwhile:{len(sent)}", "written")
            work.commit()
        sent.append(1)
        if len(sent) == 1:
            raise StoreUnavailable

    add_events(line, "a")
    assert pump(line.store, line.clock, lambda _work, _events: send) == 0
    with line.store.read() as work:
        assert (work.outbox.backlog(), work.steps.find("meanwhile:0")) == (1, "written")
        (event,) = work.outbox.due(line.clock.now() + timedelta(hours=1), 9)
    assert event.attempts == 1
    later = MovedClock(line.clock.now() + timedelta(hours=1))
    assert pump(line.store, later, lambda _work, _events: send) == 1
    with line.store.read() as work:
        assert work.outbox.backlog() == 0


def test_what_the_gate_cannot_see_is_not_kept(line: Line, tmp_path: Path) -> None:
    """A PDF with an attachment is refused by name of the reason, and none of its bytes are kept."""
    scan = pikepdf.open(write_scan(tmp_path / "a.pdf"))
    scan.attachments["kem.txt"] = pikepdf.AttachedFileSpec(scan, "TUYỆT MẬT".encode(), filename="kem.txt")
    scan.save(tmp_path / "b.pdf")
    row = line.receive(line.open_batch(), tmp_path / "b.pdf")
    assert (row.state, row.reason_code) == (CaptureState.REJECTED, "UNCHECKED_CONTENT")
    assert not [path for path in (line.folder / "blobs").rglob("*") if path.is_file()]
