"""The memory-backed folder (thư mục trong bộ nhớ): the only place for bytes that have not passed the gate.

Luật 117/2025 Art. 5: a state secret must not come to lie on this machine's disk, not even for a moment.
"""

import fcntl
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from ingest.errors import FileTooLarge

MEMORY_SYSTEMS = frozenset({"tmpfs", "ramfs"})
# Beside the file itself: decoded pages that readers hand over through temporary files.
WORKING_ROOM = 64 * 1024 * 1024
_LOCK = "lock"
_log = logging.getLogger(__name__)


class MemoryFolder:
    """A size-capped share of a memory-backed folder for one process (thư mục tạm trong bộ nhớ).

    Each process works in a folder of its own below `path`; what a killed one left behind is removed by the
    next that starts. `cap_bytes` bounds what is taken in at a time; whoever comes when it is full waits.
    """

    def __init__(self, path: Path, cap_bytes: int) -> None:
        self._cap = cap_bytes
        self._used = 0
        self._freed = threading.Condition()
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not is_memory_backed(path):
            _log.warning("Thư mục %s không nằm trong bộ nhớ (tmpfs): hãy đặt lại trước khi dùng thật.", path)
        self._own, self._lock = _make_own(path)
        _remove_left_behind(path)

    @property
    def path(self) -> Path:
        """This process's own folder."""
        return self._own

    @contextmanager
    def room(self, size: int) -> Generator[Path]:
        """A fresh folder once `size` bytes and working room are free; removed with all it holds at the end.

        Raises `FileTooLarge` for what could never fit.
        """
        need = size + WORKING_ROOM
        if need > self._cap:
            raise FileTooLarge("Tệp lớn hơn thư mục tạm trong bộ nhớ.", size=size)
        with self._freed:
            self._freed.wait_for(lambda: self._used + need <= self._cap)
            self._used += need
        folder = Path(tempfile.mkdtemp(prefix="file-", dir=self._own))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with self._freed:
                self._used -= need
                self._freed.notify_all()

    def close(self) -> None:
        """Remove this process's folder."""
        shutil.rmtree(self._own, ignore_errors=True)
        with suppress(OSError):
            os.close(self._lock)


def is_memory_backed(path: Path) -> bool:
    """Whether a folder lies on tmpfs or ramfs."""
    return _find_file_system(path.resolve()) in MEMORY_SYSTEMS


def _find_file_system(path: Path) -> str:
    """Type of the file system that holds `path`, from the mount table (proc(5), mountinfo)."""
    found, longest = "", -1
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        mount = Path(before.split()[4].replace("\\040", " "))
        # Later lines cover earlier ones at the same place.
        if path.is_relative_to(mount) and len(mount.parts) >= longest:
            found, longest = after.split()[0], len(mount.parts)
    return found


def _make_own(path: Path) -> tuple[Path, int]:
    """A new folder and the lock on it that says its process lives."""
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=path))
    lock = os.open(fresh / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    # Others look only at the final name, so they never see it without its lock.
    return fresh.rename(path / f"intake-{fresh.name.removeprefix('.new-')}"), lock


def _remove_left_behind(path: Path) -> None:
    """Remove the folders of processes that are gone."""
    for folder in path.glob("intake-*"):
        with suppress(OSError):
            lock = os.open(folder / _LOCK, os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
