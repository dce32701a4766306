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
_LIMIT_DEGREES = 7.0
_STRIP = 8
_FAINT = 40
_UPRIGHT_TRIES = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
_CLEARLY = 1.5

Strips = NDArray[np.float32]
"""Mean ink of each row in each strip of `_STRIP` columns: rows by strips."""


def find_skew(image: Grey, dpi: int) -> float:
    """The clockwise lean of the text lines in degrees, found by the sharpest row profile."""
    ink = _small_ink(image, dpi)
    if not ink.any():
        return 0.0
    strips = _sum_strips(ink)
    angle = _best_angle(strips, np.arange(-_LIMIT_DEGREES, _LIMIT_DEGREES + 0.01, 1.0))
    angle = _best_angle(strips, angle + np.arange(-0.8, 0.81, 0.2))
    return round(_best_angle(strips, angle + np.arange(-0.15, 0.16, 0.05)), 2) + 0.0


def runs_down(image: Grey, dpi: int) -> bool:
    """Whether text runs along the columns: column profile much sharper than row profile."""
    ink = _small_ink(image, dpi)
    if not ink.any():
        return False
    along, down = _sum_strips(ink), _sum_strips(np.ascontiguousarray(ink.T))
    rows = max(_sharpness(along, angle) for angle in _UPRIGHT_TRIES)
    columns = max(_sharpness(down, angle) for angle in _UPRIGHT_TRIES)
    return columns > _CLEARLY * rows


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
