"""The searchable page (lớp chữ ẩn): the scan as it is, and our words invisible at their places."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import median

from ocr.glyphless import GLYPH_WIDTH, encode
from ocr.types import PageText, Word

_POINTS = 72.0
_LEVEL_FROM_DEGREES = 0.3
_BASELINE = 0.2  # share of the word's height below the baseline


def page_size_points(width: int, height: int, dpi: int) -> tuple[float, float]:
    """Size of the scan in points."""
    return width * _POINTS / dpi, height * _POINTS / dpi


def sheet_size_points(page: PageText) -> tuple[float, float]:
    """Size of the PDF page in points: the scan, or what a straightened scan fills with its corners."""
    width, height = page_size_points(page.width, page.height, page.dpi)
    lean = math.radians(_straightened_by(page))
    sine, cosine = abs(math.sin(lean)), math.cos(lean)
    return width * cosine + height * sine, width * sine + height * cosine


def build_page_content(page: PageText, image_name: str, font_name: str) -> bytes:
    """The content stream: the image over the sheet, then the words in text mode 3.

    A leaning scan is drawn turned, its bytes untouched: lines lie level, so programs that take text out
    of the file find whole lines.
    """
    width, height = page_size_points(page.width, page.height, page.dpi)
    lines = [b"q"]
    if _straightened_by(page):
        lines.append(_level(page))
    lines.append(f"q {width:.4f} 0 0 {height:.4f} 0 0 cm {image_name} Do Q".encode())
    if page.words:
        lines.append(f"BT 3 Tr {font_name} 1 Tf".encode())
        lines.extend(_show_words(page))
        lines.append(b"ET")
    lines.append(b"Q")
    return b"\n".join(lines) + b"\n"


def _straightened_by(page: PageText) -> float:
    """Degrees by which the scan is drawn turned; a lean that breaks no line is left as it is."""
    return page.skew_degrees if abs(page.skew_degrees) >= _LEVEL_FROM_DEGREES else 0.0


def _level(page: PageText) -> bytes:
    """The operator that turns the scan level and moves it into the sheet."""
    width, height = page_size_points(page.width, page.height, page.dpi)
    sheet_width, sheet_height = sheet_size_points(page)
    lean = math.radians(_straightened_by(page))
    sine, cosine = math.sin(lean), math.cos(lean)
    move_x = sheet_width / 2 - (width / 2 * cosine - height / 2 * sine)
    move_y = sheet_height / 2 - (width / 2 * sine + height / 2 * cosine)
    numbers = " ".join(f"{value:.7f}" for value in (cosine, sine, -sine, cosine, move_x, move_y))
    return f"{numbers} cm".encode()


def _show_words(page: PageText) -> Iterator[bytes]:
    """One matrix and one string a word, all words of a line on one baseline and of one size."""
    for _, group in groupby(page.words, key=lambda word: word.line):
        words = list(group)
        places = [_place(page, word) for word in words]
        # One size and height for the whole line: viewers break lines where they jump.
        size = median(place.size for place in places)
        across = median(place.across for place in places)
        for index, (word, place) in enumerate(zip(words, places, strict=True)):
            following = places[index + 1] if index + 1 < len(places) else None
            yield _show(page, word.text, replace(place, size=size, across=across), following)


@dataclass(frozen=True, slots=True)
class _Place:
    """A word along its line in points: start and length along it, middle across it, height."""

    along: float
    across: float
    length: float
    size: float


def _direction(page: PageText) -> tuple[float, float]:
    """Cosine and sine of the angle of the lines on the PDF page.

    Text runs to the right on the upright page; on the archived image it is turned back, and leans
    clockwise by the skew. PDF angles count anticlockwise.
    """
    angle = math.radians(page.rotation - page.skew_degrees)
    return math.cos(angle), math.sin(angle)


def _place(page: PageText, word: Word) -> _Place:
    """Where a word lies in the frame of its line."""
    points = _POINTS / page.dpi
    length, size = _true_size(word, page.rotation, math.radians(page.skew_degrees))
    x = (word.box.x0 + word.box.x1) / 2 * points
    y = (page.height - (word.box.y0 + word.box.y1) / 2) * points
    cosine, sine = _direction(page)
    length, size = length * points, size * points
    return _Place(x * cosine + y * sine - length / 2, y * cosine - x * sine, length, size)


def _show(page: PageText, text: str, place: _Place, following: _Place | None) -> bytes:
    """The operators that set one word; a blank that reaches to the next word goes with it."""
    cosine, sine = _direction(page)
    stretch = place.length / (max(1, len(text)) * GLYPH_WIDTH / 1000)
    down = place.across - (0.5 - _BASELINE) * place.size
    start_x = place.along * cosine - down * sine
    start_y = place.along * sine + down * cosine
    matrix = (stretch * cosine, stretch * sine, -place.size * sine, place.size * cosine, start_x, start_y)
    numbers = " ".join(f"{value:.5f}" for value in matrix)
    blank = " " if following is not None else ""
    return f"{numbers} Tm <{encode(text + blank).hex()}> Tj".encode()


def _true_size(word: Word, rotation: int, lean: float) -> tuple[float, float]:
    """Length and height along the line of a word whose upright box alone is known, in pixels."""
    width, height = word.box.x1 - word.box.x0, word.box.y1 - word.box.y0
    if rotation % 180:
        width, height = height, width
    sine, cosine = abs(math.sin(lean)), math.cos(lean)
    square = cosine * cosine - sine * sine
    length = (width * cosine - height * sine) / square
    size = (height * cosine - width * sine) / square
    # Very short words in a strong lean have boxes that allow no exact answer.
    return max(length, width * 0.5, 1.0), max(size, height * 0.3, 1.0)
