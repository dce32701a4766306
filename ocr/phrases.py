"""Puts misread words of fixed phrases right (sửa theo cụm từ cố định): agencies, places, positions, kinds.

Such words are printed one way only, so a reading one or two letters off names the phrase. Where tone marks
may stand in two places (HÒA, HOÀ) the paper's own choice is kept.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ocr.folding import fold

# Old and new place of the tone mark: òa and oà, òe and oè, ùy and uỳ.
_MOVED = {
    f"{marked}{last}": f"{first}{other}"
    for first, last, marks, others in (
        ("o", "a", "òóỏõọ", "àáảãạ"),
        ("o", "e", "òóỏõọ", "èéẻẽẹ"),
        ("u", "y", "ùúủũụ", "ỳýỷỹỵ"),
    )
    for marked, other in zip(marks, others, strict=True)
}
_OLD_PLACE = re.compile("|".join(_MOVED))


@dataclass(frozen=True, slots=True)
class Settled:
    """A text with its fixed phrases put right (văn bản đã chỉnh): how many of its words belong to one."""

    text: str
    known: int
    words: int

    @property
    def is_known(self) -> bool:
        """Whether all words belong to fixed phrases."""
        return self.words > 0 and self.known == self.words


class Phrases:
    """Fixed phrases by their folded letters (bộ cụm từ); all in capitals."""

    def __init__(self, phrases: Iterable[str], *, only_first: Iterable[str] = ()) -> None:
        """`only_first` hold for the first word of a text alone: elsewhere they are names."""
        self._all = {_key(phrase): phrase for phrase in phrases}
        self._first = {**self._all, **{_key(phrase): phrase for phrase in only_first}}
        self._longest = max((len(phrase.split()) for phrase in self._first.values()), default=1)

    def settle(self, text: str) -> Settled:
        """The text in capitals with phrases put right, longest first; other words as they are."""
        tokens = text.split()
        out: list[str] = []
        known = place = 0
        while place < len(tokens):
            taken, phrase = self._find(tokens, place)
            if phrase is None:
                out.append(tokens[place])
                place += 1
                continue
            read = " ".join(tokens[place : place + taken])
            out.append(_keep_placement(phrase, read) + _ending(read))
            known += len(phrase.split())
            place += taken
        joined = " ".join(out)
        return Settled(joined, known, len(joined.split()))

    def find(self, text: str) -> str | None:
        """The phrase that a whole text is, misread letters allowed, as the paper places its tones."""
        found = self._match(_key(text), self._first, is_whole=True)
        return _keep_placement(found, text) if found else None

    def _find(self, tokens: Sequence[str], place: int) -> tuple[int, str | None]:
        """How many words from a place on make a phrase, and which."""
        known = self._all if place else self._first
        counts = range(min(self._longest + 1, len(tokens) - place), 0, -1)
        keys = {count: _key("".join(tokens[place : place + count])) for count in counts}
        for look in (known.get, lambda key: self._match(key, known)):
            for count, key in keys.items():
                phrase = look(key)
                if phrase is not None:
                    return count, phrase
        return 0, None

    def _match(self, key: str, known: dict[str, str], *, is_whole: bool = False) -> str | None:
        """The phrase with these letters, or the only one a letter or two away."""
        if key in known:
            return known[key]
        # Names of seven letters are often one letter apart: LAO ĐỘNG, LÂM ĐỒNG.
        allowed = 0 if len(key) < 8 else 1 if len(key) < 14 else 2
        if not allowed:
            return None
        near = [
            (distance, phrase)
            for other, phrase in known.items()
            if abs(len(other) - len(key)) <= allowed
            and (is_whole or _may_be(key, other))
            and (distance := Levenshtein.distance(key, other, score_cutoff=allowed)) <= allowed
        ]
        near.sort()
        if not near or (len(near) > 1 and near[0][0] == near[1][0]):
            return None
        return near[0][1]


def move_tones(text: str) -> str:
    """The text with tone marks on the last vowel (HOÀ, UỶ), the newer of the two ways."""
    lower = _OLD_PLACE.sub(lambda match: _MOVED[match[0]], text.lower())
    return "".join(new.upper() if old.isupper() else new for old, new in zip(text, lower, strict=True))


def _keep_placement(phrase: str, read: str) -> str:
    """The phrase, its tones placed as in what was read."""
    moved = move_tones(phrase)
    if moved == phrase:
        return phrase
    seen = {word.strip(" .,:;-_'") for word in read.upper().split()}
    return " ".join(
        new if new in seen and old not in seen else old
        for old, new in zip(phrase.split(), moved.split(), strict=True)
    )


def _key(text: str) -> str:
    """Folded letters alone."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _may_be(key: str, other: str) -> bool:
    """Whether a reading may be a phrase: letters lost or added at an end would be a word too few or many."""
    return len(key) == len(other) or (key[:2] == other[:2] and key[-2:] == other[-2:])


def _ending(read: str) -> str:
    """The comma or hyphen that a phrase was read with at its end."""
    return "," if read.endswith(",") else ""
