"""The text of a drawn PDF page as PDFium gives it (chữ trong PDF), and the ink that it really puts down.

Every character carries its place in the drawn picture. The page is drawn a second time with all text left
out: what differs is the text's own ink, so text that nobody can see has none, whatever hides it.
"""

import ctypes
import math
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ocr.source import Glyph, Pixels, PrintedText

MAX_GLYPHS = 60_000
"""More characters than any sheet holds in readable size."""
_MAX_OBJECTS = 200_000
_MAX_DEPTH = 12
_INK_DIFFERENCE = 24
_FINE = 64
_FONT_NAME_BYTES = 256
_LAYOUT_SIGNS = "\t\n\r\x02"  # PDFium puts U+0002 for a hyphen at the end of a line
_INVISIBLE_MODES = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})


def read_printed_text(
    page: pypdfium2.PdfPage, picture: Pixels, draw: Callable[[], Pixels]
) -> PrintedText | None:
    """The text of a page that was drawn as `picture`; `draw` draws it again. None without any text.

    Afterwards the page's text is switched off: nothing else may be read from this page object.
    """
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count <= 0:
            return None
        reader = _GlyphReader(page, textpage, picture.shape[1], picture.shape[0])
        glyphs = tuple(reader.read(number) for number in range(min(count, MAX_GLYPHS)))
        turn = _find_turn(textpage, page, min(count, MAX_GLYPHS))
        fonts = tuple(reader.font_names)
    finally:
        textpage.close()
    whole = _switch_text_off(page)
    bare = draw()
    ink = _find_difference(picture, bare)
    return PrintedText(glyphs, fonts, turn, ink, whole and count <= MAX_GLYPHS)


class _GlyphReader:
    """Takes characters out of a PDFium text page."""

    def __init__(self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, width: int, height: int):
        self._text = textpage
        self._map = _find_map(page, width, height)
        self._fonts: dict[int, int] = {}
        self._objects: dict[int, tuple[int, bool]] = {}
        self.font_names: list[str] = []

    def read(self, number: int) -> Glyph:
        """One character with its places."""
        code = pdfium.FPDFText_GetUnicode(self._text, number)
        text = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        font, is_hidden = self._look_up(pdfium.FPDFText_GetTextObject(self._text, number))
        made = bool(pdfium.FPDFText_IsGenerated(self._text, number))
        return Glyph(
            text,
            self._box(number),
            self._cell(number),
            font,
            is_hidden,
            is_unmapped=not made and (not text or _says_nothing(text)),
            ends_word=made or text.isspace(),
        )

    def _look_up(self, held: Any) -> tuple[int, bool]:
        """Font number of a text object and whether its way of painting leaves nothing."""
        if not held:
            return -1, False
        place = ctypes.addressof(held.contents)
        found = self._objects.get(place)
        if found is None:
            hidden = pdfium.FPDFTextObj_GetTextRenderMode(held) in _INVISIBLE_MODES
            found = self._objects[place] = (self._font_number(held), hidden)
        return found

    def _font_number(self, held: Any) -> int:
        """The number of a text object's font; two fonts of one name stay apart."""
        font = pdfium.FPDFTextObj_GetFont(held)
        if not font:
            return -1
        place = ctypes.addressof(font.contents)
        if place not in self._fonts:
            name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
            pdfium.FPDFFont_GetBaseFontName(font, name, _FONT_NAME_BYTES)
            self._fonts[place] = len(self.font_names)
            self.font_names.append(name.value.decode("utf-8", "replace"))
        return self._fonts[place]

    def _box(self, number: int) -> tuple[float, float, float, float]:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(self._text, number, left, right, bottom, top)
        return self._to_picture(left.value, bottom.value, right.value, top.value)

    def _cell(self, number: int) -> tuple[float, float, float, float]:
        rectangle = pdfium.FS_RECTF()
        if not pdfium.FPDFText_GetLooseCharBox(self._text, number, rectangle):
            return self._box(number)
        return self._to_picture(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)

    def _to_picture(self, *edges: float) -> tuple[float, float, float, float]:
        x, y = self._map(edges[0], edges[1])
        other_x, other_y = self._map(edges[2], edges[3])
        return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


def _says_nothing(text: str) -> bool:
    """Whether a character stands for no letter: private use, unassigned, replacement, control."""
    if text == "\ufffd":
        return True
    return text not in _LAYOUT_SIGNS and unicodedata.category(text) in {"Co", "Cn", "Cs", "Cc"}


def _find_map(
    page: pypdfium2.PdfPage, width: int, height: int
) -> Callable[[float, float], tuple[float, float]]:
    """From the page's own space to the drawn picture; crop box and /Rotate are in it."""

    def ask(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, width * _FINE, height * _FINE, 0, x, y, across, down)
        return across.value / _FINE, down.value / _FINE

    origin, east, north = ask(0, 0), ask(1000, 0), ask(0, 1000)

    def to_picture(x: float, y: float) -> tuple[float, float]:
        across = origin[0] + (east[0] - origin[0]) * x / 1000 + (north[0] - origin[0]) * y / 1000
        down = origin[1] + (east[1] - origin[1]) * x / 1000 + (north[1] - origin[1]) * y / 1000
        return across, down

    return to_picture


def _find_turn(textpage: pypdfium2.PdfTextPage, page: pypdfium2.PdfPage, count: int) -> int:
    """The clockwise quarter turn that most characters ask for, on top of what drawing did already."""
    votes = [0, 0, 0, 0]
    for number in range(count):
        angle = pdfium.FPDFText_GetCharAngle(textpage, number)
        if angle >= 0 and not pdfium.FPDFText_IsGenerated(textpage, number):
            votes[round(angle / (math.pi / 2)) % 4] += 1
    # PDFium counts a character's angle clockwise on the page as stored, /Rotate turns it further.
    leaning = max(range(4), key=votes.__getitem__)
    return (-90 * leaning - page.get_rotation()) % 360


def _switch_text_off(page: pypdfium2.PdfPage) -> bool:
    """Leave every text object out of further drawing; False where a limit was met."""
    for seen, held in enumerate(_iter_objects(page)):
        if seen > _MAX_OBJECTS:
            return False
        if pdfium.FPDFPageObj_GetType(held) == pdfium.FPDF_PAGEOBJ_TEXT:
            pdfium.FPDFPageObj_SetIsActive(held, 0)
    return True


def _iter_objects(page: pypdfium2.PdfPage) -> Iterator[Any]:
    """Every object of the page, those inside form XObjects too."""
    waiting: list[tuple[Any, int]] = [
        (pdfium.FPDFPage_GetObject(page, index), 1)
        for index in range(min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS + 1))
    ]
    while waiting:
        held, depth = waiting.pop()
        yield held
        if depth < _MAX_DEPTH and pdfium.FPDFPageObj_GetType(held) == pdfium.FPDF_PAGEOBJ_FORM:
            inside = min(pdfium.FPDFFormObj_CountObjects(held), _MAX_OBJECTS + 1)
            waiting += [(pdfium.FPDFFormObj_GetObject(held, index), depth + 1) for index in range(inside)]


def _find_difference(picture: Pixels, bare: Pixels) -> Pixels:
    """255 where two drawings of a page differ."""
    changed = cv2.absdiff(picture, bare)
    if changed.ndim == 3:
        blue, green, red = cv2.split(changed)
        changed = cv2.max(cv2.max(blue, green), red)
    mask = cv2.threshold(changed, _INK_DIFFERENCE, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(mask, dtype=np.uint8)
