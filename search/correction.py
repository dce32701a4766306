"""Words that occur nowhere, replaced in context by words of the index (sửa âm tiết lạ).

Only a syllable absent from the index is touched: with short Vietnamese syllables any looser fuzziness
turns most words into their neighbours.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from search.vocabulary import Statistics, Vocabulary

_ALPHABET = "abcdeghiklmnopqrstuvxy"
_LOOK_ALIKES = (
    ("rn", "m"), ("ri", "n"), ("cl", "d"), ("ll", "u"), ("ii", "n"), ("vv", "w"), ("m", "rn"), ("b", "h"),
    ("q", "g"), ("c", "e"), ("1", "l"), ("1", "i"), ("0", "o"), ("5", "s"), ("8", "b"), ("6", "g"),
    ("l", "i"), ("f", "t"), ("t", "l"), ("w", ""),
)  # fmt: skip
_TELEX = (
    (r"([aeo])\1", r"\1"),
    (r"dd", "d"),
    (r"[sfrxjz](?=$)", ""),
    (r"w", ""),
    (r"(?<=[aeiouy])[sfrxj]", ""),
)
_TELEX_WEIGHT = 3.0
_LOOK_ALIKE_WEIGHT = 1.5
_MAX_UNKNOWN = 8
_MAX_ALTERED = 8
_CLEAR_GAIN = 10.0
_LONGEST = 12
_MAX_DIGITS = 4
"""A word of more digits is a number of something: no slip of the pen leads to another one."""


Options = dict[str, float]
"""Candidates for one word with their weight."""
FindVisible = Callable[[Sequence[str]], set[str]]


@dataclass(frozen=True, slots=True)
class Correction:
    """Words to search for (từ sau khi sửa) and further candidates that may help, if any was unknown."""

    words: tuple[str, ...]
    others: tuple[str, ...] = ()
    is_changed: bool = False


def _edits(word: str) -> set[str]:
    """Every string one deletion, swap, replacement or insertion away."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    near = {left + right[1:] for left, right in cuts if right}
    near |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    near |= {left + char + right[1:] for left, right in cuts if right for char in _ALPHABET}
    near |= {left + char + right for left, right in cuts for char in _ALPHABET}
    return near


def _look_alikes(word: str) -> set[str]:
    return {
        word[:at] + good + word[at + len(bad) :]
        for bad, good in _LOOK_ALIKES
        for at in range(len(word))
        if word.startswith(bad, at)
    }


def _telex(word: str) -> str:
    """What was meant when Telex keys were typed without an input method: nguwowif is nguoi."""
    for pattern, replacement in _TELEX:
        word = re.sub(pattern, replacement, word)
    return word


def _candidates(word: str) -> Options:
    """Possible words with their weight; a space inside means two words run together."""
    found = dict.fromkeys(_edits(word), 1.0)
    found.update(dict.fromkeys(_look_alikes(word), _LOOK_ALIKE_WEIGHT))
    found.update({f"{word[:at]} {word[at:]}": 1.0 for at in range(1, len(word))})
    telex = _telex(word)
    if telex != word:
        found[telex] = _TELEX_WEIGHT
    found.pop(word, None)
    return {candidate: weight for candidate, weight in found.items() if candidate}


def _context_pairs(words: Sequence[str], at: int, candidate: str) -> tuple[str, str]:
    first, last = candidate.split(" ")[0], candidate.split(" ")[-1]
    before = f"{words[at - 1]} {first}" if at else ""
    after = f"{last} {words[at + 1]}" if at + 1 < len(words) else ""
    return before, after


def _fit(words: Sequence[str], at: int, candidate: str, pairs: Statistics) -> float:
    """How well a word stands between its neighbours."""
    before, after = _context_pairs(words, at, candidate)
    return (pairs.frequency(before) + 0.1) * (pairs.frequency(after) + 0.1)


