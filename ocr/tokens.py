"""Parts words into letters and punctuation, and tells which may be repaired (tách từ)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ocr.names import is_place_kind, may_open_name
from ocr.syllables import swap_tone

_PARTS = re.compile(r"^([^\w]*)([^\W\d_]+)([^\w]*)$")
_CODE_SIGNS = frozenset("/-_@")
_SIGNATURE = "ky"
_PLACE_WORDS = 2
_FIXED_ZONES = frozenset({"so_ky_hieu", "so_trang"})


class Guard(Enum):
    """What may be done to a word (mức bảo vệ từ).

    FREE: repaired by language. NAME: names' own syllables choose among what the recogniser half saw, no more.
    FIXED: as read, the rest of the signature block too.
    """

    FREE = auto()
    NAME = auto()
    FIXED = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A word in parts (từ đã tách): punctuation before, letters, punctuation behind.

    `core` is empty for what is no plain word: numbers, codes, marks. `follows`: it continues the sentence of
    the token before it.
    """

    before: str
    core: str
    after: str
    guard: Guard
    follows: bool

    def dress(self, lower: str) -> str:
        """A lower-case word in this token's case and punctuation."""
        return self.before + match_case(lower, self.core) + self.after


def match_case(lower: str, pattern: str) -> str:
    """A lower-case word written in the case of `pattern`: all capitals, first capital or none."""
    if len(pattern) > 1 and pattern.isupper():
        return lower.upper()
    return lower[:1].upper() + lower[1:] if pattern[:1].isupper() else lower


def has_plain_case(core: str) -> bool:
    """Whether a word is written in lower case, in capitals or with one capital at its start."""
    return core.isupper() or core[1:].islower() or (len(core) == 1)


def parse_tokens(texts: Sequence[str], zones: Sequence[str]) -> list[Token]:
    """The tokens of a page's words in reading order, names, numbers and the signature block guarded."""
    parts = [split_word(text) for text in texts]
    cores = [core for _, core, _ in parts]
    behind = [after for _, _, after in parts]
    names = find_names(cores, behind)
    tokens: list[Token] = []
    for place, (before, core, after) in enumerate(parts):
        follows = (
            place > 0
            and bool(parts[place - 1][1])
            and not parts[place - 1][2]
            and not before
            and zones[place] == zones[place - 1]
        )
        guard = _find_guard(cores, behind, place, zones[place], is_name=place in names)
        tokens.append(Token(before, core, after, guard, follows))
    return tokens


def _find_guard(
    cores: Sequence[str], behind: Sequence[str], place: int, zone: str, *, is_name: bool
) -> Guard:
    """What may be done to one word."""
    core = cores[place]
    if not core or zone in _FIXED_ZONES or not has_plain_case(core):
        return Guard.FIXED
    if zone == _SIGNATURE:
        return Guard.NAME if _is_title(core) else Guard.FIXED
    if is_name:
        return Guard.NAME
    if is_capitals(core) and not _stands_among_capitals(cores, behind, place):
        return Guard.FIXED
    return Guard.FREE


def split_word(text: str) -> tuple[str, str, str]:
    """Punctuation, letters, punctuation; no letters for codes, numbers and what has several parts."""
    text = unicodedata.normalize("NFC", text)
    match = _PARTS.match(text)
    if match is None or any(sign in _CODE_SIGNS for sign in match[3]):
        return text, "", ""
    return match[1], match[2], match[3]


def is_capitals(core: str) -> bool:
    """Whether a word of two letters or more is all capitals."""
    return len(core) > 1 and core.isupper()


def _neighbours(cores: Sequence[str], behind: Sequence[str], place: int) -> list[str]:
    """The words next to one that no punctuation parts from it."""
    near: list[str] = []
    if place > 0 and not behind[place - 1]:
        near.append(cores[place - 1])
    if not behind[place] and place + 1 < len(cores):
        near.append(cores[place + 1])
    return near


def _stands_among_capitals(cores: Sequence[str], behind: Sequence[str], place: int) -> bool:
    """Whether a neighbour is all capitals too: a heading, no abbreviation such as UBND."""
    return any(is_capitals(core) for core in _neighbours(cores, behind, place))


def find_names(cores: Sequence[str], behind: Sequence[str]) -> frozenset[int]:
    """The places of words in names: capitalised runs that a family name opens, and what a place is called."""
    found = set(_find_place_names(cores, behind))
    place = 0
    while place < len(cores):
        end = place
        while end < len(cores) and _is_title(cores[end]) and (end == place or not behind[end - 1]):
            end += 1
        for start in range(place, end - 1):
            if may_open_name(cores[start]):
                found.update(range(start, end))
                break
        place = max(end, place + 1)
    return frozenset(found)


def _find_place_names(cores: Sequence[str], behind: Sequence[str]) -> Iterator[int]:
    """The capitalised words, two at most, after a kind of place: TỈNH LAM GIANG, xã Ea Tu."""
    for place, core in enumerate(cores):
        if not is_place_kind(core):
            continue
        for name in range(place + 1, min(place + 1 + _PLACE_WORDS, len(cores))):
            if behind[name - 1] or not cores[name][:1].isupper():
                break
            yield name


def _is_title(core: str) -> bool:
    """Whether a word has one capital, at its start."""
    return core[:1].isupper() and (len(core) == 1 or core[1:].islower())


def is_same_printed(one: str, other: str) -> bool:
    """Whether two lower-case words differ in the place of the tone mark at most."""
    return one == other or swap_tone(one) == other
