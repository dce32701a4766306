"""The rim of a page (mép trang): print cut through by it, and dark borders the scanner left."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Grey

_STRIP_MM = 0.35
_SHORTEST_MM, _LONGEST_MM = 0.25, 5.0
_CUT_LINES = 8
"""Print runs that a cut through the side of a text leaves; sound scans have at most four."""
_CUT_LETTERS = 20
"""The same for a cut along a line of text."""
_BORDER_MM = 2.0
_BORDER_DPI = 50
_BLACK = 110


def is_cut_off(image: Grey, dpi: int) -> bool:
    """Whether print runs over an edge of the scan; `image` stands upright and is not yet straightened."""
    strip = max(1, round(_STRIP_MM * dpi / 25.4))
    if min(image.shape) < 20 * strip:
        return False
    sides = (image[:, :strip], image[:, -strip:])
    ends = (image[:strip].T, image[-strip:].T)
    return any(_count_runs(side, dpi) >= _CUT_LINES for side in sides) or any(
        _count_runs(end, dpi) >= _CUT_LETTERS for end in ends
    )


def _count_runs(strip: Grey, dpi: int) -> int:
    """Dark runs as long as strokes or lines of print, along a strip one line of pixels after the other."""
    line = np.median(strip, axis=1).astype(np.uint8)[:, None]
    reach = max(3, round(12 * dpi / 25.4))
    paper = cv2.morphologyEx(line, cv2.MORPH_CLOSE, np.ones((reach, 1), np.uint8))
    dark: NDArray[np.int8] = (line < 0.55 * paper).astype(np.int8)[:, 0]
    steps = np.diff(np.concatenate([np.zeros(1, np.int8), dark, np.zeros(1, np.int8)]))
    lengths = (np.flatnonzero(steps == -1) - np.flatnonzero(steps == 1)) * 25.4 / dpi
    return int(((lengths >= _SHORTEST_MM) & (lengths <= _LONGEST_MM)).sum())


def whiten_borders(image: Grey, dpi: int) -> Grey:
    """The page with solid dark areas that hang on its edges made white: a copier's lid, a book's gutter."""
    factor = min(1.0, _BORDER_DPI / dpi)
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    size = max(2, round(_BORDER_MM * dpi * factor / 25.4))
    dark = (small < _BLACK).astype(np.uint8)
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    rim = np.concatenate([solid[0], solid[-1], solid[:, 0], solid[:, -1]])
    if not rim.any():
        return image
    _, labels = cv2.connectedComponents(solid, connectivity=8)
    touching = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    border = np.isin(labels, touching[touching > 0]).astype(np.uint8)
    border = cv2.dilate(border, np.ones((3, 3), np.uint8))
    height, width = image.shape
    full = cv2.resize(border, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.where(full > 0, np.uint8(255), image)
