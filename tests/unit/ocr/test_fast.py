"""Order and grouping of detected lines."""

import numpy as np

from ocr.engines.fast import group_lines, sort_rows
from ocr.engines.lattice import LineLattice
from ocr.engines.line_detector import LineBox
from ocr.types import Box


def lattice(x0: int, y0: int, x1: int, y1: int) -> LineLattice:
    """A line that saw nothing, at a place."""
    return LineLattice(np.zeros((0, 2), np.float32), ("a",), Box(x0, y0, x1, y1), 0.0, 1.0)


def test_rows_run_down_and_each_row_to_the_right() -> None:
    """Lines on one height are one row, also when they do not stand exactly level."""
    left, right = LineBox(100, 101, 300, 121, 1), LineBox(400, 98, 700, 119, 1)
    below = LineBox(100, 130, 700, 150, 1)
    assert sort_rows([below, right, left]) == [[left, right], [below]]


def test_pieces_of_a_line_are_joined_and_columns_are_not() -> None:
    """Less than a letter apart is one line; the header's two columns stay two."""
    number, symbol = lattice(100, 100, 150, 120), lattice(160, 102, 300, 121)
    motto = lattice(400, 100, 700, 120)
    below = lattice(100, 130, 300, 150)
    assert group_lines([number, symbol, motto, below]) == [[number, symbol], [motto], [below]]
