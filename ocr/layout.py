"""Printed lines in reading order (thứ tự đọc) on pages laid out after decree 30/2020, annex I.

Header: agency, national name and motto, number, place and date, then "V/v" under the number. Then the body
from top to bottom, tables cell by cell, recipients, signature block. A copy block (decree 30/2020 article
25) comes last and by itself. The reader's order is not trusted: readers take columns of a table or the
two header columns for text columns, or glue them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ocr.columns import order_text, part_margins
from ocr.engine import EngineWord, Grey
from ocr.folding import fold
from ocr.foot import find_copy_top, is_copy_kind, split_foot
from ocr.kinds import find_kind
from ocr.segments import (
    Segment,
    build_segments,
    cut_at_widest_gap,
    group_rows,
    is_misread_bullet,
    order_downwards,
)
from ocr.tables import Cells, find_tables, take_words

__all__ = ["Layout", "Part", "PartKind", "Segment", "find_layout", "is_misread_bullet"]

_HEADER_SHARE = 0.36  # quốc hiệu, agency, number, date and "V/v" lie above this share of a first page
_COLUMN_EDGE = (0.25, 0.66)  # the gap between two columns lies between these shares of the width
_COLUMN_GAP = 1.3  # line heights
_HEADER_ROW_GAP = 6.0  # a number written by hand stands far from its label
_MOTTO = re.compile(r"CONG H[OQ]A XA|HOI CHU NGHIA|D[OQ]C LAP\W*TU|TU DO\W*HANH")
_MOTTO_START = re.compile(r"\W*(C[OQ]NG H[OQ]A|D[OQ]C LAP\b)")
_DATE = re.compile(r"NG[AÀ]Y\b.*TH[AÁ]NG|TH[AÁ]NG\b.*\bN[AĂ]M\b")
_NUMBER = re.compile(r"^\W*S[O06]\s*[:.;]|^\W*S[O06]\b.*/|^\W*\d*\s*/\s*[A-Z]|/\w+-\w+")
_TOP_MARGIN, _BOTTOM_MARGIN = 0.12, 0.88
_PAGE_NUMBER = re.compile(r"^\W*(Trang\W*)?\d{1,4}(\s*/\s*\d{1,4})?\W*$")
_ABOUT = re.compile(r"^\W*V\s*/\s*[VW]\b")


class PartKind(StrEnum):
    """What a run of lines belongs to (phần của trang)."""

    PAGE_NUMBER = "page_number"
    MARGIN = "margin"
    LEFT_HEADER = "left_header"
    RIGHT_HEADER = "right_header"
    BODY = "body"
    TABLE = "table"
    RECIPIENTS = "recipients"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of one part of the page in reading order; `is_copy` those of the copy block."""

    kind: PartKind
    segments: tuple[Segment, ...]
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a page in reading order (bố cục trang); a kind may come more than once."""

    parts: tuple[Part, ...]
    width: int
    height: int

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All lines in reading order."""
        return tuple(segment for part in self.parts for segment in part.segments)

    def take(self, kind: PartKind, *, is_copy: bool = False) -> tuple[Segment, ...]:
        """All lines of one kind of part."""
        return tuple(
            segment
            for part in self.parts
            if part.kind is kind and part.is_copy is is_copy
            for segment in part.segments
        )


def find_layout(words: Sequence[EngineWord], width: int, height: int, image: Grey | None = None) -> Layout:
    """Group words into lines and parts on a page of the given size in pixels.

    `image` is the page the words were read on; without it tables are read as plain rows.
    """
    lines = build_segments(words)
    above, lines, below = _part_page_numbers(lines, height)
    copy_top = find_copy_top(lines, width, height)
    original = [line for line in lines if line.middle < copy_top]
    copied = [line for line in lines if line.middle >= copy_top]
    tables = find_tables(image) if image is not None else []
    parts = [Part(PartKind.PAGE_NUMBER, above), *_find_parts(original, width, height, tables)]
    if copied:
        parts += _find_copy_parts(copied, width)
    parts.append(Part(PartKind.PAGE_NUMBER, below))
    return Layout(tuple(part for part in parts if part.segments), width, height)


