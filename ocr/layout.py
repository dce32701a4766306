"""Printed lines in reading order (thứ tự đọc), the two header columns of decree 30/2020 kept apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.engine import EngineWord
from ocr.folding import fold
from ocr.kinds import find_kind
from ocr.types import Box

_HEADER_SHARE = 0.36  # quốc hiệu, agency, number, date and "V/v" lie above this share of a first page
_COLUMN_EDGE = (0.25, 0.66)  # the gap between two columns lies between these shares of the width
_MOTTO = re.compile(r"CONG H[OQ]A XA|HOI CHU NGHIA|D[OQ]C LAP\W*TU|TU DO\W*HANH")
_MOTTO_START = re.compile(r"\W*(C[OQ]NG H[OQ]A|D[OQ]C LAP\b)")
_DATE = re.compile(r"NG[AÀ]Y\b.*\bTH[AÁ]NG\b|\bTHANG\b.*\bNAM\b")
_NUMBER = re.compile(r"^\W*S[O06]\s*[:.;]|^\W*S[O06]\b.*/|^\W*\d*\s*/\s*[A-Z]")
_RECIPIENTS = re.compile(r"^\W*N[OƠ]I\s*NH[AÂ]N")
_ABOUT = re.compile(r"^\W*V\s*/\s*[VW]\b")
_JUNK_CONFIDENCE = 0.3
_SIGNS = frozenset('-–—+*/&%§•“”"().,;:…')
_BULLET_READINGS = frozenset("~ˆ¬=_─")


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one printed line in one column (đoạn dòng), box on the reading image."""

    words: tuple[EngineWord, ...]

    @property
    def text(self) -> str:
        """The words joined by one space."""
        return " ".join(word.text for word in self.words)

    @property
    def folded(self) -> str:
        """The text for matching: upper case, no marks."""
        return fold(self.text)

    @property
    def box(self) -> Box:
        """Smallest box around the words."""
        return Box(
            min(word.box.x0 for word in self.words),
            min(word.box.y0 for word in self.words),
            max(word.box.x1 for word in self.words),
            max(word.box.y1 for word in self.words),
        )

    @property
    def height(self) -> int:
        """Median word height in pixels."""
        heights = sorted(word.box.y1 - word.box.y0 for word in self.words)
        return heights[len(heights) // 2]


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a page by region, each in reading order (bố cục trang)."""

    left_header: tuple[Segment, ...]
    right_header: tuple[Segment, ...]
    body: tuple[Segment, ...]
    recipients: tuple[Segment, ...]
    signature: tuple[Segment, ...]
    width: int
    height: int

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All lines in reading order."""
        return self.left_header + self.right_header + self.body + self.recipients + self.signature


def find_layout(words: Sequence[EngineWord], width: int, height: int) -> Layout:
    """Group words into lines and regions on a page of the given size in pixels."""
    lines = _printed_lines([word for word in words if not _is_junk(word)])
    header, rest = _split_header(lines, width, height)
    left, right = header
    body, recipients, signature = _split_foot(rest, width)
    return Layout(left, right, body, recipients, signature, width, height)


def _is_junk(word: EngineWord) -> bool:
    """A mark without letter or digit that the reader itself doubts: specks, rules, seal remains."""
    if any(letter.isalnum() for letter in word.text):
        return False
    return word.confidence < _JUNK_CONFIDENCE or not set(word.text) & (_SIGNS | _BULLET_READINGS)


def is_misread_bullet(word: EngineWord, segment: Segment) -> bool:
    """Whether a word is the dash that opens a list item, read as a similar mark."""
    first = segment.words[0] is word and len(segment.words) > 1
    return first and len(word.text) == 1 and word.text in _BULLET_READINGS


def _printed_lines(words: Sequence[EngineWord]) -> list[Segment]:
    """The reader's own lines in its order."""
    grouped: dict[tuple[int, int], list[EngineWord]] = {}
    for word in words:
        grouped.setdefault((word.block, word.line), []).append(word)
    return [Segment(tuple(group)) for group in grouped.values()]


def _split_at_column(segment: Segment, width: int) -> list[Segment]:
    """Part a line that runs over the gap between two columns."""
    words = segment.words
    best, place = 0.0, 0
    for index in range(1, len(words)):
        left, right = words[index - 1].box.x1, words[index].box.x0
        known = _MOTTO_START.match(fold(" ".join(word.text for word in words[index:])))
        inside = left < _COLUMN_EDGE[1] * width and right > _COLUMN_EDGE[0] * width
        gap = (right - left) / max(1, segment.height) + (100 if known else 0)
        if inside and gap > best:
            best, place = gap, index
    if best < 1.3 or words[place - 1].text.rstrip(":.").casefold() in {"số", "so"}:
        return [segment]
    return [Segment(words[:place]), Segment(words[place:])]


def _split_header(
    lines: list[Segment], width: int, height: int
) -> tuple[tuple[tuple[Segment, ...], tuple[Segment, ...]], list[Segment]]:
    """The two header columns and the other lines; no header where no motto or number and date is."""
    title = min((line.box.y0 for line in lines if _is_title(line, width)), default=height)
    top = [line for line in lines if line.box.y1 < min(_HEADER_SHARE * height, title + line.height)]
    if not any(_MOTTO.search(line.folded) for line in top):
        return ((), ()), lines
    parts = {id(line): _split_at_column(line, width) for line in top}
    pieces = [piece for line in top for piece in parts[id(line)]]
    bottom = max(
        (piece.box.y1 for piece in pieces if _is_header_anchor(piece, width)),
        default=0,
    )
    left, right, used = list[Segment](), list[Segment](), set[int]()
    for line in top:
        if (line.box.y0 + line.box.y1) / 2 > bottom:
            continue
        used.add(id(line))
        for piece in parts[id(line)]:
            (left if _is_left(piece, width) else right).append(piece)
    subject = _about_lines([line for line in top if id(line) not in used], width)
    used.update(id(line) for line in subject)
    left.extend(subject)
    rest = [line for line in lines if id(line) not in used]
    return (_downwards(left), _downwards(right)), rest


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
    centre = (line.box.x0 + line.box.x1) / 2
    shouted = line.text == line.text.upper()
    return shouted and abs(centre - width / 2) < 0.12 * width and find_kind(line.text) is not None


def _is_left(piece: Segment, width: int) -> bool:
    """Whether a header line stands in the left column."""
    if _MOTTO.search(piece.folded) or _DATE.search(piece.folded):
        return False
    return (piece.box.x0 + piece.box.x1) / 2 < 0.46 * width


def _about_lines(lines: Sequence[Segment], width: int) -> list[Segment]:
    """The lines of "V/v ..." under the number of an official letter (zone 5b)."""
    ordered = sorted(lines, key=lambda line: line.box.y0)
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


def _split_foot(
    lines: list[Segment], width: int
) -> tuple[tuple[Segment, ...], tuple[Segment, ...], tuple[Segment, ...]]:
    """Body, recipients (zone 9b) and signature block (zone 7) of the lines under the header."""
    label = next((line for line in lines if _RECIPIENTS.match(line.folded)), None)
    if label is None:
        return tuple(lines), (), ()
    body, recipients, signature = list[Segment](), list[Segment](), list[Segment]()
    for line in lines:
        if (line.box.y0 + line.box.y1) / 2 < label.box.y0:
            body.append(line)
            continue
        for piece in _split_at_column(line, width):
            centre = (piece.box.x0 + piece.box.x1) / 2
            right = piece.box.x0 > 0.4 * width or centre > 0.56 * width
            (signature if right else recipients).append(piece)
    return tuple(body), _downwards(recipients), _downwards(signature)


def _downwards(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Segments of one column from top to bottom; pieces on the same height from left to right."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda item: item.box.y0 + item.box.y1):
        middle = (segment.box.y0 + segment.box.y1) / 2
        if rows and middle < rows[-1][0].box.y1 - 0.3 * segment.height:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return tuple(item for row in rows for item in sorted(row, key=lambda segment: segment.box.x0))
