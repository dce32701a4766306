"""The order of the best hits, computed here so that both back ends agree (xếp hạng).

BM25 (Robertson and Zaragoza 2009) per field with the settings measured for Vietnamese syllables: words
and neighbouring pairs of the text, title, accents, and how near the words stand to each other in order.
A back end only has to bring the right candidates; ties go to the newest, then to the lower id.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from math import log

from search.queries import WordPlan
from search.text import fold
from search.vocabulary import Statistics

WINDOW = 100
"""How many of a back end's best candidates are ranked here; beyond it its own order stands."""

_SLOP = 50
_TITLE_LENGTH = 12.0


@dataclass(frozen=True, slots=True)
class _Bm25:
    """One field's saturation `k1`, length normalisation `b` and weight."""

    k1: float
    b: float
    weight: float

    def factor(self, frequency: float, length: float, mean: float) -> float:
        """Weighted term-frequency part of BM25."""
        norm = self.k1 * (1 - self.b + self.b * length / max(mean, 1.0))
        return self.weight * frequency / (frequency + norm)


_TEXT = _Bm25(0.9, 0.5, 1.0)
_PAIRS = _Bm25(0.6, 0.5, 0.85)
_TITLE = _Bm25(1.2, 0.5, 0.35)
_TITLE_PAIRS = _Bm25(1.2, 0.5, 0.2975)
_OTHERS = _Bm25(0.9, 0.5, 0.5)
_NEARNESS = _Bm25(0.9, 0.5, 1.5)


@dataclass(frozen=True)
class Candidate:
    """A document a back end proposes (ứng viên): its words joined by spaces, and what breaks ties."""

    id: str
    folded: str
    exact: str
    title_folded: str
    issued: date | None

    @cached_property
    def words(self) -> list[str]:
        """Folded words of title and body."""
        return self.folded.split(" ")


def inverse_frequency(statistics: Statistics, term: str) -> float:
    """How much a term tells apart: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    count = statistics.frequency(term)
    return log(1 + (max(statistics.documents - count, 0) + 0.5) / (count + 0.5))


def _sum(
    terms: Iterable[str], counts: Mapping[str, int], weights: Mapping[str, float], bm25: _Bm25, length: float,
    mean: float,
) -> float:  # fmt: skip
    return sum(weights[t] * bm25.factor(counts[t], length, mean) for t in terms if counts.get(t))


def find_nearness(positions: Sequence[Sequence[int]]) -> float:
    """Sum of 1 / (1 + spread) over places where all words stand near and in order (sloppy phrase).

    `positions[i]` are the places of the i-th query word, ascending; spread is 0 for the exact phrase.
    """
    if not positions or not all(positions):
        return 0.0
    heap = [(places[0] - index, index, 0) for index, places in enumerate(positions)]
    heapq.heapify(heap)
    end = max(place for place, _, _ in heap)
    total, spread = 0.0, _SLOP + 1
    while True:
        place, index, at = heapq.heappop(heap)
        spread = min(spread, end - place)
        following = positions[index][at + 1] - index if at + 1 < len(positions[index]) else None
        limit = heap[0][0] if heap else place
        if (following is None or following > limit) and spread <= _SLOP:
            total += 1 / (1 + spread)
        if following is None:
            return total
        if following > limit:
            spread = _SLOP + 1
        end = max(end, following)
        heapq.heappush(heap, (following, index, at + 1))


class Ranker:
    """Scores candidates for one query (bộ xếp hạng)."""

    def __init__(self, plan: WordPlan, statistics: Statistics) -> None:
        self._plan = plan
        self._statistics = statistics
        self._pairs = plan.pairs
        terms = {*plan.folded, *self._pairs, *plan.others}
        self._weights = {term: inverse_frequency(statistics, term) for term in terms}
        self._exact_weights = self._weigh_exact()
        self._phrase_weight = sum(self._weights[word] for word in plan.folded)

    def _weigh_exact(self) -> dict[str, float]:
        """An accented word tells at least as much as its folded form."""
        return {w: inverse_frequency(self._statistics, fold(w)) for w in self._plan.accented}

    def score(self, candidate: Candidate) -> float:
        """The candidate's score; comparable within one query only."""
        words, mean = candidate.words, self._statistics.mean_length
        length = len(words)
        places = self._places(words)
        counts = {word: len(found) for word, found in places.items()}
        total = _sum(self._plan.folded, counts, self._weights, _TEXT, length, mean)
        total += _sum(self._plan.others, counts, self._weights, _OTHERS, length, mean)
        total += _sum(self._pairs, self._pair_counts(words), self._weights, _PAIRS, length, mean)
        total += self._score_title(candidate.title_folded.split(" "))
        total += self._score_exact(candidate.exact, length)
        nearness = find_nearness([places.get(word, ()) for word in self._plan.folded])
        return total + self._phrase_weight * _NEARNESS.factor(nearness, length, mean)

    def _places(self, words: Sequence[str]) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for at, word in enumerate(words):
            if word in self._weights:
                places.setdefault(word, []).append(at)
        return places

    def _pair_counts(self, words: Sequence[str]) -> Counter[str]:
        known = self._weights
        return Counter(f"{a} {b}" for a, b in pairwise(words) if a in known and b in known)

    def _score_title(self, title: Sequence[str]) -> float:
        length = len(title)
        total = _sum(self._plan.folded, Counter(title), self._weights, _TITLE, length, _TITLE_LENGTH)
        pairs = self._pair_counts(title)
        return total + _sum(self._pairs, pairs, self._weights, _TITLE_PAIRS, length, _TITLE_LENGTH)

    def _score_exact(self, exact: str, length: int) -> float:
        if not self._plan.accented:
            return 0.0
        counts = Counter(word for word in exact.split(" ") if word in self._exact_weights)
        mean = self._statistics.mean_length
        bm25 = _Bm25(0.9, 0.5, self._plan.exact_weight)
        return _sum(self._plan.accented, counts, self._exact_weights, bm25, length, mean)


def newest_first(issued: date | None) -> int:
    """Sort key of the tie-break: newest first, undated last."""
    return -issued.toordinal() if issued else 0


def rank(
    plan: WordPlan, statistics: Statistics, candidates: Sequence[Candidate]
) -> list[tuple[Candidate, float]]:
    """Candidates with their scores, best first; equal scores: newest issued, then lower id."""
    ranker = Ranker(plan, statistics)
    scored = [(candidate, round(ranker.score(candidate), 6)) for candidate in candidates]
    return sorted(scored, key=lambda pair: (-pair[1], newest_first(pair[0].issued), pair[0].id))
