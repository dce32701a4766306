"""Has a strong recogniser look again at the words that were in doubt (đọc lại từ còn ngờ).

Its cost grows with the width of what it is shown: the few words in doubt cost a tenth of a second a page,
all lines seven seconds.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ocr.engine import Grey, Reading
from ocr.engines.ctc import SpanWord, score_words
from ocr.engines.lattice import BLANK, LineLattice, read_greedy
from ocr.engines.line_detector import LineBox
from ocr.engines.lines import Readings, ReadLine
from ocr.engines.readings import score_texts
from ocr.engines.strong_reader import StrongReader
from ocr.repair import Doubt, repair_words
from ocr.syllables import SyllableModel
from ocr.tokens import parse_tokens

DOUBTED = 0.95
"""Words of a lower chance are looked at again: one in sixteen on scans of offices."""
_WEIGHT = 0.2
"""Of the strong recogniser's say: its scores are far apart, and not independent of the first's."""
_LINE_END_AIR = 0.3


@dataclass(frozen=True, slots=True)
class Place:
    """A word by its line and its place on it (vị trí từ)."""

    line: int
    word: int


def find_doubted(lines: Sequence[ReadLine], readings: Readings, model: SyllableModel) -> list[Place]:
    """The words whose likeliest reading, language heard, is none too likely."""
    found: list[Place] = []
    for number, (line, others) in enumerate(zip(lines, readings, strict=True)):
        tokens = parse_tokens([word.text for word in line.words], [""] * len(line.words))
        doubts = [
            Doubt(token, word.confidence, other)
            for token, word, other in zip(tokens, line.words, others, strict=True)
        ]
        chances = [choice.chance for choice in repair_words(doubts, model)]
        found += [Place(number, place) for place, chance in enumerate(chances) if chance < DOUBTED]
    return found


def reread(
    image: Grey, lines: Sequence[ReadLine], readings: Readings, doubted: Sequence[Place], strong: StrongReader
) -> Readings:
    """The readings with the strong recogniser's say in those of the doubted words."""
    told = [list(others) for others in readings]
    for place in doubted:
        line = lines[place.line]
        seen = strong.read_line(image, word_box(line, place.word))
        known = readings[place.line][place.word]
        told[place.line][place.word] = _weigh(line, place.word, known, seen)
    return told


def word_box(line: ReadLine, place: int) -> LineBox:
    """The part of a line that holds one word, up to half-way to its neighbours."""
    word, lattice = line.words[place], line.lattice
    start, end = word.start, word.end
    if place:
        start = (line.words[place - 1].end + start) / 2
    last = place + 1 == len(line.words)
    if not last:
        end = (line.words[place + 1].start + end) / 2
    top, bottom = float(lattice.box.y0), float(lattice.box.y1)
    # A faint full stop stands right behind what was read.
    air = _LINE_END_AIR * (bottom - top) if last else 0.0
    return LineBox(lattice.x_of(start), top, lattice.x_of(end) + air, bottom, 1.0)


def _weigh(line: ReadLine, place: int, known: tuple[Reading, ...], seen: LineLattice) -> tuple[Reading, ...]:
    """Both recognisers' scores together for what either of them reads, against the word as first read."""
    own = line.words[place].text
    first = {own: 0.0} | {reading.text: reading.score for reading in known}
    heard = unicodedata.normalize("NFC", "".join(word.text for word in read_greedy(seen)))
    if heard and heard not in first:
        first |= dict(score_texts(line.lattice, line.words, place, [heard]))
    strong = dict(_iter_strong_scores(seen, list(first)))
    if own not in strong:
        return known
    return tuple(
        Reading(text, score + _WEIGHT * (strong[text] - strong[own]))
        for text, score in first.items()
        if text != own and text in strong
    )


def _iter_strong_scores(seen: LineLattice, texts: Sequence[str]) -> Iterator[tuple[str, float]]:
    """How well each text fits what the strong recogniser saw; none for characters it does not know."""
    classes = {letter: number for number, letter in enumerate(seen.charset, start=1)}
    chances = np.exp(seen.scores)
    chances[:, BLANK] += chances[:, classes[" "]]
    fit = [text for text in texts if all(letter in classes for letter in text)]
    scores = score_words([SpanWord(chances, [classes[letter] for letter in text]) for text in fit])
    yield from zip(fit, scores.tolist(), strict=True)
