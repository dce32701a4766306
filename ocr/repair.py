"""Repairs tone and vowel marks by what the language says (sửa dấu): same letters, likelier syllable.

Each free word may be read as any syllable of the same letters; the best way through a sentence is found by
Viterbi over neighbouring pairs. What is not free (names, numbers, signature block) is context alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.syllables import Scores, SyllableModel
from ocr.tokens import Token, is_same_printed


@dataclass(frozen=True, slots=True)
class RepairWeights:
    """How much likelier (natural logarithm) a syllable must be to replace what was read.

    `doubted` for a word that the reader gave no credit, `trusted` for one it was certain of;
    `capitalised` on top for words with a capital, which may be names; `barred` on top where d and đ change
    places, which readers seldom confuse.
    """

    doubted: float = 1.0
    trusted: float = 7.0
    capitalised: float = 2.0
    barred: float = 3.0


WEIGHTS = RepairWeights()


def repair_marks(
    tokens: Sequence[Token],
    confidences: Sequence[float],
    model: SyllableModel,
    weights: RepairWeights = WEIGHTS,
) -> list[str]:
    """The words with their marks repaired, in the order given; confidences 0 to 1."""
    chosen = [token.before + token.core + token.after for token in tokens]
    start = 0
    for end in range(1, len(tokens) + 1):
        if end == len(tokens) or not tokens[end].follows:
            _repair_run(tokens[start:end], confidences[start:end], model, weights, chosen, start)
            start = end
    return chosen


def _repair_run(
    tokens: Sequence[Token],
    confidences: Sequence[float],
    model: SyllableModel,
    weights: RepairWeights,
    chosen: list[str],
    offset: int,
) -> None:
    """Repair one run of words without punctuation between them."""
    options = [_find_options(token, model) for token in tokens]
    own = [
        _price_options(words, token, confidence, weights)
        for words, token, confidence in zip(options, tokens, confidences, strict=True)
    ]
    numbers = [[model.find_number(word) for word in words] for words in options]
    for place, best in enumerate(find_best_way(own, numbers, model)):
        if best:
            chosen[offset + place] = tokens[place].dress(options[place][best])


def _find_options(token: Token, model: SyllableModel) -> list[str]:
    """What was read, in lower case, and every other syllable of its letters when it may be repaired."""
    read = token.core.lower()
    if not token.is_free:
        return [read]
    return [read] + [word for word in model.same_letters(read) if not is_same_printed(word, read)]


def _price_options(words: Sequence[str], token: Token, confidence: float, weights: RepairWeights) -> Scores:
    """What each option costs before language is asked: nothing for what was read."""
    price = weights.doubted + (weights.trusted - weights.doubted) * confidence
    if token.core[:1].isupper():
        price += weights.capitalised
    return np.array(
        [0.0] + [-price - weights.barred * (word.count("đ") != words[0].count("đ")) for word in words[1:]]
    )


def find_best_way(own: Sequence[Scores], numbers: Sequence[Sequence[int]], model: SyllableModel) -> list[int]:
    """The option of each word on the likeliest way through all (Viterbi).

    `own` scores each option by itself, `numbers` are the model's numbers of the options.
    """
    back: list[np.ndarray] = []
    total = own[0] + model.score(numbers[0])
    for place in range(1, len(own)):
        if len(own[place]) == 1 and len(own[place - 1]) == 1:
            back.append(np.zeros(1, dtype=np.int64))
            total = total * 0
            continue
        steps = total[:, None] + model.score_pairs(numbers[place - 1], numbers[place])
        back.append(steps.argmax(axis=0))
        total = steps.max(axis=0) + own[place]
    way = [int(total.argmax())]
    for links in reversed(back):
        way.append(int(links[way[-1]]))
    return way[::-1]
