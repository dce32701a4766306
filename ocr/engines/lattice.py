"""What a line recogniser saw, frame by frame (lưới nhận dạng dòng), and its plain greedy reading."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ocr.engines.spacing import find_missing_spaces
from ocr.syllables import UNKNOWN, load_syllables
from ocr.types import Box

Scores = NDArray[np.float32]
"""Natural log-probabilities, frames by classes."""
BLANK = 0
_FAINT_SPACE = -4.0
"""Inside unknown words a lost space scores above -3.2, two letters of one word below -8.9 (docs/ocr.md)."""
_PUNCTUATION = '.,;:()"“”'


@dataclass(frozen=True, slots=True, eq=False)
class LineLattice:
    """One printed line as a CTC recogniser saw it (lưới một dòng chữ).

    `scores`: frames by classes; class 0 is the CTC blank, class n the character `charset[n - 1]`. `box` is
    the line on the image that was read; the middle of frame f lies at x = `origin + step * f` of it.
    """

    scores: Scores
    charset: Sequence[str]
    box: Box
    origin: float
    step: float

    def x_of(self, frame: float) -> float:
        """The column of the image where a frame's middle lies; halves of frames are fine."""
        return self.origin + self.step * frame

    def span_box(self, first: float, last: float) -> Box:
        """The line's box cut to the columns between two places on the frame axis, at least one pixel wide."""
        x0 = min(max(round(self.x_of(first)), self.box.x0), self.box.x1 - 1)
        x1 = min(max(round(self.x_of(last)), x0 + 1), max(self.box.x1, x0 + 1))
        return Box(x0, self.box.y0, x1, self.box.y1)


@dataclass(frozen=True, slots=True)
class LatticeWord:
    """A word of a lattice (từ trong lưới): NFC text, confidence 0 to 1, place on the frame axis.

    `first` and `last` are the frames of its first and last character's peak; `start` and `end` where it
    begins and ends, half-way to its neighbours' or one character's half width away.
    """

    text: str
    confidence: float
    first: int
    last: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Peak:
    """One character that the greedy path emits: where it is surest and how sure."""

    character: str
    frame: int
    chance: float


def read_greedy(lattice: LineLattice) -> tuple[LatticeWord, ...]:
    """The words of the likeliest path, confidence the mean over a word's characters."""
    peaks = _split_joined(_space_out(list(_iter_peaks(lattice))), lattice)
    words: list[LatticeWord] = []
    begin = 0
    for index in range(len(peaks) + 1):
        if index < len(peaks) and not peaks[index].character.isspace():
            continue
        if index > begin:
            words.append(_make_word(peaks, begin, index))
        begin = index + 1
    return tuple(words)


def _space_out(peaks: Sequence[_Peak]) -> list[_Peak]:
    """The characters with spaces put in where typing rules ask for one; an underscore is a gap, too."""
    text = "".join(peak.character for peak in peaks)
    missing = set(find_missing_spaces(text))
    is_address = "@" in text or "www" in text
    spaced: list[_Peak] = []
    for place, peak in enumerate(peaks):
        if place in missing:
            spaced.append(replace(peak, character=" ", frame=(peaks[place - 1].frame + peak.frame) // 2))
        spaced.append(replace(peak, character=" ") if peak.character == "_" and not is_address else peak)
    return spaced


def _split_joined(peaks: Sequence[_Peak], lattice: LineLattice) -> list[_Peak]:
    """The characters with a space put into words no language knows, where the frames half saw one."""
    space = list(lattice.charset).index(" ") + 1
    known = load_syllables().find_number
    split: list[_Peak] = []
    for is_gap, group in groupby(peaks, key=lambda peak: peak.character.isspace()):
        word = list(group)
        core = "".join(peak.character for peak in word).strip(_PUNCTUATION)
        if is_gap or not core.isalpha() or known(core) != UNKNOWN:
            split += word
            continue
        for place, peak in enumerate(word):
            if place:
                before = word[place - 1].frame
                between = lattice.scores[before : peak.frame + 1, space]
                if between.max() > _FAINT_SPACE:
                    split.append(replace(peak, character=" ", frame=before + int(between.argmax())))
            split.append(peak)
    return split


def _iter_peaks(lattice: LineLattice) -> Iterator[_Peak]:
    """Characters of the likeliest path, repeats without a blank between them taken once."""
    if not len(lattice.scores):
        return
    best = lattice.scores.argmax(axis=1)
    chances: list[float] = np.exp(np.take_along_axis(lattice.scores, best[:, None], axis=1)[:, 0]).tolist()
    starts: list[int] = np.flatnonzero(np.diff(best, prepend=-1)).tolist()
    numbers: list[int] = best.tolist()
    for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True):
        if numbers[start] != BLANK:
            frame = max(range(start, end), key=chances.__getitem__)
            yield _Peak(lattice.charset[numbers[start] - 1], frame, chances[frame])


def _make_word(peaks: Sequence[_Peak], begin: int, end: int) -> LatticeWord:
    """A word of the peaks from `begin` up to `end`."""
    own = peaks[begin:end]
    first, last = own[0].frame, own[-1].frame
    # A character spans about the distance between two peaks; a lone one is as wide as a letter of two frames.
    # Peaks stand a little behind the middle of their characters: measured on drawn lines.
    half = (last - first) / (2 * (len(own) - 1)) if len(own) > 1 else 1.0
    start = peaks[begin - 1].frame if begin else first - half - 0.5
    stop = peaks[end].frame if end < len(peaks) else last + half - 0.4
    return LatticeWord(
        text=unicodedata.normalize("NFC", "".join(peak.character for peak in own)),
        confidence=sum(peak.chance for peak in own) / len(own),
        first=first,
        last=last,
        start=max(start, first - half - 0.5),
        end=min(stop, last + half - 0.4),
    )
