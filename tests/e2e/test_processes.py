"""`sohoa serve --processes`: several on one socket, replaced when one dies, ended together."""

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
def server(tmp_path: Path, memory_dir: Path, postgres_url: str) -> Iterator["subprocess.Popen[str]"]:
    """A server of two processes on PostgreSQL."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOHOA_")}
    environment |= {
        "SOHOA_STORE__FOLDER": str(tmp_path / "var"),
        "SOHOA_STORE__URL": postgres_url,
        "SOHOA_INTAKE__MEMORY_FOLDER": str(memory_dir),
        "SOHOA_OCR__JOBS": "1",
        "SOHOA_OCR__PROFILE": "tesseract",
    }
    command = [str(SOHOA), "serve", "--port", "0", "--processes", "2"]
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


def _find_children(parent: int) -> dict[int, str]:
    """Living children of a process with their command lines."""
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, above = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            if int(above) == parent and state != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_text()
        except OSError:
            continue
    return found


def _find_serving(parent: int) -> set[int]:
    """Children that serve; not the worker, not the one that cleans up behind them."""
    return {number for number, line in _find_children(parent).items() if "spawn_main" in line}


def _start(server: "subprocess.Popen[str]") -> str:
    assert server.stderr is not None
    address = re.search(r"http://[\d.:]+", server.stderr.readline())
    assert address is not None
    assert _await(lambda: httpx.get(f"{address.group()}/ready", timeout=30).status_code == 200)
    return address.group()


def _is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_two_processes_serve_with_one_worker_and_end_together(server: "subprocess.Popen[str]") -> None:
    """Ready once the worker beats; SIGTERM ends server, both processes and the worker."""
    _start(server)
    children = _find_children(server.pid)
    assert len(_find_serving(server.pid)) == 2
    assert sum("worker\0--parent" in line for line in children.values()) == 1
    server.send_signal(signal.SIGTERM)
    assert server.wait(60) == 0
    assert _await(lambda: not any(map(_is_alive, children)), 5)


def test_a_dead_process_is_replaced_while_the_other_answers(server: "subprocess.Popen[str]") -> None:
    """Whoever asks meanwhile is answered; a moment later there are two again."""
    address = _start(server)
    before = _find_serving(server.pid)
    os.kill(min(before), signal.SIGKILL)
    assert all(httpx.get(f"{address}/health", timeout=30).status_code == 200 for _ in range(20))
    assert _await(lambda: len(_find_serving(server.pid)) == 2 and _find_serving(server.pid) != before)


def test_a_killed_server_leaves_no_process_behind(server: "subprocess.Popen[str]") -> None:
    """Nobody may keep the socket of a server that is gone."""
    address = _start(server)
    children = _find_children(server.pid)
    server.kill()
    server.wait()
    assert _await(lambda: not any(map(_is_alive, children)))
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/health")
