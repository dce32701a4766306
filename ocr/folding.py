"""Folded text for matching what was read imperfectly (bỏ dấu để so khớp)."""

import unicodedata
from functools import lru_cache

_BARRED_D = str.maketrans({"đ": "d", "Đ": "D"})


def fold(text: str) -> str:
    """Upper case without marks, đ as D; of the same length as the NFC text given."""
    return "".join(map(_fold_one, unicodedata.normalize("NFC", text)))


@lru_cache(maxsize=4096)
def _fold_one(letter: str) -> str:
    """One letter without marks in upper case, itself where that would be longer."""
    bare = "".join(
        part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part)
    ).translate(_BARRED_D)
    upper = bare.upper()
    return upper if len(upper) == 1 else letter
