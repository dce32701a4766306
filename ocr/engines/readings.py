"""What else each word of a line may be (cách đọc khác), scored by what the recogniser saw.

Candidates are the syllables of the same letters, the recogniser's own second thoughts on single characters,
and at the end of a line the full stop that small networks overlook.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ocr.engine import Reading
from ocr.engines.ctc import Chances, SpanWord, score_words
from ocr.engines.lattice import BLANK, LatticeWord, LineLattice
from ocr.syllables import SyllableModel, swap_tone
from ocr.tokens import has_plain_case, match_case, split_word

_STOP_GAIN = 2.0
"""ln of how much more often a printed line ends in a full stop than the recogniser says (docs/ocr.md)."""
_SECOND_THOUGHT = 0.02
_MOST_THOUGHTS = 6
_LEAST_SCORE = -14.0
_ENDINGS = {"./": "./.", "..": "..."}
_COUNT = re.compile(r"\d{1,2},")


@dataclass(slots=True)
class _Case:
    """A word with its span of frames, its candidates and what typing rules add to each."""

    chances: Chances
    classes: dict[str, int]
    texts: list[str]
    gains: dict[str, float] = field(default_factory=dict)


def find_readings(
    lines: Sequence[tuple[LineLattice, Sequence[LatticeWord], bool]], model: SyllableModel
) -> list[list[tuple[Reading, ...]]]:
    """The other readings worth a thought, by line and word; the flag says that a printed line ends here."""
    cases = [_make_cases(lattice, words, model, ends) for lattice, words, ends in lines]
    flat = [case for line in cases for case in line]
    jobs = [
        SpanWord(case.chances, [case.classes[letter] for letter in text])
        for case in flat
        for text in (case.texts if len(case.texts) > 1 else ())
    ]
    scores = iter(score_words(jobs).tolist())
    return [[_judge(case, scores) for case in line] for line in cases]


def _judge(case: _Case, scores: Iterator[float]) -> tuple[Reading, ...]:
    """The candidates but the first, with their scores against it."""
    if len(case.texts) < 2:
        return ()
    own = next(scores)
    found = [Reading(text, next(scores) - own + case.gains.get(text, 0.0)) for text in case.texts[1:]]
    return tuple(reading for reading in found if reading.score > _LEAST_SCORE)


def score_texts(
    lattice: LineLattice, words: Sequence[LatticeWord], place: int, texts: Sequence[str]
) -> list[tuple[str, float]]:
    """ln of how much likelier each text is than what was read there; none for unknown characters."""
    case = _make_case(_chances(lattice), _classes(lattice), words, place)
    for text in texts:
        _add(case, text)
    jobs = [SpanWord(case.chances, [case.classes[letter] for letter in text]) for text in case.texts]
    scores = score_words(jobs)
    return list(zip(case.texts[1:], (scores[1:] - scores[0]).tolist(), strict=True))


def _make_cases(
    lattice: LineLattice, words: Sequence[LatticeWord], model: SyllableModel, ends_line: bool
) -> list[_Case]:
    """Spans and candidates of a line's words."""
    chances, classes = _chances(lattice), _classes(lattice)
    cases = [_make_case(chances, classes, words, place) for place in range(len(words))]
    for case in cases:
        for text in _iter_texts(case.texts[0], case, model):
            _add(case, text)
    if ends_line and cases:
        _add_endings(cases[-1])
    if len(cases) > 1 and _COUNT.fullmatch(cases[0].texts[0]):
        # A number that opens a line counts clauses: 1., 2.
        _add(cases[0], cases[0].texts[0].replace(",", "."), _STOP_GAIN)
    return cases


def _chances(lattice: LineLattice) -> Chances:
    """Chances of all frames; a space at a word's edge is no part of it and counts as nothing."""
    chances = np.exp(lattice.scores)
    chances[:, BLANK] += chances[:, list(lattice.charset).index(" ") + 1]
    return chances


def _classes(lattice: LineLattice) -> dict[str, int]:
    """The class of each character, in order."""
    return {letter: number for number, letter in enumerate(lattice.charset, start=1)}


