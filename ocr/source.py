"""One page as it arrived (trang nguồn), before anything is done to it."""

from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.errors import UnreadableImage

Pixels = NDArray[np.uint8]
"""Rows by columns (grey) or rows by columns by 3 in OpenCV's blue, green, red order."""

A4_LONG_INCHES = 297 / 25.4
_LONG_SIDE_INCHES = (5.0, 50.0)  # A6 to A0
_SCREEN_DPI = (72, 96)
_LARGEST_SCREEN_INCHES = 17.0  # A3


class Colour(StrEnum):
    """What the pixels hold (kiểu màu)."""

    COLOUR = "colour"
    GREY = "grey"
    BILEVEL = "bilevel"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character (ký tự): text as the PDF says it, places in pixels of the drawn picture.

    `box` is the shape's own extent, `cell` the font's line height and the character's advance, both
    x0, y0, x1, y1. `font` numbers the page's fonts. A glyph with `ends_word` is a blank or a break.
    """

    text: str
    box: tuple[float, float, float, float]
    cell: tuple[float, float, float, float]
    font: int
    is_hidden: bool = False
    is_unmapped: bool = False
    ends_word: bool = False


@dataclass(frozen=True, slots=True)
class PrintedText:
    """What a PDF page says it prints (chữ của trang PDF).

    `turn` is the clockwise quarter turn that makes the text upright, `fonts` the fonts' names, `ink` 255
    where the picture changes when text is left out. `is_complete` is false where limits cut the text off.
    """

    glyphs: tuple[Glyph, ...]
    fonts: tuple[str, ...]
    turn: int
    ink: Pixels = field(repr=False)
    is_complete: bool = True


class PictureForm(StrEnum):
    """What stands in our PDF for the picture that came (dạng ảnh trong PDF)."""

    OWN_BYTES = "own_bytes"
    """The scanner's coding, byte for byte."""
    LOSSLESS = "lossless"
    """Another coding of the very same pixels."""
    CONVERTED = "converted"
    """Other pixels: CMYK, 16 bits a sample or transparency, which PDF/A-2b has no plain form for."""
    DRAWN = "drawn"
    """A page of a PDF that is no single picture, drawn."""


@dataclass(frozen=True, slots=True)
class FaxData:
    """A bilevel page's coding as it came (dữ liệu fax): a CCITT group 4 strip, or a JBIG2 stream of a PDF.

    `is_inverted`: ink is coded as white runs. `shared` are the JBIG2 segments that pages have in common.
    """

    data: bytes
    is_inverted: bool = False
    is_jbig2: bool = False
    shared: bytes = b""


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page image as it stands on disk (ảnh trang gốc).

    `fax` is the coding that bilevel `pixels` came in, where a PDF can hold it; `form` says how the pixels
    came about.

    Exactly one of `jpeg` (the scanner's own bytes) and `pixels` is set. `number` is 0-based, `rotation`
    the clockwise quarter turn that the file asks for when showing the page, not yet done to the pixels.
    `printed` is what a drawn page of a PDF says it prints, where that was asked for.
    """

    number: int
    width: int
    height: int
    dpi: int
    colour: Colour
    rotation: int = 0
    jpeg: bytes | None = None
    pixels: Pixels | None = None
    printed: PrintedText | None = None
    fax: FaxData | None = None
    form: PictureForm = PictureForm.LOSSLESS

    @property
    def stored_form(self) -> PictureForm:
        """What our PDF will hold."""
        has_own = self.jpeg is not None or self.fax is not None
        return PictureForm.OWN_BYTES if has_own else self.form


def decode_page(page: SourcePage) -> Pixels:
    """The page's pixels, grey or blue-green-red, not turned; raises UnreadableImage."""
    if page.pixels is not None:
        return page.pixels
    flag = cv2.IMREAD_GRAYSCALE if page.colour is Colour.GREY else cv2.IMREAD_COLOR
    raw = np.frombuffer(page.jpeg or b"", dtype=np.uint8)
    try:
        # The archived image is the one before EXIF turns it: all boxes refer to that one.
        pixels = cv2.imdecode(raw, flag | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as exc:
        raise UnreadableImage(page=page.number) from exc
    if pixels is None or pixels.shape[:2] != (page.height, page.width):
        raise UnreadableImage(page=page.number)
    return np.asarray(pixels, dtype=np.uint8)


def plausible_dpi(declared: float, width: int, height: int) -> int:
    """The declared resolution, or what an A4 sheet implies when the declared one gives no paper size."""
    long_side = max(width, height)
    if declared > 0:
        inches = long_side / declared
        # Programs write 72 or 96 where they know nothing: believed only for sheets up to A3.
        largest = _LARGEST_SCREEN_INCHES if round(declared) in _SCREEN_DPI else _LONG_SIDE_INCHES[1]
        if _LONG_SIDE_INCHES[0] <= inches <= largest:
            return round(declared)
    return max(1, round(long_side / A4_LONG_INCHES))
