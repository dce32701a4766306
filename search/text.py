"""Canonical and folded Vietnamese text (chuẩn hoá và bỏ dấu): one place for index and query.

A word is a run of letters and digits. Its *exact* form keeps the accents in one spelling (NFC, one
tone placement, y/i after h k l m s t, lower case); its *folded* form is that without any mark.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_DROPPED = "\u00ad\u034f\u180e\u200b\u200c\u200d\u2060\ufeff"
_LOOK_ALIKES = {
    0x00D0: "Đ", 0x0110: "Đ", 0x0189: "Đ", 0x00F0: "đ", 0x0256: "đ",
    0x2018: "'", 0x2019: "'", 0x02BC: "'", 0x0060: "'", 0x00B4: "'",
    0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2015: "-", 0x2212: "-",
    0x2044: "/", 0x2215: "/",
    0x00A0: " ", 0x2007: " ", 0x2009: " ", 0x202F: " ", 0x3000: " ",
}  # fmt: skip
# Full-width ASCII, one to one; NFKC itself would change lengths (ﬁ, ½).
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SAME_LENGTH = {**_LOOK_ALIKES, **_FULL_WIDTH}
_CANONICAL = {**_SAME_LENGTH, **dict.fromkeys(map(ord, _DROPPED))}

# A zero-width character inside a word belongs to it: it is no word boundary.
_WORD = re.compile(rf"[^\W_]+(?:[{_DROPPED}]+[^\W_]+)*")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_SYLLABLE = re.compile(
    r"^(?P<onset>qu|gi(?=[aeiouyăâêôơư])|[bcdđghklmnpqrstvx]*)"
    r"(?P<nucleus>[aeiouyăâêôơư]+)(?P<coda>[bcdghklmnpt]*)$"
)
_MARKED = re.compile("[ăâêôơư]")
_OPEN_Y = re.compile(r"^([hklmst])y$")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text (từ, âm tiết): offsets into that text, exact and folded form."""

    start: int
    end: int
    exact: str
    folded: str


def _fold_character(character: str) -> str:
    """The character without marks, always one character (Đ → D)."""
    if character in "đĐ":
        return "d" if character == "đ" else "D"
    base = unicodedata.normalize("NFD", character)[0]
    return base if not unicodedata.combining(base) else character


@lru_cache(maxsize=65536)
def _fold_cached(text: str) -> str:
    return "".join(map(_fold_character, text))


def fold(text: str) -> str:
    """The text without diacritics (bỏ dấu), same length, so offsets stay valid; đ becomes d."""
    return text if text.isascii() else "".join(map(_fold_character, text))


def to_nfc(text: str) -> str:
    """The text in Unicode NFC, the only form kept inside the service."""
    return unicodedata.normalize("NFC", text)


def _lower(text: str) -> str:
    """Lower case without changing the length (İ stays one character)."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower()[0] for c in text)


def _split_tone(syllable: str) -> tuple[str, str]:
    """The syllable without its tone mark, and the mark; no mark when it has none or several."""
    decomposed = unicodedata.normalize("NFD", syllable)
    tones = [c for c in decomposed if c in _TONES]
    if len(tones) != 1:
        return syllable, ""
    return to_nfc("".join(c for c in decomposed if c not in _TONES)), tones[0]


def _tone_position(nucleus: str, coda: str) -> int:
    """Where the tone stands in the older style: hòa, thủy, toàn, người, khuỷu."""
    marked = [match.start() for match in _MARKED.finditer(nucleus)]
    if marked:
        return marked[-1]
    if coda or len(nucleus) >= 3:
        return min(len(nucleus) - 1, 1)
    return 0


def _place_tone(syllable: str) -> str:
    """The same syllable with its tone on the one canonical vowel; other words unchanged."""
    plain, tone = _split_tone(syllable)
    match = _SYLLABLE.match(plain)
    if match is None:
        return syllable
    plain = _OPEN_Y.sub(r"\1i", plain)
    if not tone:
        return plain
    start = match.start("nucleus") + _tone_position(match["nucleus"], match["coda"])
    return to_nfc(plain[: start + 1] + tone + plain[start + 1 :])


@lru_cache(maxsize=65536)
def _canonical_word(raw: str) -> tuple[str, str]:
    """Exact and folded form of one word as it stands in a text."""
    exact = _place_tone(_lower(to_nfc(raw).translate(_CANONICAL)))
    return exact, _fold_cached(exact)


def normalise(text: str) -> str:
    """Canonical text with accents (văn bản chuẩn): NFC, look-alikes, tone placement, y/i, lower case."""
    plain = to_nfc(text).translate(_CANONICAL)
    return _WORD.sub(lambda match: _canonical_word(match[0])[0], plain)


def iter_words(text: str) -> Iterator[Word]:
    """Every word of an NFC text with its offsets there; index, query and highlights all use this."""
    same_length = text.translate(_SAME_LENGTH)
    for match in _WORD.finditer(same_length):
        exact, folded = _canonical_word(match[0])
        yield Word(match.start(), match.end(), exact, folded)


class _Plain(dict[int, str]):
    """A table for `str.translate` that learns: each character folded and lower, always one character."""

    def __missing__(self, code: int) -> str:
        low = _lower(_SAME_LENGTH.get(code, chr(code)))
        self[code] = "".join(map(_fold_character, low))
        return self[code]


_PLAIN = _Plain()
_RUN = re.compile(r"[^\W_]+")
_HAS_DROPPED = re.compile(f"[{_DROPPED}]")
_FOLDED_OPEN_I = re.compile(r"^([hklmst])i$")


def find_words(text: str, folded: Collection[str]) -> list[Word]:
    """The words of an NFC text whose folded form is among these, as `iter_words` has them, but for `exact`.

    Ten times as fast, because only what matches is looked at: `exact` is left empty.
    """
    if _HAS_DROPPED.search(text):
        return [word for word in iter_words(text) if word.folded in folded]
    written = {word: word for word in folded} | {_FOLDED_OPEN_I.sub(r"\1y", word): word for word in folded}
    runs = _RUN.finditer(text.translate(_PLAIN))
    return [Word(run.start(), run.end(), "", written[run[0]]) for run in runs if run[0] in written]


def word_forms(text: str) -> tuple[list[str], list[str]]:
    """Exact and folded words of a text of any Unicode form, in order."""
    forms = [_canonical_word(match[0]) for match in _WORD.finditer(to_nfc(text).translate(_SAME_LENGTH))]
    return [exact for exact, _ in forms], [folded for _, folded in forms]


def is_personal_number(word: str) -> bool:
    """Whether a word has the form of a personal number: 12 digits, or the 9 of an old identity card."""
    return len(word) in (9, 12) and word.isdecimal()


def word_pairs(words: list[str]) -> list[str]:
    """Neighbouring words joined by a space (cặp âm tiết)."""
    return [f"{first} {second}" for first, second in pairwise(words)]
