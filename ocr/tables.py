"""Cells of ruled tables on a page (ô của bảng có kẻ): found by their lines, read row by row."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

import cv2
import numpy as np

from ocr.engine import EngineWord, Grey
from ocr.segments import Segment, build_segments, order_downwards
from ocr.types import Box

_INK = 150
_WIDTH_SHARE = 0.25  # box stamps are narrower
_LEAST_CELL = 12
_LEAST_CELLS = 4
_ANY_GAP = 1000.0
_SHRINK = 4
Cells = tuple[Box, ...]


def find_tables(image: Grey) -> list[Cells]:
    """The cells of each ruled table, row by row, a cell over several rows before what stands beside it."""
    lines = _draw_rules(image)
    found: list[Cells] = []
    for x, y, width, height in _find_outlines(lines):
        if width < _WIDTH_SHARE * image.shape[1] or height < 3 * _LEAST_CELL:
            continue
        cells = _find_cells(lines, Box(x, y, x + width, y + height))
        if _is_table(cells):
            found.append(cells)
    return sorted(found, key=lambda cells: cells[0].y0)


def _find_outlines(lines: Grey) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, width and height of what hangs together, found at a quarter of the size."""
    if not lines.any():
        return
    height, width = (-(-side // _SHRINK) for side in lines.shape)
    small = cv2.resize(lines * 255, (width, height), interpolation=cv2.INTER_AREA)
    _, _labels, stats, _ = cv2.connectedComponentsWithStats((small > 0).astype(np.uint8), connectivity=8)
    for x, y, wide, high in stats[1:, :4].tolist():
        yield x * _SHRINK, y * _SHRINK, wide * _SHRINK, high * _SHRINK


def _draw_rules(image: Grey) -> Grey:
    """Long straight lines of the page, small breaks closed, as white on black."""
    ink = (image < _INK).astype(np.uint8)
    width = image.shape[1]
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((max(30, width // 38), 1), np.uint8))
    if not down.any():
        # Most pages have no upright rule at all, and without one there is no cell.
        return np.asarray(down, dtype=np.uint8)
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(30, width // 30)), np.uint8))
    # Photocopied lines are broken, and lines of a leaning page run in steps.
    across = cv2.dilate(across, np.ones((3, 21), np.uint8))
    down = cv2.dilate(down, np.ones((21, 3), np.uint8))
    return np.asarray(cv2.bitwise_or(across, down), dtype=np.uint8)


def _find_cells(lines: Grey, table: Box) -> Cells:
    """White fields that lines enclose within a table's box."""
    piece = lines[table.y0 : table.y1, table.x0 : table.x1]
    # A rim, so that what lies outside a table of uneven outline is one field that touches it.
    field = cv2.copyMakeBorder(1 - piece, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(1,))
    count, _labels, stats, _ = cv2.connectedComponentsWithStats(field, connectivity=4)
    cells: list[Box] = []
    for number in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[number])
        touches = x == 0 or y == 0 or x + width == field.shape[1] or y + height == field.shape[0]
        if touches or width < _LEAST_CELL or height < _LEAST_CELL or area < 0.6 * width * height:
            continue
        x0, y0 = table.x0 + x - 1, table.y0 + y - 1
        cells.append(Box(x0, y0, x0 + width, y0 + height))
    return _order_cells(cells)


def _order_cells(cells: Sequence[Box]) -> Cells:
    """Row by row: cells whose upper edges lie at one height, from left to right."""
    ordered: list[Box] = []
    row = 0
    places: list[tuple[int, Box]] = []
    for cell in sorted(cells, key=lambda box: box.y0):
        if places and cell.y0 - places[-1][1].y0 > _LEAST_CELL:
            row += 1
        places.append((row, cell))
    for _, group in groupby(places, key=lambda item: item[0]):
        ordered.extend(sorted((box for _, box in group), key=lambda box: box.x0))
    return tuple(ordered)


def _is_table(cells: Cells) -> bool:
    """At least four cells, two of them side by side: a framed stamp has rows only."""
    if len(cells) < _LEAST_CELLS:
        return False
    beside = sum(abs(a.y0 - b.y0) <= _LEAST_CELL and b.x0 >= a.x1 for a, b in pairwise(cells))
    return beside >= 2


def take_words(cells: Cells, words: Sequence[EngineWord]) -> tuple[list[Segment], list[EngineWord]]:
    """Lines of a table, cell after cell, and the words that stand outside it."""
    inside: dict[Box, list[EngineWord]] = {cell: [] for cell in cells}
    outside: list[EngineWord] = []
    for word in words:
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.y0 + word.box.y1) / 2
        home = next((c for c in cells if c.x0 <= x < c.x1 and c.y0 <= y < c.y1), None)
        (outside if home is None else inside[home]).append(word)
    lines = [line for held in inside.values() for line in order_downwards(build_segments(held), _ANY_GAP)]
    return lines, outside
