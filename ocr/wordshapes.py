"""How much a cut-out looks like given words (so hình chữ): for stamps that the reader cannot read.

A stamp half over print comes out as a tangle of letters. Yet its words are few and known: each is drawn
in a serif and a sans face, laid over the cut-out at every place and compared, whole and in halves, for
print mostly hides one half.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.engine import Grey

_FACES = (
    Path("/usr/share/fonts/truetype/freefont/FreeSerifBold.ttf"),
    Path("/usr/share/fonts/truetype/freefont/FreeSansBold.ttf"),
)
_DPI = 120
_DRAWN_AT = 200
# Decree 30/2020/NĐ-CP annex I: marks are set in 13 to 14 pt; stamp makers vary their letters' width.
_CAPITAL_MM = (2.7, 3.0, 3.3, 3.6)
_STRETCH = (0.9, 1.0, 1.1)
_CLEAR_MM = 2.0
_LEAST_INK = 0.04

_Ink = NDArray[np.float32]


def match_words(image: Grey, dpi: int, words: Sequence[str]) -> Mapping[str, float]:
    """How well each word's letters lie on the ink of a straightened cut-out, -1 to 1 (Pearson).

    `words` in capitals A to Z with spaces. The same letters reach 0.6 to 0.95, also where print crosses
    them; others stay some 0.2 below. Empty when the faces are not installed.
    """
    zoom = _DPI / dpi
    small = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    ink = (255.0 - small.astype(np.float32)) / 255.0
    # The cut ends inside the frame; letters may stand near its end.
    side = round(_CLEAR_MM / 2 * _DPI / 25.4)
    ink = cv2.copyMakeBorder(ink, 0, 0, side, side, cv2.BORDER_CONSTANT, value=(0.0,))
    faces = [str(face) for face in _FACES if face.exists()]
    return {word: _match(np.asarray(ink, dtype=np.float32), word, faces) for word in words if faces}


def _match(ink: _Ink, word: str, faces: Sequence[str]) -> float:
    """The best likeness of a word over faces, sizes, widths, halves and places."""
    shapes = (_draw(word, *form) for form in product(faces, _CAPITAL_MM, _STRETCH))
    fitting = (shape for shape in shapes if shape.shape[0] <= ink.shape[0] and shape.shape[1] <= ink.shape[1])
    return max((_lay(ink, half) for shape in fitting for half in _iter_halves(shape)), default=-1.0)


def _lay(ink: _Ink, shape: _Ink) -> float:
    """The highest correlation of a shape with the ink under it; bare paper counts as unlike."""
    likeness = cv2.matchTemplate(ink, shape, cv2.TM_CCOEFF_NORMED)
    rows, columns = likeness.shape
    # Where all is white the correlation is undefined, and OpenCV calls it 1.
    size = (shape.shape[1], shape.shape[0])
    covered = cv2.boxFilter(ink, -1, size, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)[:rows, :columns]
    return float(np.where(covered >= _LEAST_INK, likeness, -1.0).max())


def _iter_halves(shape: _Ink) -> Iterator[_Ink]:
    """The whole word, and a little more than each half of it: upper, lower, left, right."""
    height, width = shape.shape
    yield shape
    yield shape[: round(height * 0.55)]
    yield shape[round(height * 0.45) :]
    yield np.ascontiguousarray(shape[:, : round(width * 0.58)])
    yield np.ascontiguousarray(shape[:, round(width * 0.42) :])


@cache
def _draw(word: str, face: str, capital_mm: float, stretch: float) -> _Ink:
    """A word's ink, 0 to 1, as high as its capitals, with clear paper left and right of it."""
    font = ImageFont.truetype(face, _DRAWN_AT)
    _, top, _, foot = (round(value) for value in font.getbbox("H"))
    left, _, right, _ = (round(value) for value in font.getbbox(word))
    canvas = Image.new("L", (right, foot), 0)
    ImageDraw.Draw(canvas).text((0, 0), word, fill=255, font=font)
    letters = np.asarray(canvas, dtype=np.float32)[top:foot, left:right] / 255.0
    height = round(capital_mm * _DPI / 25.4)
    width = round((right - left) * height / (foot - top) * stretch)
    shape = cv2.resize(letters, (width, height), interpolation=cv2.INTER_AREA)
    side = round(_CLEAR_MM * _DPI / 25.4)
    shape = cv2.copyMakeBorder(shape, 1, 1, side, side, cv2.BORDER_CONSTANT, value=(0.0,))
    return np.asarray(cv2.GaussianBlur(shape, (3, 3), 0), dtype=np.float32)
