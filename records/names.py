"""Searches for a person and nothing else (tìm theo họ tên, số định danh), told by their form; for alarms."""

import re
import unicodedata

# Family names of about 95 % of the Kinh and of many other groups, without diacritics.
_FAMILY_NAME_TEXT = """
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh luong mai dao dam
doan truong lam ha cao thai chu chau quach ta to tong trieu van vuong au kieu lu luu mac nghiem ninh
nong phung quan thach tang than tieu ton tu ung vi y nie ksor siu rmah kpa hmok eban
"""
_FAMILY_NAMES = frozenset(_FAMILY_NAME_TEXT.split())
_NUMBER = re.compile(r"(?<!\d)(?:\d[ .]?){8}(?:\d|\d[ .]?\d|(?:\d[ .]?){3}\d)(?!\d)")
_WORD = re.compile(r"[a-z]+")


def is_personal_search(text: str) -> bool:
    """Whether the words are only a person's name of two to five syllables, or hold a personal number."""
    if _NUMBER.search(text):
        return True
    syllables = _fold(text).split()
    if not 2 <= len(syllables) <= 5 or not all(map(_WORD.fullmatch, syllables)):
        return False
    is_capitalised = all(word[:1].isupper() for word in text.split())
    # In lower case many a family name is an ordinary word (do, ho, ha, mai, vi, to).
    return syllables[0] in _FAMILY_NAMES and (is_capitalised or len(syllables[0]) > 3)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.strip().casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
