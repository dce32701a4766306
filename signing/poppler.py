"""Pictures of a PDF drawn by poppler (hình vẽ bằng poppler), an outside program, beside those of PDFium.

Two programs that read the same bytes differently are how parser-confusion attacks work (one shows the signed
content, the other something else). poppler is GPL: it is run as a command, never linked.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Pictures = dict[int, Picture]
"""By page, from 1; a page poppler does not see is absent."""

_SECONDS, _SECONDS_A_PAGE = 10, 1
_PATIENCE = 2
"""Wall seconds for each CPU second: on a busy machine a file is not at fault for being slow."""
_MEMORY_BYTES = 1_500_000_000
_SIDE_BY_SIDE = 2
_WRONG_RANGE = 99  # pdftoppm: the first page asked for is beyond the last
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108


class PopplerFailed(Exception):
    """poppler could not draw the file; the text says why in one word: missing, time, or its exit status."""


class PopplerDrawings:
    """Grey pictures of some pages of some revisions, drawn in the background by limited child processes."""

    def __init__(self, data: bytes, ends: Iterable[int], *, scale: float, pages: Sequence[int]) -> None:
        """Begin to draw each revision that ends at one of `ends`; `pages` from 1, in rising order."""
        self._workers = ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="poppler")
        self._known: dict[int, Future[Pictures]] = {
            end: self._workers.submit(_draw, memoryview(data)[:end], scale, pages)
            for end in dict.fromkeys(ends)
        }

    def get(self, end: int, seconds: float | None = None) -> Pictures:
        """Pages of the revision that ends at byte `end`; waits for it; raises PopplerFailed, TimeoutError."""
        return self._known[end].result(seconds)

    def close(self) -> None:
        """Begin nothing further; what runs ends within its limits."""
        self._workers.shutdown(wait=False, cancel_futures=True)


@cache
def is_poppler_here() -> bool:
    """Whether pdftoppm and prlimit can be run."""
    return shutil.which("pdftoppm") is not None and shutil.which("prlimit") is not None


def _draw(data: memoryview, scale: float, pages: Sequence[int]) -> Pictures:
    """The pages of one revision, each run of neighbours by one limited run of pdftoppm."""
    if not is_poppler_here():
        raise PopplerFailed("missing")
    folder = _MEMORY_FOLDER if os.access(_MEMORY_FOLDER, os.W_OK) else None
    found: Pictures = {}
    with tempfile.NamedTemporaryFile(suffix=".pdf", dir=folder) as file:
        file.write(data)
        file.flush()
        for first, last in _runs(pages):
            found |= dict(enumerate(_draw_run(file.name, scale, first, last), start=first))
    return found


def _runs(pages: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbouring pages."""
    for _, run in groupby(enumerate(pages), key=lambda item: item[1] - item[0]):
        numbers = [page for _, page in run]
        yield numbers[0], numbers[-1]


def _draw_run(name: str, scale: float, first: int, last: int) -> list[Picture]:
    """PGM pages one after the other from the standard output of pdftoppm; none beyond the last page."""
    seconds = _SECONDS + _SECONDS_A_PAGE * (last - first + 1)
    command = ["prlimit", f"--as={_MEMORY_BYTES}", f"--cpu={seconds}", "pdftoppm"]
    options = ["-gray", "-cropbox", "-r", f"{72 * scale:g}", "-f", str(first), "-l", str(last)]
    try:
        done = subprocess.run(
            [*command, *options, name], capture_output=True, timeout=_PATIENCE * seconds, check=False
        )
    except subprocess.TimeoutExpired as exc:
        raise PopplerFailed("time") from exc
    if done.returncode == _WRONG_RANGE:
        return []
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