def _part_page_numbers(
    lines: list[Segment], height: int
) -> tuple[tuple[Segment, ...], list[Segment], tuple[Segment, ...]]:
    """A lone figure over and one under all other lines, each in its margin."""
    rows = group_rows(lines)
    above = rows[0] if rows and rows[0][-1].box.y1 < _TOP_MARGIN * height else []
    below = rows[-1] if len(rows) > 1 and rows[-1][0].box.y0 > _BOTTOM_MARGIN * height else []
    above, below = (
        tuple(row) if len(row) == 1 and _PAGE_NUMBER.match(row[0].text) else () for row in (above, below)
    )
    numbers = {id(line) for line in above + below}
    return above, [line for line in lines if id(line) not in numbers], below


def _find_parts(lines: list[Segment], width: int, height: int, tables: Sequence[Cells]) -> list[Part]:
    """Header, body with tables, recipients and signature of the original."""
    header, rest = _split_header(lines, width, height)
    body, recipients, signature = split_foot(rest, width)
    return [
        *header,
        *_order_body(body, tables, width),
        Part(PartKind.RECIPIENTS, tuple(recipients)),
        Part(PartKind.SIGNATURE, tuple(signature)),
    ]


def _order_body(lines: Sequence[Segment], tables: Sequence[Cells], width: int) -> list[Part]:
    """Rows from top to bottom, a table in its place, cell after cell; stamps beside the text come first."""
    outside, lines = part_margins(lines, width)
    parts = [Part(PartKind.MARGIN, tuple(order_downwards(outside)))]
    words = [word for line in lines for word in line.words]
    for cells in tables:
        held, words = take_words(cells, words)
        if not held:
            continue
        above = [word for word in words if (word.box.y0 + word.box.y1) / 2 < cells[0].y0]
        words = [word for word in words if (word.box.y0 + word.box.y1) / 2 >= cells[0].y0]
        parts.append(Part(PartKind.BODY, tuple(order_text(build_segments(above), width))))
        parts.append(Part(PartKind.TABLE, tuple(held)))
    parts.append(Part(PartKind.BODY, tuple(order_text(build_segments(words), width))))
    return parts


def _find_copy_parts(lines: Sequence[Segment], width: int) -> list[Part]:
    """The copy block: agency and kind of copy, number and date, recipients and signature."""
    rest, recipients, signature = split_foot(list(lines), width)
    left, right = _part_columns(rest, width)
    parts = _order_header(left, right)
    parts += [Part(PartKind.RECIPIENTS, tuple(recipients)), Part(PartKind.SIGNATURE, tuple(signature))]
    return [Part(part.kind, part.segments, is_copy=True) for part in parts]


def _split_header(lines: list[Segment], width: int, height: int) -> tuple[list[Part], list[Segment]]:
    """The parts of the header and the other lines; no header where no motto is."""
    title = min((line.box.y0 for line in lines if _is_title(line, width)), default=height)
    top = [line for line in lines if line.box.y1 < min(_HEADER_SHARE * height, title + line.height)]
    mottos = [line.box.y0 for line in top if _MOTTO.search(line.folded)]
    if not mottos:
        return [], lines
    pieces = [piece for line in top for piece in _cut_column(line, width)]
    bottom = max(piece.box.y1 for piece in pieces if _is_header_anchor(piece, width))
    margin = [line for line in top if line.middle < min(mottos) - line.height and not _is_agency(line, width)]
    used = {id(line) for line in margin}
    header = [line for line in top if line.middle <= bottom and id(line) not in used]
    used.update(id(line) for line in header)
    subject = _about_lines([line for line in top if id(line) not in used], width)
    left, right = _part_columns(header, width)
    used.update(id(line) for line in subject)
    parts = [Part(PartKind.MARGIN, tuple(order_downwards(margin))), *_order_header([*left, *subject], right)]
    return parts, [line for line in lines if id(line) not in used]


