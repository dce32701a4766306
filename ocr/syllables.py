"""Which syllables and pairs of syllables Vietnamese official papers use (mô hình âm tiết).

Counts come from 10.1 million syllables of Vietnam's codified law, packed by `deploy/pack_syllables.py`; texts
of law are outside copyright (Law on intellectual property, article 15). Both ways of placing the tone mark
(hòa, hoà) count as one syllable here: which of them stands on paper is no question of language.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr.folding import fold

_DATA = Path(__file__).parent / "data"
WORDS_FILE = _DATA / "syllables.tsv"
PAIRS_FILE = _DATA / "syllable-pairs.npy"

UNKNOWN = -1
"""The number of a word that is no syllable of the model."""
NO_SYLLABLE = -2
"""The number of what is no word: figures, codes, marks."""
_DISCOUNT = 0.75  # absolute discounting, the usual value for counts of this size
_UNSEEN_SHARE = 1e-7  # of one unknown word: names, foreign words
_FIGURE_SHARE = 1e-4  # of one number, code or mark: about that of a common word
_CACHED_WORDS = 20_000  # more than a page has; some 2 MB
_OPEN_PAIRS = {"o": "ae", "u": "y"}
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")

Numbers = NDArray[np.int64]
Scores = NDArray[np.float64]


@lru_cache(maxsize=_CACHED_WORDS)
def skeleton(word: str) -> str:
    """The letters without tone and vowel marks, đ as d, in lower case."""
    return fold(word).lower()


@lru_cache(maxsize=_CACHED_WORDS)
def unify_tone(word: str) -> str:
    """Lower case with the tone mark of a final oa, oe, uy on its first letter: hoà as hòa, but quý stays."""
    word = unicodedata.normalize("NFC", word.lower())
    moved = swap_tone(word)
    return moved if moved and unicodedata.normalize("NFD", word[-1])[-1] in _TONES else word


@lru_cache(maxsize=_CACHED_WORDS)
def swap_tone(word: str) -> str | None:
    """The other placement of the tone mark in a final oa, oe, uy of a lower-case word, or None."""
    if len(word) < 2 or (len(word) > 2 and word[-3] == "q"):
        return None
    first, second = (unicodedata.normalize("NFD", letter) for letter in word[-2:])
    bare = first[0] + second[0]
    marks = first[1:] + second[1:]
    if second[0] not in _OPEN_PAIRS.get(first[0], "") or len(marks) != 1 or marks not in _TONES:
        return None
    other = bare[0] + marks + bare[1] if len(second) > 1 else bare + marks
    return word[:-2] + unicodedata.normalize("NFC", other)


@dataclass(frozen=True, slots=True)
class SyllableModel:
    """Counts of syllables and of neighbouring pairs, with back-off (mô hình âm tiết).

    Words are given by their number; `UNKNOWN` is any other word. Scores are natural logarithms of
    probabilities.
    """

    words: tuple[str, ...]
    numbers: Mapping[str, int]
    by_skeleton: Mapping[str, tuple[int, ...]]
    single: Scores
    follower_total: Numbers
    follower_kinds: Numbers
    pair_keys: NDArray[np.uint32]
    pair_counts: NDArray[np.uint32]

    def find_number(self, word: str) -> int:
        """The number of a word in either case and tone placement, or UNKNOWN."""
        return self.numbers.get(unify_tone(word), UNKNOWN)

    def same_letters(self, word: str) -> tuple[str, ...]:
        """The syllables with the letters of a word whatever its marks, in lower case."""
        return tuple(self.words[number] for number in self.by_skeleton.get(skeleton(word), ()))

    def score(self, numbers: Sequence[int] | Numbers) -> Scores:
        """How likely each word is by itself."""
        return self.single[np.asarray(numbers, dtype=np.int64)]

    def score_pairs(self, before: Sequence[int] | Numbers, after: Sequence[int] | Numbers) -> Scores:
        """How likely each word of `after` (columns) is behind each of `before` (rows)."""
        first = np.asarray(before, dtype=np.int64)[:, None]
        second = np.asarray(after, dtype=np.int64)[None, :]
        single = np.exp(self.single[second])
        total = self.follower_total[first].astype(np.float64)
        kinds = self.follower_kinds[first]
        seen = self._count_pairs(first, second)
        safe = np.maximum(total, 1.0)
        backed = np.where(total > 0, _DISCOUNT * kinds / safe, 1.0)
        return np.asarray(np.log(np.maximum(seen - _DISCOUNT, 0) / safe + backed * single), dtype=np.float64)

    def _count_pairs(self, first: Numbers, second: Numbers) -> Numbers:
        """How often each pair was seen."""
        known = (first >= 0) & (second >= 0)
        wanted = np.where(known, first * len(self.words) + second, 0).astype(np.uint32)
        places = np.minimum(np.searchsorted(self.pair_keys, wanted), len(self.pair_keys) - 1)
        found = known & (self.pair_keys[places] == wanted)
        return np.where(found, self.pair_counts[places], 0).astype(np.int64)


@cache
def load_syllables() -> SyllableModel:
    """The built-in model, read once; the pairs stay on disk until they are asked for."""
    rows = [line.split("\t") for line in WORDS_FILE.read_text(encoding="utf-8").splitlines()]
    counts = np.array([int(row[2]) for row in rows], dtype=np.float64)
    # The last entries are reached by the indexes -2 and -1, NO_SYLLABLE and UNKNOWN.
    single = np.log(np.append(counts / counts.sum(), [_FIGURE_SHARE, _UNSEEN_SHARE]))
    by_skeleton: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        by_skeleton.setdefault(row[0], []).append(number)
    pairs = np.load(PAIRS_FILE, mmap_mode="r", allow_pickle=False)
    return SyllableModel(
        words=tuple(row[1] for row in rows),
        numbers={row[1]: number for number, row in enumerate(rows)},
        by_skeleton={letters: tuple(group) for letters, group in by_skeleton.items()},
        single=single,
        follower_total=np.array([int(row[3]) for row in rows] + [0, 0], dtype=np.int64),
        follower_kinds=np.array([int(row[4]) for row in rows] + [0, 0], dtype=np.int64),
        # Plain views: every look-up in a memory map's own class costs as much as the search.
        pair_keys=np.asarray(pairs[0]),
        pair_counts=np.asarray(pairs[1]),
    )
