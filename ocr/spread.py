"""Two pages of a book or folder on one image (trang đôi): found, read and ordered as two halves."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from ocr.engine import EngineWord, Grey, OcrEngine
from ocr.layout import Segment, find_layout
from ocr.types import Box
from ocr.zones import name_zones

_WIDEST, _NARROWEST = 1.7, 1.2
"""Width by height of two upright sheets of A size side by side is 1.41."""
_GUTTER_MM = 7.0
_MIDDLE = (0.45, 0.55)
_INK = 150
_LEAST_LINES = 8
_RIGHT_BLOCKS = 100_000


def find_gutter(image: Grey, dpi: int) -> int | None:
    """The column between two pages on an upright reading image; None for a single page.

    A sheet on its side is one page too: there some line of its text or table crosses the middle.
    """
    height, width = image.shape
    if not _NARROWEST <= width / height <= _WIDEST:
        return None
    factor = min(1.0, 50 / dpi)
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    # A fold's shadow is even along its whole length; print is not.
    ink = (small < np.minimum(_INK, np.median(small, axis=0)[None, :] - 60)).astype(np.uint8)
    ink = ink[ink.shape[0] // 20 : ink.shape[0] - ink.shape[0] // 20]
    start, end = (round(share * ink.shape[1]) for share in _MIDDLE)
    gap = _find_widest_gap(ink[:, start:end].any(axis=0))
    if gap is None or (gap[1] - gap[0]) * 25.4 / (dpi * factor) < _GUTTER_MM:
        return None
    middle = start + (gap[0] + gap[1]) // 2
    if min(_count_lines(ink[:, :middle]), _count_lines(ink[:, middle:])) < _LEAST_LINES:
        return None
    return round(middle / factor)


def _find_widest_gap(columns: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[int, int] | None:
    """Start and end of the longest run of columns without ink."""
    padded = np.concatenate([[True], columns, [True]]).astype(np.int8)
    starts, ends = np.flatnonzero(np.diff(padded) == -1), np.flatnonzero(np.diff(padded) == 1)
    if not len(starts):
        return None
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest])


def _count_lines(ink: Grey) -> int:
    """Rows of print in a half page."""
    rows = (ink.mean(axis=1) > 0.02).astype(np.int8)
    return int((np.diff(np.concatenate([np.zeros(1, np.int8), rows])) == 1).sum())


def read_halves(engine: OcrEngine, image: Grey, dpi: int, temp_dir: Path) -> tuple[EngineWord, ...]:
    """The words of a page, of a spread half by half; raises what `OcrEngine.read` does."""
    gutter = find_gutter(image, dpi)
    if gutter is None:
        return engine.read(image, dpi, temp_dir)
    left = engine.read(np.ascontiguousarray(image[:, :gutter]), dpi, temp_dir)
    right = engine.read(np.ascontiguousarray(image[:, gutter:]), dpi, temp_dir)
    moved = (replace(word, box=_shift(word.box, gutter), block=word.block + _RIGHT_BLOCKS) for word in right)
    return (*left, *moved)


def iter_placed(
    words: Sequence[EngineWord], image: Grey, dpi: int
) -> Iterator[tuple[int, str, Segment, EngineWord]]:
    """Line number from 0, zone, line and word in reading order; a spread's left page before its right."""
    gutter = find_gutter(image, dpi)
    edges = [0, image.shape[1]] if gutter is None else [0, gutter, image.shape[1]]
    first = 0
    for start, end in pairwise(edges):
        inside = [word for word in words if _side(word, gutter) == (start > 0)]
        near = [replace(word, box=_shift(word.box, -start)) for word in inside] if start else inside
        half = image if gutter is None else np.ascontiguousarray(image[:, start:end])
        layout = find_layout(near, end - start, image.shape[0], half)
        zones = name_zones(layout)
        for number, segment in enumerate(layout.segments):
            for word in segment.words:
                box = _shift(word.box, start)
                yield first + number, zones[number], segment, replace(word, box=box) if start else word
        first += len(layout.segments)


def _side(word: EngineWord, gutter: int | None) -> bool:
    """Whether a word stands on the right page of a spread."""
    return gutter is not None and (word.box.x0 + word.box.x1) / 2 >= gutter


def _shift(box: Box, by: int) -> Box:
    """The box moved to the right."""
    return Box(box.x0 + by, box.y0, box.x1 + by, box.y1)
