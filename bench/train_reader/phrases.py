"""Invented wording of official papers for training the line reader (lời văn bịa): syllables, figures, names.

Running text is a walk over the pairs of syllables that ocr/syllables.py counts in codified law, with rare and
made-up syllables strewn in, so that the network learns marks from their shape and not from the context alone.
"""

import random
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

import numpy as np

from ocr.syllables import load_syllables, swap_tone

Words = list[str]

_WORDS = {
    name: tuple(words.split("|"))
    for name, words in (
        row.split("\t") for row in Path(__file__).with_name("words.tsv").read_text("utf-8").splitlines()
    )
}
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_STOPPED_TONES = ("\u0301", "\u0323")
"""All that syllables ending in p, t, c and ch bear."""

_PAIR_POWER, _COMMON_POWER, _RARE_POWER = 0.75, 0.75, 0.25
"""Counts are flattened: a plain walk would show the hundred commonest syllables nearly always."""
_MOODS = ((0.6, 0.01, 0.03), (0.3, 0.05, 0.25), (0.1, 0.6, 0.3))
"""Share of texts, share of made-up syllables in them, share of rare ones."""
_VOWELS = "aăâeêioôơuưy"
_ENDINGS = ((0.07, ","), (0.02, "."), (0.015, ";"), (0.007, ":"))
_LATIN_QUOTES = ("()", "()", "“”", '""')
_PRINTED_AS = str.maketrans({"–": "-", "‘": "’"})


def spell_label(words: Sequence[str], charset: frozenset[str]) -> str | None:
    """What the reader is to answer for these words in its characters; None when it cannot spell them."""
    text = unicodedata.normalize("NFC", " ".join(words)).translate(_PRINTED_AS)
    spelt = "".join(
        ("“" if place == 0 or text[place - 1] in " (" else "”") if character == '"' else character
        for place, character in enumerate(text)
    )
    return spelt if set(spelt) <= charset else None


