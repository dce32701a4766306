"""How much ink looks like print of given characters (so nét in): tells print from handwriting.

The characters a reader saw are drawn in the faces that offices print with and laid over the scan. Print of
the same characters fits; handwriting does not, even where the reader read it rightly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.engine import Grey

Ink = NDArray[np.float32]
"""Rows by columns, 0 paper to 1 black."""

_ROOT = Path("/usr/share/fonts/truetype")
# Upright, slanted; decree 30/2020 annex I asks for Times New Roman, older papers have a sans face.
_FACES = (
    (_ROOT / "liberation2/LiberationSerif-Regular.ttf", _ROOT / "liberation2/LiberationSerif-Italic.ttf"),
    (_ROOT / "freefont/FreeSerif.ttf", _ROOT / "freefont/FreeSerifItalic.ttf"),
    (_ROOT / "liberation2/LiberationSans-Regular.ttf", _ROOT / "liberation2/LiberationSans-Italic.ttf"),
)
_DRAWN_AT = 96
_SIZES = (1.0, 0.96, 1.04, 0.92, 1.08)
_WIDTHS = (1.0, 0.95, 1.05)
_NEAR_SIZES = (0.97, 1.0, 1.03)
_MARGIN_EM = 0.1  # clear paper around the characters belongs to the shape: strokes beyond it count against
_GOOD_ENOUGH = 0.86
_HOPELESS = 0.5
_COVERED = 0.9
_STROKE = 0.4
_SPECK = 4


@dataclass(frozen=True, slots=True)
class Form:
    """How a text is drawn (kiểu chữ vẽ): font file, em in pixels, width against the font's own."""

    face: str
    em: float
    width: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How well drawn characters lie on the ink (độ giống): -1 to 1, and the form that fits best."""

    score: float
    form: Form | None


def cut_ink(image: Grey, left: float, top: float, right: float, bottom: float) -> Ink:
    """The ink of a rectangle of the reading image, what lies outside the image being paper."""
    height, width = image.shape
    x0, x1 = max(0, round(left)), min(width, round(right))
    y0, y1 = max(0, round(top)), min(height, round(bottom))
    if x1 <= x0 or y1 <= y0:
        return np.zeros((1, 1), np.float32)
    return np.asarray((255.0 - image[y0:y1, x0:x1].astype(np.float32)) / 255.0, dtype=np.float32)


@cache
def measure_text(text: str, *, is_slanted: bool = False) -> float:
    """Width of a text's ink in em of the office face; 0 when no face is installed."""
    faces = list_faces(is_slanted)
    if not faces:
        return 0.0
    left, _, right, _ = _font(faces[0]).getbbox(text)
    return float(right - left) / _DRAWN_AT


class Cut:
    """Ink between two printed words, to lay texts on (vùng mực); `em` is the line's font size in pixels."""

    def __init__(self, ink: Ink, em: float) -> None:
        side = round(0.15 * em)
        framed = cv2.copyMakeBorder(ink, side, side, side, side, cv2.BORDER_CONSTANT, value=(0.0,))
        self._ink: Ink = np.asarray(framed, dtype=np.float32)
        self._strokes = _own_strokes(self._ink, side)
        self._total = float(self._strokes.sum())
        self._em = em

    @property
    def figures(self) -> int:
        """How many figures of print the strokes are wide."""
        columns = np.flatnonzero(self._strokes.any(axis=0))
        return max(1, round((int(columns[-1] - columns[0]) / self._em + 0.05) / 0.5)) if columns.size else 0

    def match(self, text: str, *, is_slanted: bool, hint: Form | None = None) -> Likeness:
        """The best likeness of a text over faces, sizes, widths and places; -1 without a face installed.

        `hint`, the form of the line's other figures, leaves only its face and sizes near it; else the
        expected slant is tried first.
        """
        if hint is not None:
            near = (Form(hint.face, hint.em * size, hint.width) for size in _NEAR_SIZES)
            return self._fit(text, near, Likeness(-1.0, None))
        best = Likeness(-1.0, None)
        for face in (*list_faces(is_slanted), *list_faces(not is_slanted)):
            if best.score >= _GOOD_ENOUGH:
                break
            # Size and width hardly depend on each other: one after the other finds the best of all pairs.
            sized = self._fit(
                text, (Form(face, self._em * size, 1.0) for size in _SIZES), Likeness(-1.0, None)
            )
            if sized.form is not None and sized.score > _HOPELESS:
                em = sized.form.em
                sized = self._fit(text, (Form(face, em, width) for width in _WIDTHS[1:]), sized)
            best = max(best, sized, key=lambda likeness: likeness.score)
        return best

    def _fit(self, text: str, forms: Iterable[Form], best: Likeness) -> Likeness:
        """The best of some forms and what was found before."""
        for form in forms:
            score = self.lay(text, form)
            if score > best.score:
                best = Likeness(score, form)
        return best

    def rank(self, texts: Iterable[str], form: Form) -> Sequence[tuple[float, str]]:
        """Texts drawn in one form by how well they lie on the ink, best first."""
        return sorted(((self.lay(text, form), text) for text in texts), reverse=True)

    def lay(self, text: str, form: Form) -> float:
        """The highest correlation of a drawn text with the ink under it; strokes left uncovered lower it."""
        shape = _draw(text, form)
        if shape.shape[0] > self._ink.shape[0] or shape.shape[1] > self._ink.shape[1]:
            return -1.0
        likeness = cv2.matchTemplate(self._ink, shape, cv2.TM_CCOEFF_NORMED)
        rows, columns = likeness.shape
        under = cv2.boxFilter(
            self._strokes, -1, (shape.shape[1], shape.shape[0]), anchor=(0, 0),
            normalize=False, borderType=cv2.BORDER_CONSTANT,
        )[:rows, :columns]  # fmt: skip
        covered = np.minimum(1.0, under / max(self._total, 1.0) / _COVERED)
        # Where all is white the correlation is undefined, and OpenCV calls it 1.
        likeness = np.where(under > 0, likeness, -1.0)
        return float(np.where(likeness > 0, likeness * covered, likeness).max())


