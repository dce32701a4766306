"""Finds the one image that fills a scanned PDF page (trang quét chỉ có một ảnh)."""

import io
import math
from dataclasses import dataclass

import numpy as np
import pikepdf
from PIL import Image

from ocr.source import Pixels

_MAX_OPERATORS = 200_000
_COVER = 0.93  # a scan may leave a narrow rim
_EXACT_TURN = 0.01
_PAINTING = frozenset(
    {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "INLINE IMAGE", "BI", "EI", "d0", "d1"}
)
_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
_COUNTED = frozenset({"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/ASCII85Decode", "/ASCIIHexDecode"})
"""Codings whose data, once undone, are the rows themselves."""
_UNUSUAL = ("/SMask", "/Mask", "/Decode", "/ImageMask", "/SMaskInData")


@dataclass(frozen=True, slots=True)
class FullPageImage:
    """The image, the clockwise quarter turn under which it is shown and its resolution (ảnh phủ trang)."""

    image: pikepdf.Stream
    rotation: int
    dpi: float


Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def find_full_page_image(page: pikepdf.Page) -> FullPageImage | None:
    """The page's only visible mark if that is one image covering the page; else None.

    Invisible text (a scanner's own OCR layer) does not count as a mark; annotations do.
    """
    try:
        if "/Annots" in page.obj and len(page.obj.Annots) > 0:
            return None
        placed = _only_image(page)
        return _fit(page, *placed) if placed else None
    except (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
        return None


def is_cut_short(image: pikepdf.Stream) -> bool:
    """Whether an image's data end before its last row: what is missing would be drawn as if it were paper.

    Told of codings that say how long they are; a fax or JBIG2 stream does not.
    """
    try:
        stored = pikepdf.PdfImage(image)
        codings = set(stored.filters)
        if codings == {"/DCTDecode"}:
            with Image.open(io.BytesIO(image.read_raw_bytes()), formats=("JPEG",)) as picture:
                picture.load()
            return False
        if not codings <= _COUNTED:
            return False
        samples = {"/DeviceRGB": 3, "/CalRGB": 3, "/DeviceCMYK": 4}.get(stored.colorspace or "", 1)
        row = (stored.width * samples * stored.bits_per_component + 7) // 8
        return len(image.read_bytes()) < row * stored.height
    except (pikepdf.PdfError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return True


def is_fax_cut_short(image: pikepdf.Stream, pixels: Pixels) -> bool:
    """Whether a group 4 image's data end before its last row, which decoders fill with white in silence.

    After a whole image nothing more is read, so that whatever follows changes none of its `pixels`.
    """
    how = pikepdf.PdfImage(image).filter_decodeparms[0][1] or {}
    with pikepdf.new() as pdf:
        data = image.read_raw_bytes()
        longer = pdf.make_stream(data + data)
        longer.Type, longer.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        longer.Width, longer.Height, longer.BitsPerComponent = int(image.Width), int(image.Height), 1
        longer.ColorSpace, longer.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.CCITTFaxDecode
        black = bool(how.get("/BlackIs1", False))
        longer.DecodeParms = pikepdf.Dictionary(K=-1, Columns=int(image.Width), BlackIs1=black)
        picture = np.asarray(pikepdf.PdfImage(longer).as_pil_image())
    return not np.array_equal(picture > 0, pixels > 0)


def _only_image(page: pikepdf.Page) -> tuple[pikepdf.Stream, Matrix] | None:
    """The image drawn and its matrix, when nothing else is painted."""
    names = page.resources.get("/XObject", pikepdf.Dictionary())
    state = _Walk()
    for count, instruction in enumerate(pikepdf.parse_content_stream(page)):
        if count > _MAX_OPERATORS or not state.take(str(instruction.operator), list(instruction.operands)):
            return None
    if len(state.drawn) != 1:
        return None
    name, matrix = state.drawn[0]
    image = names.get(name)
    if image is None or image.get("/Subtype") != "/Image":
        return None
    if not isinstance(image, pikepdf.Stream) or any(key in image for key in _UNUSUAL):
        return None
    return image, matrix


class _Walk:
    """The little of the graphics state that decides where an image lies and whether text shows."""

    def __init__(self) -> None:
        self.matrix = _IDENTITY
        self.text_mode = 0
        self.stack: list[tuple[Matrix, int]] = []
        self.drawn: list[tuple[str, Matrix]] = []

    def take(self, operator: str, operands: list[pikepdf.Object]) -> bool:
        """Apply one operator; False when it paints something that is no image."""
        if operator in _PAINTING:
            return False
        if operator in _SHOWING:
            return self.text_mode in {3, 7}
        if operator == "q":
            self.stack.append((self.matrix, self.text_mode))
        elif operator == "Q" and self.stack:
            self.matrix, self.text_mode = self.stack.pop()
        elif operator == "cm":
            self.matrix = _multiply(_to_matrix(operands), self.matrix)
        elif operator == "Tr":
            self.text_mode = int(operands[0])
        elif operator == "Do":
            self.drawn.append((str(operands[0]), self.matrix))
        return True


def _to_matrix(operands: list[pikepdf.Object]) -> Matrix:
    """Six operands as numbers."""
    a, b, c, d, e, f = (float(operand) for operand in operands)
    return a, b, c, d, e, f


def _multiply(first: Matrix, second: Matrix) -> Matrix:
    """`first` applied before `second` (ISO 32000-1 8.3.4)."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _fit(page: pikepdf.Page, image: pikepdf.Stream, matrix: Matrix) -> FullPageImage | None:
    """The image if it covers the page by a quarter turn without mirroring."""
    a, b, c, d, e, f = matrix
    x0, y0, x1, y1 = (float(edge) for edge in page.cropbox)
    width, height = math.hypot(a, b), math.hypot(c, d)
    if width <= 0 or height <= 0 or a * d - b * c <= 0:
        return None
    turn = math.degrees(math.atan2(b, a)) / 90
    if abs(turn - round(turn)) > _EXACT_TURN:
        return None
    left, right = min(e, e + a + c), max(e, e + a + c)
    low, high = min(f, f + b + d), max(f, f + b + d)
    seen = max(0.0, min(right, x1) - max(left, x0)) * max(0.0, min(high, y1) - max(low, y0))
    # The image may reach beyond the sheet a little, but never hide a part of itself behind the crop.
    if seen < _COVER * (x1 - x0) * (y1 - y0) or seen < _COVER * width * height:
        return None
    unit = float(page.obj.get("/UserUnit", 1))
    rotation = (int(page.rotation) - 90 * round(turn)) % 360
    return FullPageImage(image, rotation, float(image.get("/Width", 0)) / (width * unit / 72))