class Phrases:
    """Running text and short lines, all following from one source of chance (nguồn lời văn)."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._model = load_syllables()
        shares = np.exp(self._model.single[: len(self._model.words)])
        self._common = list(accumulate(shares**_COMMON_POWER))
        self._rare = list(accumulate(shares**_RARE_POWER))
        self._followers = cache(self._find_followers)

    def running_text(self, count: int) -> Words:
        """A stretch of about so many words with figures, names and punctuation."""
        rng = self._rng
        _, made_up, rare = rng.choices(_MOODS, [mood[0] for mood in _MOODS])[0]
        old_tones = rng.random() < 0.3
        words: Words = []
        before, capital = -1, True
        while len(words) < count:
            insert = self._insertion()
            if insert:
                words += insert
                before = -1
            else:
                word, before = self._syllable(before, made_up, rare)
                word = (swap_tone(word) or word) if old_tones else word
                words.append(word[:1].upper() + word[1:] if capital else word)
            capital = self._punctuate(words)
            before = -1 if capital else before
        return words[:count]

    def short_line(self) -> tuple[Words, str]:
        """A heading, name, date, number or table cell, and how it is set: heading, bold, italic or plain."""
        rng = self._rng
        makers: tuple[tuple[float, str, Callable[[], Words]], ...] = (
            (16, "heading", lambda: self._word("headings").split()),
            (8, "heading", lambda: self._office().upper().split()),
            (10, "bold", self.name),
            (4, "bold", lambda: [word.upper() for word in self.name()]),
            (8, "italic", lambda: f"{rng.choice(_WORDS['places'])}, {self._day()}".split()),
            (6, "plain", lambda: f"Số: {rng.randint(1, 4999)}{self._stroke()}{self._symbol()}".split()),
            (14, "heading", lambda: [word.upper() for word in self.running_text(rng.randint(2, 10))]),
            (8, "bold", lambda: self.running_text(rng.randint(2, 9))),
            (6, "plain", lambda: ["-", *self.running_text(rng.randint(1, 6))]),
            (10, "plain", lambda: [self.figure() for _ in range(rng.randint(1, 3))]),
            (10, "plain", lambda: self.running_text(rng.randint(1, 6))),
        )
        _, style, make = rng.choices(makers, [maker[0] for maker in makers])[0]
        return make(), style

    def name(self) -> Words:
        """A person's name of two to four words."""
        rng = self._rng
        middle = rng.sample(_WORDS["middle"], rng.choices((0, 1, 2), (15, 60, 25))[0])
        return [self._word("family"), *middle, self._word("given")]

    def figure(self) -> str:
        """A number, date, amount, share, document number or citation."""
        rng = self._rng
        year = rng.randint(1945, 2030)
        groups = "".join(f".{rng.randint(0, 999):03d}" for _ in range(rng.randint(1, 3)))
        return rng.choice(
            (
                self._digits(rng.randint(1, 4)),
                f"{rng.randint(1, 31):02d}/{rng.randint(1, 12):02d}/{year}",
                f"{rng.randint(1, 31)}/{rng.randint(1, 12)}/{year}",
                f"{rng.randint(1, 4999)}/{self._symbol()}",
                f"{rng.randint(1, 4999):02d}/{year}/{rng.choice(_WORDS['symbols'])}",
                f"{rng.randint(1, 999)}{groups}",
                f"{self._digits(rng.randint(1, 3))},{self._digits(rng.randint(1, 2))}%",
                f"{rng.randint(1, 100)}%",
                str(year),
                self._digits(rng.choice((9, 10, 12))),
                f"({self._digits(rng.randint(1, 2))})",
                f"{rng.randint(0, 9)}.{rng.randint(0, 9)}.",
                f"{self._digits(2)}h{self._digits(2)}",
            )
        )

    def _insertion(self) -> Words:
        """Now and then something that is no syllable of running text; mostly nothing."""
        rng = self._rng
        makers: tuple[tuple[float, Callable[[], Words]], ...] = (
            (90.6, list),
            (3.5, lambda: [self.figure()]),
            (1.5, self.name),
            (1.2, lambda: self._office().split()),
            (0.8, lambda: f"tỉnh {rng.choice(_WORDS['places'])}".split()),
            (0.7, lambda: [self._word("codes")]),
            (0.6, lambda: [rng.choice("abcdđeghik") + ")"]),
            (0.4, lambda: self._day().split()),
            (
                0.4,
                lambda: [
                    "số",
                    f"{rng.randint(1, 2999):02d}/{rng.randint(1999, 2026)}/{rng.choice(_WORDS['symbols'])}",
                ],
            ),
            (0.3, lambda: [rng.choice(("Điều", "khoản", "điểm", "Mục", "Chương")), str(rng.randint(1, 150))]),
        )
        return rng.choices(makers, [maker[0] for maker in makers])[0][1]()

    def _syllable(self, before: int, made_up: float, rare: float) -> tuple[str, int]:
        """The next syllable and its number, -1 for a made-up one."""
        way = self._rng.random()
        if way < made_up:
            return self._made_up(), -1
        numbers, weights = (None, self._rare) if way < made_up + rare else self._followers(before)
        place = self._rng.choices(range(len(weights)), cum_weights=weights)[0]
        number = place if numbers is None else numbers[place]
        return self._model.words[number], number

    def _find_followers(self, before: int) -> tuple[list[int] | None, list[float]]:
        """Numbers and summed weights of what stands behind a syllable; all syllables when not known."""
        size, keys = len(self._model.words), self._model.pair_keys
        start, stop = np.searchsorted(keys, (before * size, (before + 1) * size)) if before >= 0 else (0, 0)
        if start == stop:
            return None, self._common
        weights = self._model.pair_counts[start:stop].astype(float) ** _PAIR_POWER
        return [int(key) - before * size for key in keys[start:stop]], list(accumulate(weights))

    def _made_up(self) -> str:
        """A syllable that Vietnamese spelling allows, whether or not it means anything."""
        rng = self._rng
        rime = self._word("rimes")
        stopped = rime.endswith(("p", "t", "c", "ch"))
        tone = rng.choice(_STOPPED_TONES if stopped else _TONES)
        marked = [place for place, letter in enumerate(rime) if letter in "ăâêôơư"]
        vowels = [place for place, letter in enumerate(rime) if letter in _VOWELS]
        open_end = rime[-1] in _VOWELS and len(vowels) > 1
        place = marked[-1] if marked else vowels[-2 if open_end else -1]
        return self._word("onsets") + unicodedata.normalize(
            "NFC", rime[: place + 1] + tone + rime[place + 1 :]
        )

    def _punctuate(self, words: Words) -> bool:
        """Sometimes put a mark behind the last word or around the last few; whether a sentence ended."""
        rng = self._rng
        if words[-1][-1] in ".,;:)":
            return False
        way = rng.random()
        for share, mark in _ENDINGS:
            if way < share:
                words[-1] += mark
                return mark == "."
            way -= share
        if way < 0.006:
            words.append(rng.choice("--–"))
        elif way < 0.016:
            first = -rng.randint(1, min(3, len(words)))
            opening, closing = rng.choice(_LATIN_QUOTES)
            words[first] = opening + words[first]
            words[-1] += closing
        return False

    def _office(self) -> str:
        rng = self._rng
        place = f" {rng.choice(('tỉnh', 'huyện', 'thành phố', 'thị xã'))} {rng.choice(_WORDS['places'])}"
        return self._word("offices") + (place if rng.random() < 0.5 else "")

    def _day(self) -> str:
        rng = self._rng
        return f"ngày {rng.randint(1, 31):02d} tháng {rng.randint(1, 12):02d} năm {rng.randint(1995, 2026)}"

    def _stroke(self) -> str:
        """The stroke in a document number, where clerks leave room before it."""
        return self._rng.choice(("/", "/", " /", " / "))

    def _symbol(self) -> str:
        return f"{self._rng.choice(_WORDS['codes'])}-{self._rng.choice(_WORDS['codes'])}"

    def _word(self, kind: str) -> str:
        """A word of a kind that words.tsv lists."""
        return self._rng.choice(_WORDS[kind])

    def _digits(self, count: int) -> str:
        return "".join(self._rng.choices("0123456789", k=count))
