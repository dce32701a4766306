"""Whether one letter of a font always has one shape (hình chữ): a map may give one letter for two glyphs.

A sample of lines finds a letter that is never what it says; one that says it rightly here and wrongly there
shows two shapes.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.source import Glyph, Pixels

_SIDE = 16
_ALIKE = 0.5
_ASPECT = 1.6
_THIN = 0.25

Shape = NDArray[np.float32]
"""A glyph's ink drawn to one size, mean 0, length 1 (a bar: all equal)."""


def has_two_shapes(glyphs: Sequence[Glyph], ink: Pixels) -> bool:
    """Whether some letter or digit of one font is printed with clearly different shapes."""
    groups: dict[tuple[int, str], list[Glyph]] = {}
    for glyph in glyphs:
        groups.setdefault((glyph.font, glyph.text), []).append(glyph)
    return any(len(group) > 1 and _differ(group, ink) for group in groups.values())


def _differ(group: Sequence[Glyph], ink: Pixels) -> bool:
    """Whether a glyph of a group looks unlike the one most others look like."""
    aspects = np.array([_aspect(glyph) for glyph in group])
    middle = float(np.median(aspects))
    if (aspects > middle * _ASPECT).any() or (aspects < middle / _ASPECT).any():
        return True
    if middle < _THIN or middle > 1 / _THIN:
        return False  # a stroke has no shape beyond its length
    shapes = np.stack([_find_shape(glyph, ink) for glyph in group])
    # The shape that is nearest to all others stands for the letter.
    alike = shapes @ shapes.T if len(shapes) <= _SIDE * _SIDE else shapes @ shapes[: _SIDE * _SIDE].T
    usual = shapes[int(alike.sum(axis=1).argmax())]
    return bool((shapes @ usual < _ALIKE).any())


def _aspect(glyph: Glyph) -> float:
    """Width for height of a glyph's box."""
    x0, y0, x1, y1 = glyph.box
    return max(0.5, x1 - x0) / max(0.5, y1 - y0)


def _find_shape(glyph: Glyph, ink: Pixels) -> Shape:
    """A glyph's ink at one size."""
    x0, y0, x1, y1 = (max(0, round(edge)) for edge in glyph.box)
    part = ink[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    if part.size == 0:
        return np.zeros(_SIDE * _SIDE, np.float32)
    small = cv2.resize(part, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    small -= small.mean()
    length = float(np.linalg.norm(small))
    if length < 1:
        return np.full(_SIDE * _SIDE, 1 / _SIDE, np.float32)  # ink all over: a bar
    return (small / length).astype(np.float32)