def _rank(words: Sequence[str], at: int, known: Options, pairs: Statistics) -> list[str]:
    """Candidates by how often they stand between their neighbours."""

    def score(candidate: str) -> tuple[float, str]:
        return -_fit(words, at, candidate, pairs) * known[candidate], candidate

    return sorted(known, key=score)


def _is_syllable(word: str) -> bool:
    """Short enough for one or two syllables: a pasted string of hundreds has a hundred thousand edits."""
    return word.isascii() and 2 <= len(word) <= _LONGEST


def _is_number(word: str) -> bool:
    return sum(map(str.isdecimal, word)) > _MAX_DIGITS


def _find_unknown(words: Sequence[str], counts: Statistics, find_visible: FindVisible) -> list[int]:
    """Places of words that no unrestricted document has, nor any other the searcher may see."""
    missing = {
        word for word in words if not counts.frequency(word) and _is_syllable(word) and not _is_number(word)
    }
    if not missing or not counts.documents:
        return []
    missing -= find_visible(sorted(missing))
    return [at for at, word in enumerate(words) if word in missing][:_MAX_UNKNOWN]


def _read_known(options: Mapping[int, Options], vocabulary: Vocabulary) -> dict[int, Options]:
    """The candidates that are words of the index; of two words run together also their pair."""
    every = {candidate for found in options.values() for candidate in found}
    parts = {part for candidate in every for part in candidate.split(" ")}
    seen = vocabulary.read_statistics(parts, {candidate for candidate in every if " " in candidate})

    def is_known(candidate: str) -> bool:
        return all(map(seen.frequency, (candidate, *candidate.split(" "))))

    return {at: {c: weight for c, weight in found.items() if is_known(c)} for at, found in options.items()}


def correct_words(
    words: Sequence[str], vocabulary: Vocabulary, find_visible: FindVisible = lambda _: set()
) -> Correction:
    """The folded words with each unknown one replaced by the index's word that fits its neighbours.

    `find_visible` tells which of some words stand in restricted documents the searcher may see: those are
    no mistakes for that searcher, and remain unknown for everyone else.
    """
    unknown = _find_unknown(words, vocabulary.read_statistics(set(words), ()), find_visible)
    if not unknown:
        return Correction(tuple(words))
    known = _read_known({at: _candidates(words[at]) for at in unknown}, vocabulary)
    pairs = {
        pair
        for at, found in known.items()
        for candidate in found
        for pair in _context_pairs(words, at, candidate)
        if pair
    }
    context = vocabulary.read_statistics((), pairs)
    return _replace(words, {at: _rank(words, at, found, context) for at, found in known.items() if found})


def _replace(words: Sequence[str], ranked: dict[int, list[str]]) -> Correction:
    corrected: list[str] = []
    others: list[str] = []
    for at, word in enumerate(words):
        best = ranked.get(at, [])
        corrected.extend(best[0].split(" ") if best else [word])
        others.extend(part for candidate in best[1:3] for part in candidate.split(" "))
    return Correction(tuple(corrected), tuple(others), is_changed=bool(ranked))


def find_alternative(words: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...] | None:
    """The words with the one changed that then fits its neighbours far better; None when none does.

    For searches that found little although every word occurs somewhere: "giay phep say dung".
    """
    if not 2 <= len(words) <= _MAX_ALTERED:
        return None
    options = {
        at: _candidates(word) for at, word in enumerate(words) if _is_syllable(word) and not _is_number(word)
    }
    known = _read_known(options, vocabulary)
    pairs = {
        pair
        for at, found in known.items()
        for candidate in (*found, words[at])
        for pair in _context_pairs(words, at, candidate)
        if pair
    }
    context = vocabulary.read_statistics((), pairs)
    best, gain = None, _CLEAR_GAIN
    for at, found in known.items():
        before = _fit(words, at, words[at], context)
        for candidate in found:
            better = _fit(words, at, candidate, context) / before
            if better > gain:
                best, gain = (*words[:at], *candidate.split(" "), *words[at + 1 :]), better
    return best