@cache
def list_faces(is_slanted: bool) -> tuple[str, ...]:
    """The font files of this machine, upright or slanted."""
    return tuple(str(pair[is_slanted]) for pair in _FACES if pair[is_slanted].exists())


def _own_strokes(ink: Ink, side: int) -> Ink:
    """Strokes without those that run in from the words to the left and right."""
    strokes = (ink > _STROKE).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(strokes)
    edge = parts.shape[1] - side - 1
    for part in range(1, count):
        left, width, area = (int(stats[part, column]) for column in (0, 2, 4))
        runs_in = left <= side or left + width > edge
        # A figure that touches the rim is broad; the end of a neighbour's letter is a narrow piece.
        if area < _SPECK or (runs_in and width < 0.35 * (parts.shape[0] - 2 * side)):
            strokes[parts == part] = 0
    return strokes.astype(np.float32)


@cache
def _font(face: str) -> ImageFont.FreeTypeFont:
    """A font at the size in which figures are drawn once."""
    return ImageFont.truetype(face, _DRAWN_AT)


@cache
def _glyph(face: str, letter: str) -> Ink:
    """One character at drawing size on its advance width, with overhang left and right, foot lines level."""
    side = _DRAWN_AT // 4
    advance = round(float(_font(face).getlength(letter)))
    canvas = Image.new("L", (advance + 2 * side, _DRAWN_AT * 3 // 2), 0)
    ImageDraw.Draw(canvas).text((side, _DRAWN_AT), letter, fill=255, font=_font(face), anchor="ls")
    return np.asarray(canvas, dtype=np.float32) / 255.0


@lru_cache(maxsize=512)
def _write(face: str, text: str) -> Ink:
    """A text at drawing size, cut to its ink with clear paper around it."""
    side = _DRAWN_AT // 4
    glyphs = [_glyph(face, letter) for letter in text]
    width = sum(glyph.shape[1] - 2 * side for glyph in glyphs) + 2 * side
    canvas = np.zeros((_DRAWN_AT * 3 // 2, width), np.float32)
    left = 0
    for glyph in glyphs:
        part = canvas[:, left : left + glyph.shape[1]]
        np.maximum(part, glyph, out=part)
        left += glyph.shape[1] - 2 * side
    rows, columns = np.flatnonzero(canvas.any(axis=1)), np.flatnonzero(canvas.any(axis=0))
    if not rows.size:
        return canvas
    margin = round(_MARGIN_EM * _DRAWN_AT)
    written = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(written, margin)


@lru_cache(maxsize=2048)
def _draw(text: str, form: Form) -> Ink:
    """A text's ink in a form, a little blurred as a scanner does."""
    written = _write(form.face, text)
    zoom = form.em / _DRAWN_AT
    size = (max(1, round(written.shape[1] * zoom * form.width)), max(1, round(written.shape[0] * zoom)))
    small = cv2.resize(written, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (3, 3), 0), dtype=np.float32)
