"""Workers die by SIGKILL at any moment, and nothing is lost, doubled or left for an operator."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.kill import count_wrong, run_kills, write_paper
from ingest.jobs import PROCESS_FILE
from ingest.pipeline import build_process_plan
from records.states import CaptureState
from records.takeover import LOSSES
from tests.conftest import ROOT
from tests.line import Line, open_line

pytestmark = [pytest.mark.tesseract, pytest.mark.sql, pytest.mark.slow]
STEPS = ("verify_signatures", "compose", "sign_as_digitiser", "extract_fields", "store_record")
SEED = 20260331


def start_worker(folder: Path, memory: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """The real worker in a process of its own."""
    command = [sys.executable, "-m", "bench.kill_worker", str(folder), str(memory), *arguments]
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def wait_until_done(line: Line, batch_id: str, seconds: float = 60.0) -> None:
    """Until no file is on the line, no event waits and every audit row has its place."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with line.store.read() as work:
            on_line = work.batches.counts(batch_id).by_state.get(CaptureState.READ)
            if not (on_line or work.outbox.backlog() or work.audit.unsequenced()):
                return
        time.sleep(0.1)
    pytest.fail("not done in time")


@pytest.mark.timeout(300)
def test_random_kills_lose_and_double_nothing(tmp_path: Path, memory_dir: Path) -> None:
    """Records, pages, index entries and audit rows exactly once after six kills (the long form: thirty)."""
    report = run_kills(tmp_path, memory_dir, url="", kills=6, workers=1, seed=SEED)
    assert report.wrong == dict.fromkeys(report.wrong, 0)
    assert report.files == 12
    assert report.kills_at_work > 0


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_two_workers_on_postgresql_share_and_inherit_the_work(
    tmp_path: Path, memory_dir: Path, postgres_url: str
) -> None:
    """The same with two workers and one of them killed each time: what it leaves, the other takes over."""
    report = run_kills(tmp_path, memory_dir, url=postgres_url, kills=4, workers=2, seed=SEED)
    assert report.wrong == dict.fromkeys(report.wrong, 0)
    assert report.files == 8


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_after_any_step_costs_that_step_alone(step: str, tmp_path: Path, memory_dir: Path) -> None:
    """Killed between a step's work and its mark, the next process goes on and ends with one of each."""
    with open_line(tmp_path, memory_dir, workers=1) as line:
        assert [name for name, _step in build_process_plan(line.steps).steps] == list(STEPS)
        batch = line.open_batch()
        line.receive(batch, write_paper(tmp_path / "1.tiff", 1, 2))
        first = start_worker(tmp_path, memory_dir, "--kill-after", step)
        assert first.wait(timeout=60) == -9
        second = start_worker(tmp_path, memory_dir, "--kill-after", step)
        try:
            wait_until_done(line, batch.id)
        finally:
            second.terminate()
            second.wait(timeout=60)
        wrong = count_wrong(line, batch.id)
    assert wrong == dict.fromkeys(wrong, 0)


@pytest.mark.timeout(300)
def test_a_paper_that_kills_every_worker_is_refused_and_the_others_go_on(
    tmp_path: Path, memory_dir: Path
) -> None:
    """A job that takes its process down each time ends for good with a reason; its neighbour is stored."""
    with open_line(tmp_path, memory_dir, workers=1) as line:
        batch = line.open_batch()
        poison = line.receive(batch, write_paper(tmp_path / "1.tiff", 1, 1))
        good = line.receive(batch, write_paper(tmp_path / "2.tiff", 2, 1))
        starts = 0
        deadline = time.monotonic() + 240
        worker = start_worker(tmp_path, memory_dir, "--poison", poison.id)
        while time.monotonic() < deadline:
            with line.store.read() as work:
                states = [work.batches.get_file(file.id).state for file in (poison, good)]
            if states == [CaptureState.REJECTED, CaptureState.VERIFY]:
                break
            if worker.poll() is not None:
                starts += 1
                worker = start_worker(tmp_path, memory_dir, "--poison", poison.id)
            time.sleep(0.1)
        worker.terminate()
        worker.wait(timeout=60)
        with line.store.read() as work:
            assert work.batches.get_file(poison.id).reason_code == "JOB_DIED"
            assert work.batches.get_file(good.id).state is CaptureState.VERIFY
    assert 1 < starts <= LOSSES + 2


def test_the_plan_has_the_name_its_jobs_are_queued_under(tmp_path: Path, memory_dir: Path) -> None:
    """A job of another name would wait for ever."""
    with open_line(tmp_path, memory_dir, workers=1) as line:
        assert build_process_plan(line.steps).kind == PROCESS_FILE
