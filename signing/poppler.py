"""Pictures of a PDF drawn by poppler (hình vẽ bằng poppler), an outside program, beside those of PDFium.

Two programs that read the same bytes differently are how parser-confusion attacks work (one shows the signed
content, the other something else). poppler is GPL: it is run as a command, never linked.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_SECONDS = 15
_MEMORY_BYTES = 1_500_000_000
_SIDE_BY_SIDE = 2
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108


class PopplerFailed(Exception):
    """poppler could not draw the file; the text says why in one word: missing, time, or its exit status."""


class PopplerDrawings:
    """Grey pictures of some revisions, drawn in the background by limited child processes."""

    def __init__(self, data: bytes, ends: Iterable[int], *, scale: float, last_page: int) -> None:
        """Begin to draw each revision that ends at one of `ends`, pages 1 to `last_page`."""
        self._workers = ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="poppler")
        self._known: dict[int, Future[list[Picture]]] = {
            end: self._workers.submit(_draw, data[:end], scale, last_page) for end in ends
        }

    def get(self, end: int) -> list[Picture]:
        """Pages of the revision that ends at byte `end`; waits for it; raises PopplerFailed."""
        return self._known[end].result()

    def close(self) -> None:
        """Begin nothing further; what runs ends within its limits."""
        self._workers.shutdown(wait=False, cancel_futures=True)


@cache
def is_poppler_here() -> bool:
    """Whether pdftoppm and prlimit can be run."""
    return shutil.which("pdftoppm") is not None and shutil.which("prlimit") is not None


def _draw(data: bytes, scale: float, last_page: int) -> list[Picture]:
    """One limited run of pdftoppm; PGM pages one after the other from its standard output."""
    if not is_poppler_here():
        raise PopplerFailed("missing")
    folder = _MEMORY_FOLDER if os.access(_MEMORY_FOLDER, os.W_OK) else None
    with tempfile.NamedTemporaryFile(suffix=".pdf", dir=folder) as file:
        file.write(data)
        file.flush()
        command = ["prlimit", f"--as={_MEMORY_BYTES}", f"--cpu={_SECONDS}", "pdftoppm"]
        options = ["-gray", "-cropbox", "-r", f"{72 * scale:g}", "-l", str(last_page)]
        try:
            done = subprocess.run(
                [*command, *options, file.name], capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as exc:
            raise PopplerFailed("time") from exc
    if done.returncode:
        raise PopplerFailed(f"status_{done.returncode}")
    return _parse_pictures(done.stdout)


def _parse_pictures(output: bytes) -> list[Picture]:
    """Binary PGM pictures (P5) behind one another; raises PopplerFailed when cut off."""
    pictures: list[Picture] = []
    place = 0
    while place < len(output):
        header = output[place : place + 64].split(maxsplit=4)[:4]
        if len(header) < 4 or header[0] != b"P5":
            raise PopplerFailed("output")
        width, height = int(header[1]), int(header[2])
        start = place + len(b"%s\n%s %s\n%s\n" % tuple(header))
        place = start + width * height
        if place > len(output):
            raise PopplerFailed("output")
        pictures.append(np.frombuffer(output, np.uint8, width * height, start).reshape(height, width))
    return pictures