def _is_agency(line: Segment, width: int) -> bool:
    """Whether a line above the national name may be the superior body of the agency."""
    return line.is_shouted and line.centre < 0.46 * width


def _part_columns(lines: Sequence[Segment], width: int) -> tuple[list[Segment], list[Segment]]:
    """Pieces of the left and of the right header column."""
    left, right = list[Segment](), list[Segment]()
    for line in lines:
        for piece in _cut_column(line, width):
            (left if _is_left(piece, width) else right).append(piece)
    return left, right


def _order_header(left: Sequence[Segment], right: Sequence[Segment]) -> list[Part]:
    """Agency, national name, number, date, the rest of the left column: components 2, 1, 3, 4, 5b."""
    left, right = (order_downwards(column, _HEADER_ROW_GAP) for column in (left, right))
    number = next((i for i, line in enumerate(left) if _NUMBER.search(line.folded)), None)
    date = next((i for i, line in enumerate(right) if _DATE.search(line.folded)), None)
    upper = max((i + 1 for i, line in enumerate(right) if _opens_right(line)), default=0)
    if date is not None:
        upper = date
    if number is None and date is not None:
        level = right[date].box.y0
        number = next((i for i, line in enumerate(left) if line.middle > level), len(left))
    place = len(left) if number is None else number
    return [
        Part(PartKind.LEFT_HEADER, tuple(left[:place])),
        Part(PartKind.RIGHT_HEADER, tuple(right[:upper])),
        Part(PartKind.LEFT_HEADER, tuple(left[place : place + 1])),
        Part(PartKind.RIGHT_HEADER, tuple(right[upper:])),
        Part(PartKind.LEFT_HEADER, tuple(left[place + 1 :])),
    ]


def _opens_right(line: Segment) -> bool:
    """Whether a line of the right column stands above the date: national name, motto, kind of copy."""
    return bool(_MOTTO.search(line.folded)) or is_copy_kind(line.folded)


def _cut_column(segment: Segment, width: int) -> list[Segment]:
    """Part a line that runs over the gap between the header columns."""
    words = segment.words
    starts = [i for i in range(1, len(words)) if _MOTTO_START.match(_folded_from(segment, i))]
    reach = (_COLUMN_EDGE[0] * width, _COLUMN_EDGE[1] * width)
    return cut_at_widest_gap(segment, reach, _COLUMN_GAP, starts)


def _folded_from(segment: Segment, start: int) -> str:
    """The text from a word on, for matching."""
    return fold(" ".join(word.text for word in segment.words[start:]))


def _is_header_anchor(piece: Segment, width: int) -> bool:
    """Whether a line is one that every header ends with: motto, number, or place and date."""
    folded = piece.folded
    if _MOTTO.search(folded):
        return True
    if _DATE.search(folded):
        return piece.box.x0 > 0.35 * width
    return bool(_NUMBER.search(folded)) and piece.box.x1 < 0.6 * width


def _is_title(line: Segment, width: int) -> bool:
    """Whether a line is the centred name of a kind of paper, under which no header goes on."""
    return (
        line.is_shouted and abs(line.centre - width / 2) < 0.12 * width and find_kind(line.text) is not None
    )


def _is_left(piece: Segment, width: int) -> bool:
    """Whether a header line stands in the left column."""
    if _MOTTO.search(piece.folded) or _DATE.search(piece.folded):
        return False
    return piece.centre < 0.46 * width


def _about_lines(lines: Sequence[Segment], width: int) -> list[Segment]:
    """The lines of "V/v ..." under the number of an official letter (zone 5b)."""
    ordered = sorted(lines, key=lambda line: line.middle)
    start = next((i for i, line in enumerate(ordered) if _ABOUT.match(line.folded)), None)
    if start is None:
        return []
    found = [ordered[start]]
    for line in ordered[start + 1 :]:
        gap = line.box.y0 - found[-1].box.y1
        if line.box.x1 > 0.56 * width or gap > 0.8 * line.height:
            break
        found.append(line)
    return found
