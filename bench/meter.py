"""Runs a command and says what it and everything it started cost (đo thời gian CPU và bộ nhớ).

    python bench/meter.py RESULT.json COMMAND...

A process of its own, so that its peak memory starts from nothing; it adopts what the command leaves
behind, so that no child's CPU time is lost. Standard library only.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_SET_CHILD_SUBREAPER = 36  # prctl(2)


@dataclass(frozen=True, slots=True)
class Usage:
    """Cost of a command: exit status, CPU and wall seconds, the largest process in MB (10^6 bytes)."""

    status: int
    cpu: float
    wall: float
    peak_mb: float


def run_metered(command: Sequence[str], log: Path) -> Usage:
    """Run a command in a meter of its own, its words into `log`."""
    with tempfile.NamedTemporaryFile(suffix=".json") as result, log.open("wb") as words:
        meter = [sys.executable, "-S", str(Path(__file__).resolve()), result.name, *command]
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
        subprocess.run(meter, stdout=words, stderr=words, env=environment, check=True)
        return Usage(**json.loads(Path(result.name).read_text()))


def _measure(command: Sequence[str]) -> Usage:
    """Run the command and wait for it and for every orphan it leaves."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = time.monotonic()
    with subprocess.Popen(command) as process:
        status = process.wait()
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(status, used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss * 1024 / 1e6)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(asdict(_measure(sys.argv[2:]))))
