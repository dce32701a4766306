"""Tells what a line recogniser makes of seals, strokes and specks (chữ rác) from what is printed."""

from collections.abc import Sequence

from ocr.engines.lattice import LatticeWord
from ocr.syllables import UNKNOWN, SyllableModel
from ocr.tokens import split_word

_DOUBTED_LINE = 0.55
_DOUBTED_WORD = 0.8
_DOUBTED_NEIGHBOUR = 0.9
_LONGEST_WORD = 8
"""One letter more than the longest Vietnamese syllable has."""
_DOUBTED_STROKE, _STROKES = 0.7, 4
"""So many words in a row below this confidence are strokes, of which no known word of three letters goes."""
_SHORTEST_KEPT = 3
_LONE_MARKS = frozenset("-–+*%")


def keep_print(words: Sequence[LatticeWord], model: SyllableModel) -> list[bool]:
    """For each word of one detected line whether it may be print; known words and numbers always are.

    What is left out is never seen again, and a faint MẬT or date must be.
    """
    if _is_junk_line(words, model):
        return [not _is_unknown(word, model) or _is_figure(word.text) for word in words]
    strokes = _find_strokes(words)
    junk = [
        _is_tangle(word, model) or (place in strokes and _is_scrap(word, model))
        for place, word in enumerate(words)
    ]
    return [
        not (
            junk[place]
            or (
                any(junk[max(0, place - 1) : place + 2])
                and word.confidence < _DOUBTED_NEIGHBOUR
                and _is_unknown(word, model)
                and not _is_figure(word.text)
            )
        )
        for place, word in enumerate(words)
    ]


def _is_junk_line(words: Sequence[LatticeWord], model: SyllableModel) -> bool:
    """Whether nothing on the line can be made out: specks alone, or letters that nobody is sure of."""
    text = "".join(word.text for word in words)
    if not any(letter.isalnum() for letter in text):
        return not (text in _LONE_MARKS and words[0].confidence > _DOUBTED_WORD)
    letters = sum(len(word.text) for word in words)
    sure = sum(
        len(word.text) for word in words if word.confidence > _DOUBTED_WORD and not _is_unknown(word, model)
    )
    mean = sum(word.confidence * len(word.text) for word in words) / letters
    return mean < _DOUBTED_LINE and letters > 2 * max(1, sure) and any(letter.isalpha() for letter in text)


def _find_strokes(words: Sequence[LatticeWord]) -> frozenset[int]:
    """The places of words that stand in a row of doubtful ones: the border of a stamp, a ruled line."""
    found: set[int] = set()
    start = 0
    for end in range(len(words) + 1):
        if end < len(words) and words[end].confidence < _DOUBTED_STROKE:
            continue
        if end - start >= _STROKES:
            found.update(range(start, end))
        start = end + 1
    return frozenset(found)


def _is_scrap(word: LatticeWord, model: SyllableModel) -> bool:
    """Whether a word is a letter or two or unknown, and no number."""
    core = split_word(word.text)[1]
    return (len(core) < _SHORTEST_KEPT or _is_unknown(word, model)) and not _is_figure(word.text)


def _is_figure(text: str) -> bool:
    """Whether a word may be a number or a date: these are kept, and their doubt is told."""
    digits = sum(letter.isdigit() for letter in text)
    return digits > 0 and digits >= sum(letter.isalpha() for letter in text)


def _is_tangle(word: LatticeWord, model: SyllableModel) -> bool:
    """Whether a word is too long for a syllable, unknown and doubtful."""
    core = split_word(word.text)[1]
    return len(core) > _LONGEST_WORD and word.confidence < _DOUBTED_WORD and _is_unknown(word, model)


def _is_unknown(word: LatticeWord, model: SyllableModel) -> bool:
    """Whether a word is no syllable of the language."""
    core = split_word(word.text)[1]
    return not core or model.find_number(core) == UNKNOWN
