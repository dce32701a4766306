"""How far the lines of a page lean, and whether they run along or down the sheet (độ nghiêng dòng).

Level lines give a row profile that jumps from paper to ink. The page is first summed into narrow upright
strips; leaning by a small angle then only shifts each strip up or down, which makes a try nearly free.
"""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Grey

_SEARCH_DPI = 75
_NEAR = tuple(float(angle) for angle in range(-7, 8))
_FAR = tuple(float(angle) for angle in (*range(-20, -7), *range(8, 21)))
_FAR_GAIN = 1.3
_STRIP = 8
_FAINT = 40
_CLEARLY = 1.5

Strips = NDArray[np.float32]
"""Mean ink of each row in each strip of `_STRIP` columns: rows by strips."""


def find_skew(image: Grey, dpi: int) -> float:
    """The clockwise lean of the text lines in degrees, up to 20, found by the sharpest row profile."""
    ink = _small_ink(image, dpi)
    if not ink.any():
        return 0.0
    strips = _sum_strips(ink)
    angle = _find_lean(strips)[0]
    angle = _best_angle(strips, angle + np.arange(-0.8, 0.81, 0.2))
    return round(_best_angle(strips, angle + np.arange(-0.15, 0.16, 0.05)), 2) + 0.0


def still_leans(image: Grey, dpi: int) -> bool:
    """Whether the lines of a straightened page lean all the same: by more than can be found and undone.

    Asked of pages on which nothing was read.
    """
    ink = _small_ink(image, dpi)
    if not ink.any():
        return False
    strips = _sum_strips(ink)
    level = max(_sharpness(strips, angle) for angle in _NEAR[5:10])
    wide = np.arange(4.0, 50.1, 1.0)
    leaning = max(_sharpness(strips, float(angle)) for angle in (*wide, *-wide))
    return leaning > _FAR_GAIN * level


def runs_down(image: Grey, dpi: int) -> bool:
    """Whether text runs along the columns: column profile much sharper than row profile."""
    ink = _small_ink(image, dpi)
    if not ink.any():
        return False
    along, down = _sum_strips(ink), _sum_strips(np.ascontiguousarray(ink.T))
    return _find_lean(down)[1] > _CLEARLY * _find_lean(along)[1]


def _find_lean(strips: Strips) -> tuple[float, float]:
    """The lean in whole degrees and the sharpness under it; a large lean must be sharper by far.

    Else the slanting strokes of a drawing or a signature on an almost empty page would turn it.
    """
    near = [(_sharpness(strips, angle), -abs(angle), angle) for angle in _NEAR]
    far = [(_sharpness(strips, angle), -abs(angle), angle) for angle in _FAR]
    best, remote = max(near), max(far)
    best = remote if remote[0] > _FAR_GAIN * best[0] else best
    return best[2], best[0]


def _small_ink(image: Grey, dpi: int) -> NDArray[np.float32]:
    """Ink of the page at a low resolution, margins left out: scanner edges would win the search."""
    factor = min(1.0, _SEARCH_DPI / dpi)
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    ink = cv2.subtract(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), small)
    height, width = ink.shape
    top, left = height // 20, width // 20
    ink = ink[top : height - top, left : width - left]
    return np.where(ink > _FAINT, ink, 0).astype(np.float32)


def _sum_strips(ink: NDArray[np.float32]) -> Strips:
    """The page as narrow strips side by side."""
    height, width = ink.shape
    size = (max(1, width // _STRIP), height)
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _best_angle(strips: Strips, angles: Iterable[float]) -> float:
    """The angle whose undoing makes neighbouring rows differ most."""
    return float(max(angles, key=lambda angle: _sharpness(strips, float(angle))))


def _sharpness(strips: Strips, angle: float) -> float:
    """How much neighbouring rows differ when a lean of so many degrees is undone, a row on average."""
    height, count = strips.shape
    rise = float(np.tan(np.radians(angle))) * _STRIP
    shift = np.array([[1.0, 0.0, 0.0], [-rise, 1.0, rise * (count - 1) / 2]])
    profile = cv2.warpAffine(strips, shift, (count, height)).mean(axis=1)
    return float(np.square(np.diff(profile)).mean())