def _make_case(chances: Chances, classes: dict[str, int], words: Sequence[LatticeWord], place: int) -> _Case:
    """One word with its span of frames, half-way to its neighbours, and what was read."""
    word = words[place]
    start = (words[place - 1].last + word.first + 1) // 2 if place else 0
    end = (word.last + words[place + 1].first + 1) // 2 if place + 1 < len(words) else len(chances)
    return _Case(chances[start:end], classes, [word.text])


def _add(case: _Case, text: str, gain: float = 0.0) -> None:
    """Put a candidate beside the others if the recogniser knows its characters."""
    text = unicodedata.normalize("NFC", text)
    if text and all(letter in case.classes for letter in text):
        case.gains[text] = max(gain, case.gains.get(text, 0.0))
        if text not in case.texts:
            case.texts.append(text)


def _iter_texts(text: str, case: _Case, model: SyllableModel) -> Iterator[str]:
    """Candidates of one word, what was read left out."""
    thoughts = list(_iter_second_thoughts(text, case))[:_MOST_THOUGHTS]
    for base in (text, *thoughts):
        before, core, after = split_word(base)
        if not core or not has_plain_case(core) or (base is not text and core.lower() in model.numbers):
            continue
        for other in model.same_letters(core):
            for form in (other, swap_tone(other)):
                if form:
                    yield before + match_case(form, core) + after
    yield from thoughts


def _iter_second_thoughts(text: str, case: _Case) -> Iterator[str]:
    """The word with one character replaced or left out as the frames suggest, likeliest first."""
    peaks, letters = _align(text, case), list(case.classes)
    seen = _half_seen(case.chances) if peaks else []
    found: list[tuple[float, str]] = []
    for place, (first, last) in enumerate(peaks):
        own = case.classes[text[place]]
        run: dict[int, float] = {}
        for frame in seen[first:last]:
            for number, chance in frame:
                run[number] = max(chance, run.get(number, 0.0))
        for number, chance in run.items():
            if number not in {own, BLANK, case.classes[" "]}:
                found.append((chance, text[:place] + letters[number - 1] + text[place + 1 :]))
        lowest = run.get(own, 0.0)
        if lowest < 0.9 and len(text) > 1:
            found.append((1 - lowest, text[:place] + text[place + 1 :]))
    yield from (other for _, other in sorted(found, reverse=True))


def _half_seen(chances: Chances) -> list[list[tuple[int, float]]]:
    """The classes of each frame that are worth a second thought, with their chances."""
    seen: list[list[tuple[int, float]]] = [[] for _ in range(len(chances))]
    frames, numbers = np.nonzero(chances > _SECOND_THOUGHT)
    found = chances[frames, numbers]
    for frame, number, chance in zip(frames.tolist(), numbers.tolist(), found.tolist(), strict=True):
        seen[frame].append((number, chance))
    return seen


def _align(text: str, case: _Case) -> list[tuple[int, int]]:
    """The frames of each character, from half-way to its neighbours' surest frames."""
    best: list[int] = case.chances.argmax(axis=1).tolist()
    peaks: list[int] = []
    at = 0
    for letter in text:
        number = case.classes.get(letter)
        if number is None or number not in best[at:]:
            return []
        peaks.append(best.index(number, at))
        at = peaks[-1] + 1
    return [
        (
            (peaks[place - 1] + peak + 1) // 2 if place else max(0, peak - 1),
            ((peak + peaks[place + 1]) // 2 + 1) if place + 1 < len(peaks) else peak + 2,
        )
        for place, peak in enumerate(peaks)
    ]


def _add_endings(case: _Case) -> None:
    """Full stops that may stand at the end of a line."""
    for text in list(case.texts):
        if text[-1].isalnum() or text[-1] in ')"”':
            _add(case, text + ".", _STOP_GAIN)
    read = case.texts[0]
    for short, whole in _ENDINGS.items():
        if read.endswith(short):
            _add(case, read.removesuffix(short) + whole, _STOP_GAIN + _STOP_GAIN)
