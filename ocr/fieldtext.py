"""Page text in which a match of characters leads back to words and their boxes (văn bản có vị trí)."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ocr.calibration import calibrate_field
from ocr.folding import fold
from ocr.types import Box, FieldCandidate, PageText, Word

REVIEW_BELOW = 0.8
"""A value less sure than this goes to a person."""
HANDWRITTEN = "handwritten"
"""Reason of a value written by hand: its reading is a proposal at best."""
_HANDWRITTEN_MOST = 0.3


@dataclass(frozen=True, slots=True)
class FieldText:
    """Words of one page, or of some lines of it, as text with places (văn bản có vị trí)."""

    page: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """Words joined by one space, printed lines by a line feed."""
        parts: list[str] = []
        for index, word in enumerate(self.words):
            if index:
                parts.append(" " if word.line == self.words[index - 1].line else "\n")
            parts.append(word.text)
        return "".join(parts)

    @property
    def folded(self) -> str:
        """The same text without marks in upper case, of the same length."""
        return fold(self.text)

    def words_at(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that a range of characters touches."""
        found: list[Word] = []
        place = 0
        for word in self.words:
            if place < end and place + len(word.text) > start:
                found.append(word)
            place += len(word.text) + 1
        return tuple(found)

    def line_texts(self) -> Iterator["FieldText"]:
        """Each printed line by itself."""
        numbers = dict.fromkeys(word.line for word in self.words)
        for number in numbers:
            yield FieldText(self.page, tuple(word for word in self.words if word.line == number))


def zone_text(pages: Sequence[PageText], page: int, *zones: str) -> FieldText:
    """The words of some zones of a page."""
    return FieldText(page, tuple(word for word in pages[page].words if word.zone in zones))


@dataclass(frozen=True, slots=True)
class Rule:
    """A check of a value (luật kiểm): its name, whether it passed, the reason given where it did not.

    A rule without reason is noted and asks for nothing: its failing is too common on good papers.
    """

    name: str
    passed: bool
    reason: str = ""


def make_candidate(
    name: str,
    value: str | None,
    text: FieldText,
    reasons: Sequence[str] = (),
    span: tuple[int, int] | None = None,
    *,
    rules: Sequence[Rule] = (),
    at_least: float = 0.0,
    box: Box | None = None,
) -> FieldCandidate:
    """A candidate from words of one page: raw reading, chance that all words are right, box around the words.

    `at_least` is what evidence beyond the reader's own says of the value: a list it is on, print that looks
    like it. `box` is where to look, when the words do not say. A missing value, a reason or low confidence
    asks for review.
    """
    words = text.words_at(*span) if span else text.words
    # A value is right when all its words are.
    read = math.prod(word.confidence for word in words) if words else 0.0
    confidence = calibrate_field(name, max(read, at_least))
    failed = (rule.reason for rule in rules if rule.reason and not rule.passed)
    codes = list(dict.fromkeys([*reasons, *failed]))
    if any(word.handwritten for word in words) and HANDWRITTEN not in codes:
        codes.append(HANDWRITTEN)
    if HANDWRITTEN in codes:
        confidence = min(confidence, _HANDWRITTEN_MOST)
    if confidence < REVIEW_BELOW:
        codes.append("low_confidence")
    return FieldCandidate(
        name=name,
        value=value,
        raw=" ".join(word.raw for word in words),
        confidence=round(confidence if value is not None else 0.0, 3),
        page=text.page,
        box=box or union_box(words),
        needs_review=value is None or bool(codes),
        reasons=tuple(codes),
        rules=tuple((rule.name, rule.passed) for rule in rules),
    )


def union_box(words: Sequence[Word]) -> Box | None:
    """The box around words, None without any."""
    return join_boxes(word.box for word in words)


def join_boxes(boxes: Iterable[Box | None]) -> Box | None:
    """The box around boxes, None without any."""
    there = [box for box in boxes if box is not None]
    if not there:
        return None
    return Box(
        min(box.x0 for box in there),
        min(box.y0 for box in there),
        max(box.x1 for box in there),
        max(box.y1 for box in there),
    )


def one_line(text: str) -> str:
    """Text with line breaks and runs of blanks as single spaces."""
    return re.sub(r"\s+", " ", text).strip()
