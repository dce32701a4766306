"""Printed lines and pieces of them (dòng in): from a reader's words to rows of a column."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from ocr.engine import EngineWord
from ocr.folding import fold
from ocr.types import Box

_JUNK_CONFIDENCE = 0.3
_SIGNS = frozenset('-–—+*/&%§•“”"().,;:…')
_BULLET_READINGS = frozenset("~ˆ¬=_─")
_SAME_ROW = 0.5  # share of a line's height by which the middles of pieces of one row may differ
_JOINED_GAP = 2.5  # line heights; a wider gap parts columns


@dataclass(frozen=True)
class Segment:
    """Words of one printed line in one column (đoạn dòng), box on the reading image."""

    words: tuple[EngineWord, ...]

    @cached_property
    def text(self) -> str:
        """The words joined by one space."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def folded(self) -> str:
        """The text for matching: upper case, no marks."""
        return fold(self.text)

    @cached_property
    def box(self) -> Box:
        """Smallest box around the words."""
        return Box(
            min(word.box.x0 for word in self.words),
            min(word.box.y0 for word in self.words),
            max(word.box.x1 for word in self.words),
            max(word.box.y1 for word in self.words),
        )

    @cached_property
    def height(self) -> int:
        """Median word height in pixels."""
        heights = sorted(word.box.y1 - word.box.y0 for word in self.words)
        return heights[len(heights) // 2]

    @cached_property
    def middle(self) -> float:
        """Height at which the line runs; a stain read as one tall word does not move it."""
        # Dashes and full stops lie beside the middle of a line.
        lettered = [word.box for word in self.words if any(letter.isalnum() for letter in word.text)]
        return median((box.y0 + box.y1) / 2 for box in lettered or [word.box for word in self.words])

    @cached_property
    def centre(self) -> float:
        """The middle of the line across the page."""
        box = self.box
        return (box.x0 + box.x1) / 2

    @cached_property
    def is_shouted(self) -> bool:
        """Whether it is set in capitals."""
        text = self.text
        return text == text.upper() and any(letter.isalpha() for letter in text)


def build_segments(words: Iterable[EngineWord]) -> list[Segment]:
    """The reader's own lines in its order, specks left out."""
    grouped: dict[tuple[int, int], list[EngineWord]] = {}
    for word in words:
        if not is_junk(word):
            grouped.setdefault((word.block, word.line), []).append(word)
    return [Segment(tuple(group)) for group in grouped.values()]


def is_junk(word: EngineWord) -> bool:
    """A mark without letter or digit that the reader itself doubts: specks, rules, seal remains."""
    if any(letter.isalnum() for letter in word.text):
        return False
    return word.confidence < _JUNK_CONFIDENCE or not set(word.text) & (_SIGNS | _BULLET_READINGS)


def is_misread_bullet(word: EngineWord, segment: Segment) -> bool:
    """Whether a word is the dash that opens a list item, read as a similar mark."""
    first = segment.words[0] is word and len(segment.words) > 1
    return first and len(word.text) == 1 and word.text in _BULLET_READINGS


def group_rows(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Pieces by the height they stand at, from top to bottom, in a row from left to right."""
    rows: list[list[Segment]] = []
    middles: list[float] = []
    for segment in sorted(segments, key=lambda item: item.middle):
        if rows and segment.middle - middles[-1] < _SAME_ROW * max(segment.height, rows[-1][0].height):
            rows[-1].append(segment)
            # The row runs where its longest piece runs.
            middles[-1] = max(rows[-1], key=lambda item: len(item.text)).middle
        else:
            rows.append([segment])
            middles.append(segment.middle)
    return [sorted(row, key=lambda item: item.box.x0) for row in rows]


def order_downwards(segments: Iterable[Segment], gap: float = _JOINED_GAP) -> list[Segment]:
    """Lines of one column from top to bottom; pieces of a row less than `gap` heights apart are one line."""
    lines: list[Segment] = []
    for row in group_rows(segments):
        lines.append(row[0])
        for piece in row[1:]:
            last = lines[-1]
            apart = piece.box.x0 - last.box.x1
            if apart < gap * min(last.height, piece.height):
                lines[-1] = Segment(last.words + piece.words)
            else:
                lines.append(piece)
    return lines


def cut_at_widest_gap(
    segment: Segment, reach: tuple[float, float], least: float, starts: Sequence[int] = ()
) -> list[Segment]:
    """Part a line at its widest gap that touches `reach` (x0, x1 in pixels), `least` line heights wide.

    `starts` are places of words before which it is parted whatever the gap.
    """
    words = segment.words
    best, place = 0.0, 0
    for index in range(1, len(words)):
        left, right = words[index - 1].box.x1, words[index].box.x0
        gap = (right - left) / max(1, segment.height) + (100 if index in starts else 0)
        if left < reach[1] and right > reach[0] and gap > best:
            best, place = gap, index
    if best < least or words[place - 1].text.rstrip(":.").casefold() in {"số", "so"}:
        return [segment]
    return [Segment(words[:place]), Segment(words[place:])]
