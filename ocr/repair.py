"""Repairs words by what the language says (sửa dấu): same letters, likelier syllable.

A free word may be read as any syllable of the same letters, or as one of the other readings that its reader
offers; the best way through a sentence is found by Viterbi over neighbouring pairs. What is not free (names,
numbers, signature block) is context alone and follows its reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.engine import Reading
from ocr.names import is_name_syllable
from ocr.syllables import NO_SYLLABLE, Scores, SyllableModel
from ocr.tokens import Guard, Token, is_same_printed, split_word

_NAME_GAIN = 3.0
"""ln of how much likelier a syllable of names is in a name than any other."""


@dataclass(frozen=True, slots=True)
class RepairWeights:
    """How much likelier (natural logarithm) a syllable must be to replace what was read.

    `doubted` for a word that the reader gave no credit, `trusted` for one it was certain of;
    `capitalised` on top for words with a capital, which may be names; `barred` on top where d and đ change
    places, which readers seldom confuse. Words whose reader offers other readings need none of these.
    """

    doubted: float = 1.0
    trusted: float = 7.0
    capitalised: float = 2.0
    barred: float = 3.0


WEIGHTS = RepairWeights()


@dataclass(frozen=True, slots=True)
class Doubt:
    """What may stand in place of a word (từ còn ngờ): token, its reader's confidence, other readings."""

    token: Token
    confidence: float
    readings: tuple[Reading, ...] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a word was taken for, and the chance of that among its readings, 0 to 1 (kết quả chọn)."""

    text: str
    chance: float


@dataclass(frozen=True, slots=True)
class _Options:
    """The ways to read one word: texts, the scores of their reader, their numbers in the model."""

    texts: tuple[str, ...]
    own: Scores
    numbers: tuple[int, ...]


def repair_words(
    words: Sequence[Doubt], model: SyllableModel, weights: RepairWeights = WEIGHTS
) -> list[Choice]:
    """The likeliest text of each word, in the order given."""
    chosen: list[Choice] = []
    start = 0
    for end in range(1, len(words) + 1):
        if end == len(words) or not words[end].token.follows:
            chosen += _choose([_find_options(word, model, weights) for word in words[start:end]], model)
            start = end
    return chosen


def _find_options(word: Doubt, model: SyllableModel, weights: RepairWeights) -> _Options:
    """What was read first, then what its reader or the syllables of the same letters offer."""
    token = word.token
    read = token.before + token.core + token.after
    if word.readings is not None:
        texts = (read, *(reading.text for reading in word.readings))
        own = np.array([0.0, *(reading.score for reading in word.readings)])
        cores = [split_word(text)[1] for text in texts]
        if token.guard is Guard.NAME:
            own = own + [_NAME_GAIN * is_name_syllable(core) for core in cores]
        if token.guard in {Guard.NAME, Guard.FIXED}:
            return _settle(texts, own, model.find_number(token.core) if token.core else NO_SYLLABLE)
        return _Options(texts, own, tuple(model.find_number(core) if core else NO_SYLLABLE for core in cores))
    lower = token.core.lower()
    words = [lower]
    if token.guard is Guard.FREE:
        words += [other for other in model.same_letters(lower) if not is_same_printed(other, lower)]
    own = np.array([0.0, *(-_price(other, word, weights) for other in words[1:])])
    texts = (read, *(token.dress(other) for other in words[1:]))
    return _Options(texts, own, tuple(model.find_number(other) if other else NO_SYLLABLE for other in words))


def _settle(texts: tuple[str, ...], own: Scores, number: int) -> _Options:
    """The reader's own best, which language has no say in."""
    best = int(own.argmax())
    return _Options((texts[best],), np.array([_log_chance(own, best)]), (number,))


def _price(other: str, word: Doubt, weights: RepairWeights) -> float:
    """How much likelier another syllable must be than what was read."""
    read = word.token.core
    price = weights.doubted + (weights.trusted - weights.doubted) * word.confidence
    if read[:1].isupper():
        price += weights.capitalised
    return price + weights.barred * (other.count("đ") != read.lower().count("đ"))


def _choose(options: Sequence[_Options], model: SyllableModel) -> list[Choice]:
    """The best option of each word of a run, with its chance beside its neighbours' best."""
    way = find_best_way([each.own for each in options], [each.numbers for each in options], model)
    chosen: list[Choice] = []
    for place, (each, best) in enumerate(zip(options, way, strict=True)):
        if len(each.texts) == 1:
            chosen.append(Choice(each.texts[0], float(np.exp(min(each.own[0], 0.0)))))
            continue
        score = each.own.copy()
        if place:
            score += model.score_pairs([options[place - 1].numbers[way[place - 1]]], each.numbers)[0]
        else:
            score += model.score(each.numbers)
        if place + 1 < len(options):
            score += model.score_pairs(each.numbers, [options[place + 1].numbers[way[place + 1]]])[:, 0]
        chosen.append(Choice(each.texts[best], float(np.exp(_log_chance(score, best)))))
    return chosen


def _log_chance(scores: Scores, place: int) -> float:
    """ln of one option's share of all."""
    top = float(scores.max())
    return float(scores[place] - top - np.log(np.exp(scores - top).sum()))


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
