"""The pool of worker children: every way a task can go wrong costs that task alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from ocr.errors import EngineCrashed, EngineTimedOut, OutOfMemory, UnreadableImage
from ocr.pool import PagePool

LIMIT = 600 * 1024**2
QUICK = 20.0


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[PagePool]:
    """A pool of one child."""
    with PagePool(1, LIMIT, tmp_path) as made:
        yield made


def test_child_is_kept_between_tasks(pool: PagePool) -> None:
    """Two tasks run in the same child, which is not this process."""
    first = pool.run("os:getpid", timeout=QUICK)
    assert first == pool.run("os:getpid", timeout=QUICK)
    assert first != os.getpid()


def test_crash_fails_its_task_alone(pool: PagePool) -> None:
    """A child that dies fails its task; the next task gets a new child."""
    before = pool.run("os:getpid", timeout=QUICK)
    with pytest.raises(EngineCrashed):
        pool.run("os:abort", timeout=QUICK)
    assert pool.run("os:getpid", timeout=QUICK) != before


def test_ending_the_service_cuts_no_page_short(pool: PagePool) -> None:
    """SIGTERM to every process of the service, as systemd sends it, lets the running task end."""
    child = pool.run("os:getpid", timeout=QUICK)
    running = pool.submit("time:sleep", 0.5, timeout=QUICK)
    while not running.running():
        time.sleep(0.01)
    os.kill(child, signal.SIGTERM)
    assert running.result(timeout=QUICK) is None
    assert pool.run("os:getpid", timeout=QUICK) == child


def test_half_an_answer_does_not_hold_the_pool(pool: PagePool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that begins to answer and then hangs is killed like one that never answers."""
    monkeypatch.setattr("ocr.pool._ANSWER_SECONDS", 0.5)
    with pytest.raises(EngineCrashed):
        pool.run("tests.integration.ocr.stuck:answer_half", timeout=0.5)
    assert pool.run("os:getpid", timeout=QUICK)


def test_hanging_task_is_killed_with_what_it_started(pool: PagePool) -> None:
    """A task over its time fails, and the program it started is gone too."""
    child = pool.run("os:getpid", timeout=QUICK)
    started = time.monotonic()
    with pytest.raises(EngineTimedOut):
        pool.run("subprocess:call", ["sleep", "300"], timeout=0.8)
    assert time.monotonic() - started < 10
    assert not _group_members(child)
    assert pool.run("os:getpid", timeout=QUICK) != child


def test_task_that_wants_too_much_memory_fails_alone(pool: PagePool) -> None:
    """A task over the memory limit fails as such; a smaller one afterwards runs."""
    with pytest.raises(OutOfMemory):
        pool.run("builtins:bytearray", 2 * LIMIT, timeout=QUICK)
    assert len(pool.run("builtins:bytes", 1000, timeout=QUICK)) == 1000


def test_service_error_of_a_task_reaches_the_caller(pool: PagePool, tmp_path: Path) -> None:
    """An error of our own tree comes back as itself, with its context."""
    bad = tmp_path / "not-an-image"
    bad.write_bytes(b"no image at all")
    with pytest.raises(UnreadableImage) as caught:
        pool.run("ocr.work:count_file_pages", bad, "image", timeout=QUICK)
    assert caught.value.detail_vi == ""


def test_other_error_names_its_kind_and_nothing_else(pool: PagePool) -> None:
    """A foreign exception's message, which may hold page text, does not leave the child."""
    with pytest.raises(EngineCrashed) as caught:
        pool.run("builtins:int", "bí mật", timeout=QUICK)
    assert caught.value.context["error"] == "ValueError"
    assert "bí mật" not in str(caught.value)


def test_result_of_a_foreign_class_is_refused(pool: PagePool) -> None:
    """A child that answers with an object whose unpickling could run code is not believed."""
    with pytest.raises(EngineCrashed):
        pool.run("functools:partial", print, timeout=QUICK)
    assert pool.run("os:getpid", timeout=QUICK)


def test_child_inherits_no_descriptor_and_no_secret(pool: PagePool, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open file of the parent and its environment are not seen by the child."""
    monkeypatch.setenv("SOHOA_SECRET", "x")
    with Path(__file__).open("rb") as held:
        os.set_inheritable(held.fileno(), True)
        with pytest.raises(EngineCrashed) as caught:
            pool.run("os:fstat", held.fileno(), timeout=QUICK)
    assert caught.value.context["error"] == "OSError"
    assert pool.run("os:getenv", "SOHOA_SECRET", timeout=QUICK) is None


def test_a_file_of_the_working_folder_is_not_run_as_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever starts the service in a folder of scans runs no `ocr.py` that lies there."""
    (tmp_path / "ocr.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    with PagePool(1, LIMIT, tmp_path) as made:
        assert made.run("os:getpid", timeout=QUICK) != os.getpid()


def test_temporary_files_of_children_lie_in_the_given_folder(pool: PagePool, tmp_path: Path) -> None:
    """The child's temporary folder is the pool's."""
    assert pool.run("tempfile:gettempdir", timeout=QUICK) == str(tmp_path)


def test_two_children_work_at_the_same_time(tmp_path: Path) -> None:
    """Two sleeping tasks in two children take the time of one."""
    with PagePool(2, LIMIT, tmp_path) as pool:
        for future in [pool.submit("time:sleep", 0.01, timeout=QUICK) for _ in range(4)]:
            future.result()
        started = time.monotonic()
        both = [pool.submit("time:sleep", 1.5, timeout=QUICK) for _ in range(2)]
        for future in both:
            future.result()
        assert time.monotonic() - started < 2.8


def test_closing_cancels_what_waits_and_ends_the_children(tmp_path: Path) -> None:
    """After closing no child is left, and a task nobody began is cancelled."""
    pool = PagePool(1, LIMIT, tmp_path)
    child = pool.run("os:getpid", timeout=QUICK)
    running = pool.submit("time:sleep", 0.5, timeout=QUICK)
    time.sleep(0.1)
    waiting = pool.submit("time:sleep", 60, timeout=QUICK)
    pool.close()
    assert running.result() is None
    with pytest.raises(CancelledError):
        waiting.result()
    assert not _group_members(child)
    with pytest.raises(EngineCrashed):
        pool.submit("os:getpid", timeout=QUICK)


def test_children_and_their_programs_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    """After SIGKILL of the parent neither the child nor the program it started is left."""
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom ocr.pool import PagePool\n"
        "pool = PagePool(1, 600 * 1024**2, Path(sys.argv[1]))\n"
        "print(pool.run('os:getpid', timeout=20), flush=True)\n"
        "pool.submit('subprocess:call', ['sleep', '300'], timeout=300)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _until(lambda: len(_group_members(child)) == 2)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert _until(lambda: not _group_members(child))


def _until(condition: Callable[[], bool]) -> bool:
    for _ in range(100):
        if condition():
            return True
        time.sleep(0.1)
    return False


def _group_members(group: int) -> list[int]:
    """Living processes of a process group, zombies left out."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found
