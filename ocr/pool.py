"""Long-lived killable worker children (nhóm tiến trình con), one a core, for work on hostile files.

A task that runs over its time, needs too much memory or crashes costs its own child alone: the child
and whatever it started are killed, the task fails, a new child takes the next task. Children are started
by fork and exec with only their pipe open, so they inherit neither sockets nor database handles; they end
with their parent, also when that is killed by SIGKILL.
"""

import io
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from enum import Enum
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ocr.errors import EngineCrashed, EngineTimedOut, OutOfMemory
from ocr.models import models_folder

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # glibc would learn to keep page buffers for ever; giving back every small block costs a page 0.3 CPU s.
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
}
_ANSWER_SECONDS = 30.0
_OUR_PACKAGES = ("records.", "ingest.", "ocr.", "signing.")
_PLAIN_CLASSES = frozenset(
    {
        ("builtins", "set"), ("builtins", "frozenset"), ("builtins", "complex"), ("builtins", "bytearray"),
        ("collections", "OrderedDict"), ("collections", "defaultdict"), ("decimal", "Decimal"),
        ("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"), ("datetime", "timedelta"),
        ("datetime", "timezone"), ("pathlib", "PosixPath"), ("pathlib", "PurePosixPath"), ("uuid", "UUID"),
        ("numpy", "ndarray"), ("numpy", "dtype"), ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"), ("numpy._core.numeric", "_frombuffer"),
    }
)  # fmt: skip


