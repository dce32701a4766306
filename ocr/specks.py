"""Takes dust and scanner streaks off a page (bụi và vệt máy quét), where there are enough to matter.

A photocopy of a photocopy carries hundreds of specks of one to three pixels. Readers take them for dots
and tone marks; Tesseract's layout analysis takes them for lines of text.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Grey

_LEAST_DPI = 140
"""Below, the dot under a letter is no larger than a speck."""
_SPECK_CONTRAST = 40
_DUSTY_PER_CM2 = 0.6
"""Clean scans have at most 0.25 specks per cm² of empty paper, dusty photocopies more than 1."""
_TEXT_DISTANCE_MM = 2.0
_STREAK_CONTRAST = 10
_STREAK_BANDS = 8
_MOST_STREAK_COLUMNS = 40


def remove_dust(image: Grey, dpi: int) -> Grey:
    """The page without specks, when its empty paper is dusty; else the page itself."""
    if dpi < _LEAST_DPI or min(image.shape) < dpi:
        return image
    length = max(3, round(dpi / 50))
    if _dust_density(image, length, dpi) < _DUSTY_PER_CM2:
        return image
    closed = _close_short(image, length)
    return np.where(cv2.subtract(closed, image) > _SPECK_CONTRAST, closed, image)


def remove_streaks(image: Grey) -> Grey:
    """The page without the thin straight streaks that dirt on a scanner's glass draws from edge to edge.

    To be called before the page is straightened: only then do streaks run along rows or columns.
    """
    columns, rows = _find_streaks(image), _find_streaks(image.T)
    if not len(columns) and not len(rows):
        return image
    clean = image.copy()
    _bridge(clean, columns)
    _bridge(clean.T, rows)
    return clean


def _bridge(image: Grey, columns: NDArray[np.intp]) -> None:
    """Replace columns by what lies between the nearest good ones, in place."""
    bad = {int(column) for column in columns}
    for column in sorted(bad):
        left = next(x for x in range(column, -2, -1) if x not in bad)
        right = next(x for x in range(column, image.shape[1] + 1) if x not in bad)
        if left >= 0 and right < image.shape[1]:
            share = (column - left) / (right - left)
            image[:, column] = (image[:, left] * (1 - share) + image[:, right] * share).astype(np.uint8)


def _close_short(image: Grey, length: int) -> Grey:
    """The page without anything dark that is shorter than `length` pixels in all four directions."""
    closed: Grey | None = None
    for kernel in _iter_lines(length):
        height, width = kernel.shape
        wide = cv2.dilate(image, kernel, anchor=(0, 0))
        # The other end: with the same anchor, even kernels would shift the page by a pixel.
        along = np.asarray(cv2.erode(wide, kernel, anchor=(width - 1, height - 1)), dtype=np.uint8)
        closed = along if closed is None else np.minimum(closed, along)
    return image if closed is None else closed


def _iter_lines(length: int) -> Iterator[Grey]:
    """Straight kernels of one pixel's width along the rows, the columns and both diagonals."""
    diagonal = np.eye(length, dtype=np.uint8)
    yield np.ones((1, length), np.uint8)
    yield np.ones((length, 1), np.uint8)
    yield diagonal
    yield np.ascontiguousarray(diagonal[::-1])


def _dust_density(image: Grey, length: int, dpi: int) -> float:
    """Specks per cm² of the paper that has no print near; real dots stand near letters.

    A quarter of the page, in bands, tells enough.
    """
    count, area = 0, 0.0
    height = image.shape[0]
    for start in (0.06, 0.32, 0.58, 0.84):
        band = image[round(height * start) : round(height * (start + 0.1))]
        specks, free = _find_free_specks(band, length, dpi)
        count += specks
        area += free
    return count / max(area, 1.0)


def _find_free_specks(image: Grey, length: int, dpi: int) -> tuple[int, float]:
    """How many specks lie far from print, and the cm² that do."""
    closed = _close_short(image, length)
    specks = cv2.subtract(closed, image) > _SPECK_CONTRAST
    paper = cv2.morphologyEx(closed, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    ink = (cv2.subtract(paper, closed) > _SPECK_CONTRAST).astype(np.uint8)
    reach = 2 * round(dpi / 25.4 * _TEXT_DISTANCE_MM) + 1
    free = cv2.dilate(ink, np.ones((reach, reach), np.uint8)) == 0
    count, _ = cv2.connectedComponents((specks & free).astype(np.uint8), connectivity=8)
    return count - 1, float(free.sum()) / (dpi / 2.54) ** 2


def _find_streaks(image: Grey) -> NDArray[np.intp]:
    """Columns darker than their neighbours from edge to edge, with one more to each side.

    Rules of tables end before the margins; a streak is there in every band of the page.
    """
    bands = np.array_split(image, _STREAK_BANDS, axis=0)
    if min(image.shape) < 20 * _STREAK_BANDS:
        return np.array([], dtype=np.intp)
    levels = np.array([np.median(band[::9], axis=0) for band in bands]).astype(np.uint8)
    around = np.array([cv2.medianBlur(level[None, :], 5)[0] for level in levels])
    dark = cv2.subtract(around, levels) > _STREAK_CONTRAST
    found = np.flatnonzero(dark.sum(axis=0) >= _STREAK_BANDS - 1)
    if not 0 < len(found) <= _MOST_STREAK_COLUMNS:
        return np.array([], dtype=np.intp)
    spread = np.unique(np.concatenate([found - 1, found, found + 1]))
    return spread[(spread >= 0) & (spread < image.shape[1])]
