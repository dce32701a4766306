"""Lines that a recogniser read, made into the page's words with all they may be (dòng đã đọc)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ocr.engine import EngineWord, Reading
from ocr.engines.junk import keep_print
from ocr.engines.lattice import LatticeWord, LineLattice, read_greedy
from ocr.engines.readings import find_readings
from ocr.syllables import SyllableModel
from ocr.types import Box

Readings = Sequence[Sequence[tuple[Reading, ...]]]
"""Other readings by line and word."""
Decode = Callable[[LineLattice], Sequence[LatticeWord]]


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A detected line and its words (dòng đã đọc); `number` counts printed lines, `ends`: one ends here."""

    lattice: LineLattice
    words: tuple[LatticeWord, ...]
    number: int
    ends: bool

    @property
    def boxes(self) -> list[Box]:
        """The words' boxes on the image that was read."""
        return [self.lattice.span_box(word.start, word.end) for word in self.words]


def read_lines(rows: Sequence[Sequence[LineLattice]], decode: Decode = read_greedy) -> list[ReadLine]:
    """The words of detected lines, given by printed lines."""
    return [
        ReadLine(lattice, tuple(decode(lattice)), number, lattice is row[-1])
        for number, row in enumerate(rows)
        for lattice in row
    ]


def find_line_readings(lines: Sequence[ReadLine], model: SyllableModel) -> Readings:
    """What else each word may be."""
    return find_readings([(line.lattice, line.words, line.ends) for line in lines], model)


def make_words(lines: Sequence[ReadLine], readings: Readings, model: SyllableModel) -> tuple[EngineWord, ...]:
    """The page's words with their other readings, junk left out."""
    return tuple(
        word
        for line, others in zip(lines, readings, strict=True)
        for word in _iter_words(line, others, model)
    )


def _iter_words(
    line: ReadLine, readings: Sequence[tuple[Reading, ...]], model: SyllableModel
) -> Iterator[EngineWord]:
    """A line's words with their boxes on the image."""
    kept = keep_print(line.words, model)
    for word, box, others, is_print in zip(line.words, line.boxes, readings, kept, strict=True):
        if is_print:
            yield EngineWord(
                text=word.text,
                confidence=min(max(word.confidence, 0.0), 1.0),
                box=box,
                block=1,
                line=line.number,
                readings=others,
            )