class PagePool:
    """A fixed number of worker children (nhóm tiến trình xử lý trang).

    `memory_limit_bytes` bounds the private memory of each child and of each program it starts.
    `temp_dir` is the only folder for their temporary files. `environment` adds to the few variables that
    children see; the parent's own environment, with its secrets, stays away from them.
    """

    def __init__(
        self,
        workers: int,
        memory_limit_bytes: int,
        temp_dir: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        settings = _ENVIRONMENT | {"TMPDIR": str(temp_dir)} | dict(environment or {})
        self._children = [_Child(memory_limit_bytes, temp_dir, settings) for _ in range(max(1, workers))]
        self._threads = [
            threading.Thread(target=self._serve, args=(child,), name=f"page-pool-{number}", daemon=True)
            for number, child in enumerate(self._children)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, function: str, /, *values: Any, timeout: float) -> "Future[Any]":
        """Run "module:function" with picklable values in a child; `timeout` counts seconds of running.

        The future raises EngineTimedOut, EngineCrashed, OutOfMemory or the function's own service error.
        """
        task = _Task(function, values, timeout)
        with self._lock:
            if self._closed:
                raise EngineCrashed(pool="closed")
            self._tasks.put(task)
        return task.future

    def run(self, function: str, /, *values: Any, timeout: float) -> Any:
        """`submit` and wait for the result."""
        return self.submit(function, *values, timeout=timeout).result()

    def close(self) -> None:
        """Finish what runs, cancel what waits, end the children and wait for them."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._cancel_waiting()
            for _ in self._threads:
                self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def kill(self) -> None:
        """End the children at once; running tasks fail with EngineCrashed."""
        for child in self._children:
            child.kill()
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.kill()

    def _cancel_waiting(self) -> None:
        """Cancel the tasks nobody has begun."""
        while True:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                return
            if task is not None:
                task.future.cancel()

    def _serve(self, child: "_Child") -> None:
        """One thread a child: take a task, run it, replace the child when it died."""
        while (task := self._tasks.get()) is not None:
            if not task.future.set_running_or_notify_cancel():
                continue
            try:
                task.future.set_result(child.run(task))
            except BaseException as exc:  # whatever happens, the caller must not wait for ever
                task.future.set_exception(exc)
        child.stop()


class _Task:
    """One call and the future that its caller holds."""

    def __init__(self, function: str, values: tuple[Any, ...], timeout: float) -> None:
        self.function = function
        self.values = values
        self.timeout = timeout
        self.future: Future[Any] = Future()


class _Child:
    """One worker process, started when first needed and again after it died."""

    def __init__(self, memory_limit: int, temp_dir: Path, environment: Mapping[str, str]) -> None:
        self._memory_limit = memory_limit
        self._temp_dir = temp_dir
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._lifeline = -1

    def run(self, task: _Task) -> Any:
        """The task's result; raises what the task's future shall raise."""
        pipe = self._start()
        # A child may also hang in the middle of its answer, where no poll would notice.
        watch = threading.Timer(task.timeout + _ANSWER_SECONDS, self.kill)
        watch.daemon = True
        watch.start()
        try:
            pipe.send((task.function, task.values))
            if not pipe.poll(task.timeout):
                self.stop()
                raise EngineTimedOut(task=task.function, seconds=int(task.timeout))
            outcome = _load(pipe.recv_bytes(self._memory_limit))
        except (EOFError, OSError, pickle.UnpicklingError) as exc:
            status = self.stop()
            raise EngineCrashed(task=task.function, status=status) from exc
        finally:
            watch.cancel()
        return self._unpack(task, outcome)

    def _unpack(self, task: _Task, outcome: tuple[Any, ...]) -> Any:
        """The result, or the error the child reported."""
        kind, value = outcome[0], outcome[1]
        if kind == "ok":
            return value
        if kind == "error":
            raise value
        if kind == "memory":
            # Its heap may be in pieces: a fresh child takes the next task.
            self.stop()
            raise OutOfMemory(task=task.function)
        raise EngineCrashed(task=task.function, error=str(value))

    def _start(self) -> Connection:
        """The pipe to a living child."""
        if self._process is not None and self._pipe is not None and self._process.poll() is None:
            return self._pipe
        self.stop()
        ours, theirs = Pipe()
        lifeline_read, self._lifeline = os.pipe()
        arguments = [
            str(theirs.fileno()), str(lifeline_read), str(self._memory_limit),
            str(self._temp_dir), str(models_folder()),
        ]  # fmt: skip
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ocr.pool_child", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=dict(self._environment),
                pass_fds=(theirs.fileno(), lifeline_read),
                start_new_session=True,
            )
        finally:
            theirs.close()
            os.close(lifeline_read)
        self._pipe = ours
        return ours

    def kill(self) -> None:
        """Kill the child's whole process group: it leads a session of its own."""
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def stop(self) -> int | None:
        """Kill the child with all it started, wait for it and free its pipes; its exit status comes back."""
        process, self._process = self._process, None
        status = None
        if process is not None:
            # A crashed child may leave a reader running in its group.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            status = process.wait()
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
        return status


class _CarefulUnpickler(pickle.Unpickler):
    """Takes values and classes of our packages only: a child that a hostile file took over gains nothing."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """The class, or UnpicklingError."""
        if (module_name, global_name) == ("builtins", "getattr"):
            return find_member
        if (module_name, global_name) in _PLAIN_CLASSES:
            return super().find_class(module_name, global_name)
        if f"{module_name}.".startswith(_OUR_PACKAGES):
            found = super().find_class(module_name, global_name)
            # Its own module, or a class that a module of ours merely imports would pass too.
            if isinstance(found, type) and found.__module__ == module_name and "." not in global_name:
                return found
        raise pickle.UnpicklingError(f"{module_name}.{global_name}")


def find_member(owner: object, name: str) -> Enum:
    """What `getattr` may be in an answer: Python 3.11 before 3.11.4 pickles enum members through it."""
    if isinstance(owner, type) and issubclass(owner, Enum) and name in owner.__members__:
        return owner[name]
    raise pickle.UnpicklingError("builtins.getattr")


def _load(data: bytes) -> tuple[Any, ...]:
    """What a child answered; any failure is an UnpicklingError."""
    try:
        outcome = _CarefulUnpickler(io.BytesIO(data)).load()
    except pickle.UnpicklingError:
        raise
    except Exception as exc:  # a damaged pickle raises nearly anything
        raise pickle.UnpicklingError from exc
    if not isinstance(outcome, tuple) or len(outcome) < 2:
        raise pickle.UnpicklingError
    return outcome
