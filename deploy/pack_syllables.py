"""Packs counts of syllables and of neighbouring pairs into the files that `ocr.syllables` loads.

    python deploy/pack_syllables.py SINGLES.tsv.gz PAIRS.tsv.gz

Both files hold lower-case syllables and a count, parted by tabs. The counts in the product are those of 10.1
million syllables of Vietnam's codified law; whoever has other texts of the same kind may pack theirs.
"""

import gzip
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from ocr.syllables import PAIRS_FILE, WORDS_FILE, skeleton, unify_tone  # noqa: E402

LEAST_COUNT = 3
"""Rarer ones are mostly misprints, two words written as one."""
LONGEST = 7
"""Letters of nghiêng, the longest syllable."""


def read_counts(path: Path) -> Counter[tuple[str, ...]]:
    """Counts by syllables, both placements of the tone mark added up."""
    counts: Counter[tuple[str, ...]] = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            *syllables, count = line.rstrip("\n").split("\t")
            counts[tuple(unify_tone(syllable) for syllable in syllables)] += int(count)
    return counts


def pack(singles: Path, pairs: Path) -> None:
    """Write both files."""
    words = {
        word: count
        for (word,), count in read_counts(singles).items()
        if count >= LEAST_COUNT and len(word) <= LONGEST and word.isalpha() and skeleton(word).isascii()
    }
    ordered = sorted(words, key=lambda word: (skeleton(word), -words[word], word))
    number = {word: place for place, word in enumerate(ordered)}
    kept = {
        number[first] * len(ordered) + number[second]: (number[first], count)
        for (first, second), count in read_counts(pairs).items()
        if first in number and second in number
    }
    totals, kinds = Counter[int](), Counter[int]()
    for first, count in kept.values():
        totals[first] += count
        kinds[first] += 1
    rows = (
        f"{skeleton(word)}\t{word}\t{words[word]}\t{totals[place]}\t{kinds[place]}\n"
        for place, word in enumerate(ordered)
    )
    WORDS_FILE.write_text("".join(rows), encoding="utf-8")
    keys = sorted(kept)
    np.save(PAIRS_FILE, np.array([keys, [kept[key][1] for key in keys]], dtype=np.uint32))


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
