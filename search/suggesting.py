"""How a suggestion is written (gợi ý): with accents, as the words stand in documents the searcher may see.

A search works on folded words; a person reads "giấy phép", not "giay phep". The accents come from hits of
the searcher's own scope, so a suggestion never shows a word that the searcher could not find.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import Protocol

from search.text import fold

FEW = 2
"""A search with so many hits or fewer is worth a suggestion."""

_ROWS = 30


class Worded(Protocol):
    """A document with its words, folded and exact, one to one."""

    @property
    def folded(self) -> str:
        """Folded words joined by spaces."""
        ...

    @property
    def exact(self) -> str:
        """The same words with their accents."""
        ...


class _Forms:
    """How often each exact form of the wanted words stands in some documents, alone and in pairs."""

    def __init__(self, words: Sequence[str], rows: Sequence[Worded]) -> None:
        self.single: dict[str, Counter[str]] = {word: Counter() for word in words}
        self._pairs: Counter[tuple[str, str]] = Counter()
        for row in rows[:_ROWS]:
            self._count(row)

    def _count(self, row: Worded) -> None:
        both = list(zip(row.folded.split(" "), row.exact.split(" "), strict=False))
        for folded, exact in both:
            if folded in self.single:
                self.single[folded][exact] += 1
        for (first, exact), (second, following) in pairwise(both):
            if first in self.single and second in self.single:
                self._pairs[exact, following] += 1

    def fit(self, before: str, word: str) -> float:
        """How well one exact form follows another, as a logarithm."""
        return log((self._pairs[before, word] + 0.01) * (self.single[fold(word)][word] + 0.01))


def restore_accents(words: Sequence[str], typed: Sequence[str], rows: Sequence[Worded]) -> str | None:
    """The folded words as they are written in these documents; what was typed with accents stays as typed.

    None when a word that was not typed occurs in none of them.
    """
    forms = _Forms(words, rows)
    kept = {fold(word): word for word in typed}
    choices: list[list[str]] = []
    for word in words:
        own = kept.get(word)
        if own is not None and own != word:
            choices.append([own])
        elif forms.single[word]:
            choices.append([form for form, _ in forms.single[word].most_common(8)])
        elif own is not None:
            choices.append([own])
        else:
            return None
    return " ".join(_best_path(choices, forms))


def _best_path(choices: Sequence[Sequence[str]], forms: _Forms) -> tuple[str, ...]:
    """The most usual sequence of forms, word by word (Viterbi)."""
    paths: dict[str, tuple[float, tuple[str, ...]]] = {"": (0.0, ())}
    for options in choices:
        paths = {
            form: max((score + forms.fit(last, form), (*path, form)) for last, (score, path) in paths.items())
            for form in options
        }
    return max(paths.values())[1]
