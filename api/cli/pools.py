"""Worker children for commands that need no running service (tiến trình con của dòng lệnh)."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ocr.pool import PagePool

_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108  unread pages belong in memory, not on a disk


@contextmanager
def memory_pool(workers: int, memory_limit_bytes: int) -> Generator[tuple[PagePool, Path]]:
    """Worker children and their temporary folder, in memory where that can be; both gone afterwards."""
    parent = _MEMORY_FOLDER if os.access(_MEMORY_FOLDER, os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix="sohoa-", dir=parent) as folder,
        PagePool(workers, memory_limit_bytes, Path(folder)) as pool,
    ):
        yield pool, Path(folder)
