"""The searchable page (lớp chữ ẩn): the scan as it is, and our words invisible at their places."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import median

from ocr.glyphless import ASCENT, DESCENT, GLYPH_WIDTH, encode
from ocr.types import PageText, Word

_POINTS = 72.0
_LEVEL_FROM_DEGREES = 0.3
_SIZE_SPREAD = 0.35
_STEP = 1.08  # poppler keeps sizes up to 5 % apart together
TABLE, COPY_PREFIX = "bang", "sao_"
_LOWER_HEADER = frozenset({"so_ky_hieu", "ngay"})
_HEADER = _LOWER_HEADER | {"co_quan", "quoc_hieu", "hinh_thuc"}
_WORD_GAP = 0.24  # share of the words' height; poppler reads words closer than 0.15 of the font size as one
_LEAST_LENGTH = 0.4
_HEIGHT = (ASCENT - DESCENT) / 1000  # of a word's box, as a share of the font size


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
    """One matrix and one string a word, all words of a line on one baseline and of one size.

    Programs that take text out start a new block where the size changes, so that all lines of a zone have
    one size too, where theirs are nearly alike.
    """
    lines = [list(group) for _, group in groupby(page.words, key=lambda word: word.line)]
    places = [[_place(page, word) for word in words] for words in lines]
    for words, line, size in zip(lines, places, _choose_sizes(lines, places), strict=True):
        yield from _show_line(page, words, line, size)


def _choose_sizes(lines: Sequence[Sequence[Word]], places: Sequence[Sequence["_Place"]]) -> list[float]:
    """The size of each line: that of its block where its own is near it.

    Number and date are set a little larger than agency and national name, every other row of a table than
    its neighbours: programs that look for columns would else read down the left one first.
    """
    blocks = [words[0].zone.removeprefix(COPY_PREFIX) for words in lines]
    blocks = ["header" if block in _HEADER else block for block in blocks]
    own = [median(place.size for place in line) for line in places]
    usual = {name: median(s for s, b in zip(own, blocks, strict=True) if b == name) for name in set(blocks)}
    rows = _number_rows(blocks, places, own)
    chosen = list[float]()
    for size, block, words, row in zip(own, blocks, lines, rows, strict=True):
        near = abs(size - usual[block]) < _SIZE_SPREAD * usual[block]
        stepped = row % 2 == 1 or words[0].zone.removeprefix(COPY_PREFIX) in _LOWER_HEADER
        chosen.append((usual[block] if near else size) * (_STEP if stepped else 1.0))
    return chosen


def _number_rows(
    blocks: Sequence[str], places: Sequence[Sequence["_Place"]], sizes: Sequence[float]
) -> list[int]:
    """The number of the table row that each line belongs to, 0 for lines that are no part of a table.

    A new row begins where the text goes back to the left; outside ruled tables only pieces side by side
    make a row.
    """
    rows = [0] * len(blocks)
    number = 0
    for index in range(1, len(blocks)):
        line, before, size = places[index][0], places[index - 1][-1], sizes[index]
        is_beside = line.along > before.along and abs(line.across - before.across) < 0.5 * size
        if blocks[index] == TABLE:
            is_next = line.along < places[index - 1][0].along - size
            number += is_next or blocks[index - 1] != TABLE
            rows[index] = number
        elif is_beside and blocks[index] == blocks[index - 1] == "noi_dung":
            number += rows[index - 1] == 0
            rows[index - 1] = rows[index] = number
    return rows


def _show_line(
    page: PageText, words: Sequence[Word], places: Sequence["_Place"], size: float
) -> Iterator[bytes]:
    """The words of one line, a gap between them that no program takes for nothing."""
    across = median(place.across for place in places)
    for index, (word, place) in enumerate(zip(words, places, strict=True)):
        following = places[index + 1] if index + 1 < len(places) else None
        length = place.length
        if following is not None:
            room = following.along - place.along - _WORD_GAP * size
            length = min(length, max(room, _LEAST_LENGTH * length))
        yield _show(page, word.text, replace(place, length=length, size=size, across=across), following)


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
    size = place.size / _HEIGHT
    down = place.across - place.size / 2 - size * DESCENT / 1000
    start_x = place.along * cosine - down * sine
    start_y = place.along * sine + down * cosine
    matrix = (stretch * cosine, stretch * sine, -size * sine, size * cosine, start_x, start_y)
    numbers = " ".join(f"{value:.5f}" for value in matrix)
    # PDFium leaves out a string of one character.
    blank = " " if following is not None or len(text) == 1 else ""
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
