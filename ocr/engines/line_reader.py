"""Reads printed lines with a small CTC recogniser (bộ đọc dòng).

The network takes ink maps 96 pixels high: the line stands in the middle third with some air above and below,
the thirds above and below show what surrounds it. One frame covers four columns. Air, stretch and darkening
were chosen by measuring (docs/ocr.md): detected boxes are tight, and letters printed close run together.
"""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Grey
from ocr.engines.lattice import LineLattice
from ocr.engines.line_detector import LineBox
from ocr.engines.session import make_session
from ocr.models import LINE_READER, Model, read_model
from ocr.types import Box

_HEIGHT, _WINDOW = 32, 3
_FRAME = 4
_WIDTH_MULTIPLE = 8
_HALO = 8
"""Empty columns behind the widest line of a batch, so that its last frame sees what a single line's does."""
_AIR_X, _AIR_Y = 0.4, 0.2
"""Shares of the line's height left free beside the line, and above and below it."""
_STRETCH = 1.15
"""Columns are drawn apart by this factor, which parts letters that touch."""
_DARKEN = 0.7
"""Exponent on the ink, which makes faint strokes and marks stand out."""
_WIDEST = 1024
_BATCH_LINES, _BATCH_COLUMNS, _BATCH_RATIO = 16, 64 * 160, 1.25
_SCORES = "/LogSoftmax_output_0"
_DARK_MARGIN = 8

_INK: NDArray[np.float32] = ((np.arange(255, -1, -1) / 255) ** _DARKEN).astype(np.float32)
_INK_OF_LIGHT: NDArray[np.float32] = np.ascontiguousarray(_INK[::-1])

InkMap = NDArray[np.float32]
"""Rows by columns, 0 paper, 1 ink."""


class LineReader:
    """The fast line recogniser (bộ đọc dòng nhanh)."""

    def __init__(self, models: Path) -> None:
        facts = json.loads(read_model(models, Model.LINE_READER_FACTS))
        self._charset = tuple(unicodedata.normalize("NFC", character) for character in facts["charset"])
        # The package's graph ends in the likeliest class alone; the scores behind it are there unnamed.
        self._session = make_session(LINE_READER.read_bytes(), reveal=(_SCORES,))

    def read_lines(self, image: Grey, lines: Sequence[LineBox]) -> list[LineLattice]:
        """What each line looks like to the recogniser, in the order given."""
        strips = [cut_strip(image, line) for line in lines]
        found: dict[int, LineLattice] = {}
        for batch in iter_batches([strip.shape[1] for strip in strips]):
            scores, lengths = self._run([strips[number] for number in batch])
            for place, number in enumerate(batch):
                own = scores[place, : int(lengths[place])]
                found[number] = self._lattice(own, lines[number], strips[number].shape[1])
        return [found[number] for number in range(len(lines))]

    def _run(self, strips: Sequence[InkMap]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores (lines, frames, classes) and frames of each line."""
        widths = np.array([strip.shape[1] for strip in strips], dtype=np.int64)
        columns = -(-int(widths.max()) // _WIDTH_MULTIPLE) * _WIDTH_MULTIPLE + _HALO
        batch = np.zeros((len(strips), 1, _HEIGHT * _WINDOW, columns), np.float32)
        for number, strip in enumerate(strips):
            batch[number, 0, :, : strip.shape[1]] = strip
        scores, lengths = self._session.run([_SCORES, "lengths"], {"x": batch, "widths": widths})
        return np.asarray(scores), np.asarray(lengths)

    def _lattice(self, scores: NDArray[np.float32], line: LineBox, columns: int) -> LineLattice:
        """The line's scores with their place on the image."""
        left = line.x0 - _AIR_X * line.height
        step = _FRAME * (line.x1 + _AIR_X * line.height - left) / columns
        box = Box(round(line.x0), round(line.y0), round(line.x1), round(line.y1))
        return LineLattice(scores, self._charset, box, left + step / 2, step)


def cut_strip(image: Grey, line: LineBox, widest: int = _WIDEST) -> InkMap:
    """The line and what is around it as the recogniser wants it; outside the image is paper."""
    height = max(1.0, line.height)
    air_y = (_WINDOW * (1 + 2 * _AIR_Y) - 1) / 2 * height
    y0, y1 = line.y0 - air_y, line.y1 + air_y
    x0, x1 = line.x0 - _AIR_X * height, line.x1 + _AIR_X * height
    rows = _HEIGHT * _WINDOW
    columns = max(_WIDTH_MULTIPLE, min(widest, round((x1 - x0) * rows / (y1 - y0) * _STRETCH)))
    cut = cut_out(image, Box(int(np.floor(x0)), int(np.floor(y0)), int(np.ceil(x1)), int(np.ceil(y1))))
    shrinks = cut.shape[0] > rows
    small: Grey = np.asarray(
        cv2.resize(cut, (columns, rows), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR),
        dtype=np.uint8,
    )
    return (_INK_OF_LIGHT if is_light_on_dark(image, line) else _INK)[small]


def is_light_on_dark(image: Grey, line: LineBox) -> bool:
    """Whether a line is printed light on dark: its ground is darker than its brightest parts by far."""
    inside = image[int(line.y0) : int(line.y1) + 1, int(line.x0) : int(line.x1) + 1]
    if not inside.size:
        return False
    counts = np.bincount(inside.ravel(), minlength=256).cumsum()
    dark, ground, bright = np.searchsorted(counts, np.array([0.02, 0.5, 0.98]) * inside.size)
    return bool(bright - ground > 2 * (ground - dark) + _DARK_MARGIN)


def iter_batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of lines that are read together: about equally wide, few enough to keep memory flat."""
    batch: list[int] = []
    for number in sorted(range(len(widths)), key=lambda index: widths[index]):
        width = widths[number]
        full = len(batch) >= _BATCH_LINES or (len(batch) + 1) * width > _BATCH_COLUMNS
        if batch and (full or width > _BATCH_RATIO * max(widths[batch[0]], 64)):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def cut_out(image: Grey, box: Box) -> Grey:
    """A rectangle of the image that may reach beyond it, where there is paper."""
    height, width = image.shape
    inside = image[max(box.y0, 0) : max(box.y1, 0), max(box.x0, 0) : max(box.x1, 0)]
    around = (
        max(-box.y0, 0),
        max(box.y1 - max(height, box.y0), 0),
        max(-box.x0, 0),
        max(box.x1 - max(width, box.x0), 0),
    )
    if not any(around):
        return inside
    return np.asarray(cv2.copyMakeBorder(inside, *around, cv2.BORDER_CONSTANT, value=(255,)), dtype=np.uint8)
