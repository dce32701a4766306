"""What a signature shows on the page (hình hiển thị chữ ký): hand, seal, number, date, copy mark.

Offices issue a document with up to four signatures: the leader's blue handwriting, then number, date and red
seal by the agency (Decree 30/2020 Annex I). Number and date stand in the appearances alone, so their text is
read here, and only from the signed revision: a later one may show something else.
"""

import hashlib
import io
import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, cast

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from numpy.typing import NDArray

from signing.prefix import PrefixFile
from signing.report import Appearance

_SCALE = 2.0
_LARGEST = 1000.0  # points; more is no stamp on a page
_MOST_TEXT = 500
_INK = 140  # a channel below it is ink
_LEAD = 40  # by how much a channel leads in coloured ink
_COLOURED = 0.4
_SEAL_SIDE = 50.0  # points; the round seal of an agency is about 100
_SEAL_SHAPE = 1.6  # a round or square seal, not a line of red text
_A4_WIDTH = 595.0
_MIDDLE = 0.45  # number stands left of this share of the page's width, date right of it (zones 3 and 4)
_COPY = re.compile(r"^\W*(SAO Y|SAO LỤC|TRÍCH SAO)")
_NUMBER = re.compile(r"^\W*\d{1,6}(?:/[\w\-/.]+)?\W*$")
_DATE = re.compile(
    r"^\W*(?:ngày\s+)?\d{1,2}(?:\s*(?:/|-|\.|tháng)\s*\d{1,2}(?:\s*(?:/|-|\.|năm)\s*\d{4})?)?\W*$", re.I
)
_pdfium_lock = threading.Lock()  # PDFium keeps global state and is not thread-safe


@dataclass(frozen=True, slots=True)
class Look:
    """An appearance drawn by itself (hình vẽ riêng): text, red and blue shares of its ink, hash."""

    text: str
    red: float
    blue: float
    sha256: str


def describe_appearance(
    data: bytes, field: str, appearance: Appearance, end: int | None = None
) -> Appearance:
    """`appearance` with the kind, text and hash of what field `field` shows in the first `end` bytes.

    Left as it is when nothing is shown or it cannot be drawn: no verdict rests on it.
    """
    if not appearance.rect:
        return appearance
    look = draw_look(data if end is None else PrefixFile(data, end), field)
    if look is None:
        return appearance
    kind = judge_kind(look, appearance.rect)
    return replace(appearance, kind=kind, text=look.text, image_sha256=look.sha256)


def judge_kind(look: Look, rect: Sequence[float]) -> str:
    """signature | seal | number | date | copy | other, by text, colour, size and place."""
    if _COPY.match(look.text):
        return "copy"
    if _NUMBER.match(look.text) or _DATE.match(look.text):
        return _number_or_date(look.text, rect)
    sides = rect[2] - rect[0], rect[3] - rect[1]
    if look.red >= _COLOURED and min(sides) >= _SEAL_SIDE and max(sides) <= _SEAL_SHAPE * min(sides):
        return "seal"
    return "other" if look.text and look.blue < _COLOURED else "signature"


def _number_or_date(text: str, rect: Sequence[float]) -> str:
    if not _NUMBER.match(text) or ("/" not in text and "-" in text):
        return "date"
    if not _DATE.match(text):
        return "number"
    middle = (rect[0] + rect[2]) / 2
    return "date" if middle > _MIDDLE * _A4_WIDTH else "number"


def draw_look(signed: bytes | PrefixFile, field: str) -> Look | None:
    """The normal appearance of the field's widget, alone on a page; None when there is none to be drawn."""
    try:
        with pikepdf.open(_as_stream(signed)) as document:
            stream = _find_stream(document, field)
            if stream is None:
                return None
            alone = _put_alone(stream)
        with _pdfium_lock:
            return _look_at(alone)
    except (
        pikepdf.PdfError,
        pdfium.PdfiumError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        MemoryError,
    ):
        return None


def _as_stream(signed: bytes | PrefixFile) -> BinaryIO:
    if isinstance(signed, bytes):
        return io.BytesIO(signed)
    return cast("BinaryIO", signed)  # all of it that is read: the library asks for no more


def _find_stream(document: pikepdf.Pdf, field: str) -> Any:
    """The /AP /N stream of the field's widget; of several states none is the signature's look."""
    form: Any = document.Root.get("/AcroForm", pikepdf.Dictionary())
    waiting: list[tuple[Any, str]] = [(node, "") for node in form.get("/Fields", [])]
    for _ in range(5000):
        if not waiting:
            return None
        node, above = waiting.pop()
        own = str(node.get("/T", ""))
        name = ".".join(part for part in (above, own) if part)
        normal: Any = node.get("/AP", pikepdf.Dictionary()).get("/N")
        if name == field and isinstance(normal, pikepdf.Stream):
            return normal
        waiting.extend((kid, name) for kid in node.get("/Kids", []))
    return None


def _put_alone(stream: Any) -> bytes:
    """A document of one page that shows the stream at its own size."""
    left, bottom, right, top = (float(edge) for edge in stream.BBox)
    width, height = abs(right - left), abs(top - bottom)
    if not 0 < width <= _LARGEST or not 0 < height <= _LARGEST:
        raise ValueError("appearance size")
    target = pikepdf.new()
    page = target.add_blank_page(page_size=(width, height))
    name = page.add_resource(target.copy_foreign(stream), pikepdf.Name.XObject)
    page.contents_add(f"q 1 0 0 1 {-min(left, right)} {-min(bottom, top)} cm {name} Do Q".encode())
    output = io.BytesIO()
    target.save(output)
    return output.getvalue()


def _look_at(alone: bytes) -> Look:
    document = pdfium.PdfDocument(alone)
    try:
        page = document[0]
        text = unicodedata.normalize("NFC", page.get_textpage().get_text_bounded())[:_MOST_TEXT]
        bitmap: Any = page.render(scale=_SCALE, rev_byteorder=True)  # pyright: ignore[reportArgumentType]
        picture: NDArray[np.int16] = bitmap.to_numpy()[:, :, :3].astype(np.int16)
    finally:
        document.close()
    red, green, blue = picture[:, :, 0], picture[:, :, 1], picture[:, :, 2]
    ink = picture.min(axis=2) < _INK
    count = max(1, int(ink.sum()))
    is_red = ink & (red - np.maximum(green, blue) > _LEAD)
    is_blue = ink & (blue - np.maximum(red, green) > _LEAD)
    digest = hashlib.sha256(picture.astype(np.uint8).tobytes()).hexdigest()
    return Look(" ".join(text.split()), int(is_red.sum()) / count, int(is_blue.sum()) / count, digest)
