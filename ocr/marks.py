"""What the picture says beyond the words (dấu hiệu trên ảnh): handwritten values and QR codes.

Both need the image that was read, so they are taken while a page is at hand; fields are proposed later
from words, places and codes alone.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ocr.clean import PreparedPage
from ocr.codes import read_codes
from ocr.engine import EngineWord
from ocr.folding import fold
from ocr.geometry import PageGeometry
from ocr.handwriting import judge_places
from ocr.types import Box, PageText, QualityVerdict, TextSource, ValuePlace, Word, Writing

_VALUE_ZONES = ("so_ky_hieu", "ngay", "sao_so_ky_hieu", "sao_ngay")
COPY_PREFIX = "sao_"
_PART = 0.3
_ANCHOR = re.compile(r"\W*(NGAY|THANG|NAM|SO)\W*")


def add_marks(prepared: PreparedPage, page: PageText) -> PageText:
    """The page with its places for number and date judged, handwritten words marked, QR codes read."""
    if page.quality.verdict is QualityVerdict.BLANK:
        return page
    geometry = prepared.geometry
    codes = tuple(replace(code, box=geometry.to_archived(code.box)) for code in read_codes(prepared.image))
    # What a PDF's own text says was typed by machine.
    places = _judge_lines(prepared, page.words) if page.text_source is TextSource.OCR else ()
    written = [place.box for place in places if place.writing is Writing.HANDWRITTEN]
    words = tuple(
        replace(word, handwritten=True) if any(_holds(word, box) for box in written) else word
        for word in page.words
    )
    return replace(page, words=words, places=places, codes=codes)


def _judge_lines(prepared: PreparedPage, words: Sequence[Word]) -> tuple[ValuePlace, ...]:
    """The places on all lines with a number or a date; names of a copy block's places begin with "sao_"."""
    geometry = prepared.geometry
    found: list[ValuePlace] = []
    for zone, line in _iter_lines(words):
        read = [_to_reading(word, geometry) for word in line]
        prefix = COPY_PREFIX if zone.startswith(COPY_PREFIX) else ""
        for place in judge_places(prepared.image, prepared.dpi, read, zone.removeprefix(COPY_PREFIX)):
            box = geometry.to_archived(place.box)
            found.append(replace(place, name=prefix + place.name, box=box))
    return tuple(found)


def _iter_lines(words: Sequence[Word]) -> Iterator[tuple[str, list[Word]]]:
    """Zone and words of each printed line that holds a number or a date."""
    wanted = [word for word in words if word.zone in _VALUE_ZONES]
    for (zone, _), line in groupby(wanted, key=lambda word: (word.zone, word.line)):
        yield zone, list(line)


def _to_reading(word: Word, geometry: PageGeometry) -> EngineWord:
    """The word on the reading image, its box no larger than it was there."""
    outer = geometry.to_reading(word.box)
    x, y = (outer.x0 + outer.x1) / 2, (outer.y0 + outer.y1) / 2
    width, height = word.box.x1 - word.box.x0, word.box.y1 - word.box.y0
    if geometry.rotation % 180:
        width, height = height, width
    # A box of w by h turned by a small angle fills w cos + h sin by w sin + h cos.
    angle = math.radians(abs(geometry.skew_degrees))
    cosine, sine = math.cos(angle), math.sin(angle)
    spread = cosine * cosine - sine * sine
    wide = max(2.0, (width * cosine - height * sine) / spread * geometry.scale)
    high = max(2.0, (height * cosine - width * sine) / spread * geometry.scale)
    box = Box(round(x - wide / 2), round(y - high / 2), round(x + wide / 2), round(y + high / 2))
    return EngineWord(word.raw, word.confidence, box, 0, word.line)


def _holds(word: Word, place: Box) -> bool:
    """Whether a good part of a word stands in a handwritten place; the anchors beside it are print."""
    box = word.box
    width, height = (
        min(box.x1, place.x1) - max(box.x0, place.x0),
        min(box.y1, place.y1) - max(box.y0, place.y0),
    )
    is_over = height > 0.5 * (box.y1 - box.y0) and width > _PART * (box.x1 - box.x0)
    return is_over and not _ANCHOR.fullmatch(fold(word.raw))
