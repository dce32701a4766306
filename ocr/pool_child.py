"""The child's side of the pool (tiến trình con): started as `python -m ocr.pool_child`, never imported.

It takes (function reference, arguments) from one pipe and puts results into another, one at a time.
"""

import importlib
import os
import pickle
import resource
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ocr.models import use_folder
from records.errors import ServiceError


def main(arguments: list[str]) -> None:
    """Serve tasks until the pipe closes.

    ARGS are the pipe's descriptor, the lifeline's, the memory limit, the temporary and the models folder.
    """
    descriptor, lifeline, memory_limit, temp_dir = (
        int(arguments[0]),
        int(arguments[1]),
        int(arguments[2]),
        arguments[3],
    )
    _end_with_parent(lifeline)
    use_folder(Path(arguments[4]))
    # Text and images of unchecked pages must not reach the system's temporary folder.
    tempfile.tempdir = temp_dir
    resource.setrlimit(resource.RLIMIT_DATA, (memory_limit, memory_limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Service managers end every process of a service at once; only the parent knows whether a page may
    # still be finished, and a page that is cut short counts as one that crashes its reader.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with Connection(descriptor) as pipe:
        while True:
            try:
                reference, values = pipe.recv()
            except (EOFError, OSError):
                return
            pipe.send_bytes(_answer(reference, values))


def _end_with_parent(lifeline: int) -> None:
    """Kill the whole process group, readers it started included, when the parent is gone.

    The parent holds the other end of the pipe and never writes: end of file means it died, also by SIGKILL.
    """

    def watch() -> None:
        os.read(lifeline, 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _answer(reference: str, values: tuple[Any, ...]) -> bytes:
    """The pickled outcome: ("ok", result, CPU seconds), ("error", our error) or ("crash", kind)."""
    before = _cpu_seconds()
    try:
        result = find_function(reference)(*values)
        return pickle.dumps(("ok", result, _cpu_seconds() - before))
    except ServiceError as exc:
        return pickle.dumps(("error", exc))
    except MemoryError:
        return pickle.dumps(("memory", ""))
    except Exception as exc:
        # The message may hold page text: only the kind of error leaves the child.
        return pickle.dumps(("crash", type(exc).__name__))


def find_function(reference: str) -> Callable[..., Any]:
    """The function behind "module:function"."""
    module, _, name = reference.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _cpu_seconds() -> float:
    """CPU time of this process and the children it waited for."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


if __name__ == "__main__":
    main(sys.argv[1:])
