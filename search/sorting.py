"""Sort keys in Vietnamese order (thứ tự tiếng Việt): a ă â b c d đ e ê …, tone last, numbers by value.

Neither index has a Vietnamese collation in its core, so the key is made here; its bytes sort as people do.
"""

import re
import unicodedata

from search.text import to_nfc

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACES = {letter: chr(0x41 + place) for place, letter in enumerate(_LETTERS)}
# Order of a dictionary: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_PART = re.compile(r"\d+|[^\W\d_]+")
_LAST = "~"
_MAX_CHARACTERS = 200
_MAX_DIGITS = 99


def _split_letter(character: str) -> tuple[str, str]:
    """The letter without its tone, and the tone's place."""
    tone = "0"
    plain = ""
    for part in unicodedata.normalize("NFD", character):
        if part in _TONES:
            tone = _TONES[part]
        else:
            plain += part
    return to_nfc(plain), tone


def _letter_place(letter: str) -> str:
    """One byte a Vietnamese letter; marks foreign to the alphabet fall away, other scripts come last."""
    if letter in _PLACES:
        return _PLACES[letter]
    return _PLACES.get(unicodedata.normalize("NFD", letter)[0], "z" + letter)


def _digits_place(digits: str) -> str:
    value = digits.lstrip("0")[:_MAX_DIGITS]
    return f"{len(value):02}{value}"


def build_sort_key(text: str) -> str:
    """A key whose bytes sort texts as a Vietnamese reader does; texts without letter or digit come last.

    First all letters without tones, then the tones, so that "hòa 2" stands before "hòa 10" and "họa".
    """
    words: list[str] = []
    tones: list[str] = []
    for match in _PART.finditer(to_nfc(text)[:_MAX_CHARACTERS].lower()):
        if match[0][0].isdecimal():
            words.append(_digits_place(match[0]))
            continue
        letters = [_split_letter(character) for character in match[0]]
        words.append("".join(_letter_place(letter) for letter, _ in letters))
        tones.extend(tone for _, tone in letters)
    if not words:
        return _LAST
    return f"{' '.join(words)}\x01{''.join(tones).rstrip('0')}"
