"""`sohoa serve` as a process: it says where it is, brings a worker, and takes it along when it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

pytestmark = [pytest.mark.sql, pytest.mark.slow]

SOHOA = Path(sys.executable).with_name("sohoa")


@pytest.fixture
def server(tmp_path: Path, memory_dir: Path) -> Iterator["subprocess.Popen[str]"]:
    """A server on a free port with a data folder of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOHOA_")}
    environment |= {
        "SOHOA_STORE__FOLDER": str(tmp_path / "var"),
        "SOHOA_INTAKE__MEMORY_FOLDER": str(memory_dir),
        "SOHOA_OCR__JOBS": "1",
    }
    command = [str(SOHOA), "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            process.kill()


def _await(is_so: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.2)
    return False


def _find_workers(parent: int) -> list[int]:
    """Processes told to end with `parent`, from the process table."""
    wanted = f"worker\0--parent\0{parent}\0".encode()
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if wanted in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def _start(server: "subprocess.Popen[str]") -> str:
    assert server.stderr is not None
    address = re.search(r"http://[\d.:]+", server.stderr.readline())
    assert address is not None
    return address.group()


def test_a_server_is_ready_with_its_worker_and_ends_with_it(server: "subprocess.Popen[str]") -> None:
    """The printed address answers, /ready turns true once the worker's heart beats, SIGTERM ends both."""
    address = _start(server)
    assert _await(lambda: httpx.get(f"{address}/ready").status_code == 200)
    assert len(_find_workers(server.pid)) == 1
    server.send_signal(signal.SIGTERM)
    assert server.wait(60) == 0
    assert _find_workers(server.pid) == []


def test_a_killed_server_leaves_no_worker_behind(server: "subprocess.Popen[str]") -> None:
    """SIGKILL gives no time to say goodbye; the worker notices by itself."""
    _start(server)
    assert _await(lambda: len(_find_workers(server.pid)) == 1)
    time.sleep(5)
    server.kill()
    server.wait()
    assert _await(lambda: _find_workers(server.pid) == [])


def test_a_dead_worker_is_started_again(server: "subprocess.Popen[str]") -> None:
    """The server watches over its worker."""
    _start(server)
    assert _await(lambda: len(_find_workers(server.pid)) == 1)
    (first,) = _find_workers(server.pid)
    os.kill(first, signal.SIGKILL)
    assert _await(lambda: _find_workers(server.pid) not in ([], [first]))
