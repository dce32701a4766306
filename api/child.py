"""The worker process beside a server (tiến trình xử lý đi kèm): started, started again, ended with it."""

import logging
import os
import subprocess
import sys
import threading
import time

_PROGRAM = "from api.cli.main import run; run()"
_LOOK_SECONDS = 0.5
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_CALM_SECONDS = 60.0
_STOP_SECONDS = 30.0
_log = logging.getLogger(__name__)


class WorkerChild:
    """A `sohoa worker` of its own process (tiến trình con); started again when it dies, slower each time."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="worker-child", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the worker and watch over it."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker and wait for it; after half a minute it is killed."""
        self._stop.set()
        self._thread.join()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _watch(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stop.is_set():
            started = time.monotonic()
            self._process = _start()
            while self._process.poll() is None:
                if self._stop.wait(_LOOK_SECONDS):
                    return
            _log.warning("worker ended with %s; starting again", self._process.returncode)
            calm = time.monotonic() - started > _CALM_SECONDS
            pause = _FIRST_PAUSE if calm else min(2 * pause, _LONGEST_PAUSE)
            self._stop.wait(pause)


def _start() -> "subprocess.Popen[bytes]":
    """The worker, told its parent so that it ends with it; no terminal signal reaches it twice."""
    # -P: a file of the folder one happens to stand in must not be imported in place of ours.
    command = [sys.executable, "-P", "-c", _PROGRAM, "worker", "--parent", str(os.getpid())]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
