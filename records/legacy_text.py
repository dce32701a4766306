"""Vietnamese text in encodings older than Unicode (bảng mã cũ): TCVN3 (ABC) and VNI to NFC.

TCVN 5712:1993 VN3 has one byte a letter and no capitals with a tone: fonts whose names end in H show every
letter as a capital. VNI writes a base letter and then a byte for the marks. In a PDF both look like Latin-1
letters; the font's name tells which it is, else the syllables that come out.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_TCVN3_CAPITALS = frozenset("¡¢£¤¥¦§")
_VNI_LETTERS = {"ñ": "đ", "ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ì": "ì", "í": "í"}
_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_VNI_MARKS = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "à": _CIRCUMFLEX + _GRAVE, "á": _CIRCUMFLEX + _ACUTE, "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE, "ú": _BREVE + _HOOK,
    "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_BASES = frozenset("aeouyôöAEOUYÔÖ")
_WORD = re.compile(r"[^\W\d_]+(?:\u00ad[^\W\d_]+)*|[^\s]+")

# Old fonts are called .VnTime, .VnArialH (TCVN3) and VNI-Times, VNI-Helve; a subset's name has "ABCDEF+".
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_TCVN3_FONT = re.compile(r"^\.?Vn[A-Z3]")
_VNI_FONT = re.compile(r"^VNI[-_ ]", re.IGNORECASE)
_FONT_STYLE = re.compile(r"[-, ]?(bold|italic|oblique|regular|normal|roman|mt|ps)+$", re.IGNORECASE)

_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_NUCLEUS = (
    "(?:uyê|iê|yê|ươ|uô|ưa|ia|ya|ua|oa|oă|oe|uâ|uê|uy|uya|ươu|iêu|yêu|oai|oay|oeo|uây|uôi|ươi|uyu|"
    "ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|uơ|oao|[aăâeêioôơuưy])"
)
_CODA = "(?:ch|ng|nh|[cmnpt])?"
_SYLLABLE = re.compile(_ONSET + _NUCLEUS + _CODA)
_TONES = str.maketrans("", "", _GRAVE + _ACUTE + _HOOK + _TILDE + _DOT)
_LETTER_RUN = re.compile(r"[^\W\d_]+")
_NOT_BLANK = re.compile(r"[^ \t\n\r\f\u00a0]+")
_LATIN1_END = 0xFF
_ENOUGH_BETTER = 1.25


class Encoding(StrEnum):
    """How Vietnamese letters are coded (bảng mã)."""

    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    VNI = "vni"


@dataclass(frozen=True, slots=True)
class FontEncoding:
    """What a font's name says (bảng mã theo phông); `is_capital`: it shows every letter as a capital."""

    encoding: Encoding
    is_capital: bool = False


def find_font_encoding(font_name: str) -> FontEncoding | None:
    """The old encoding of a font of this name, None where the name names none."""
    name = _SUBSET.sub("", font_name.strip())
    if _VNI_FONT.match(name):
        return FontEncoding(Encoding.VNI)
    if _TCVN3_FONT.match(name):
        face = _FONT_STYLE.sub("", name)
        return FontEncoding(Encoding.TCVN3, is_capital=len(face) > 4 and face.endswith("H"))
    return None


def find_text_encoding(text: str) -> Encoding:
    """The encoding under which most words are Vietnamese syllables; Unicode where none is clearly better."""
    scores = {encoding: _score(text, encoding) for encoding in Encoding}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] > max(0.0, _ENOUGH_BETTER * scores[Encoding.UNICODE]):
        return best
    return Encoding.UNICODE


def convert_legacy(text: str, encoding: Encoding, *, is_capital: bool = False) -> str:
    """The text in NFC; letters that the encoding does not have stay as they are.

    A TCVN3 word whose plain letters are all capitals was meant in capitals throughout: the encoding itself
    has no capital letter with a tone.
    """
    if encoding is Encoding.TCVN3:
        made = _from_tcvn3(text)
    elif encoding is Encoding.VNI:
        made = _from_vni(text)
    else:
        made = text
    made = unicodedata.normalize("NFC", made)
    return made.upper() if is_capital else made


def is_syllable(word: str) -> bool:
    """Whether a word can be a Vietnamese syllable by its letters (âm tiết), tones left aside."""
    plain = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)) is not None


def _from_tcvn3(text: str) -> str:
    """Letters by the table, then words in capitals that were meant so."""
    parts = _WORD.split(text)
    words = _WORD.findall(text)
    meant = [_is_in_capitals(word) for word in words]
    made = [parts[0]]
    for index, word in enumerate(words):
        beside = [seen for seen in (meant[:index][-1:] + meant[index + 1 :][:1]) if seen is not None]
        capital = meant[index]
        if capital is None:
            # One plain capital and letters with tones: the words beside tell whether "Về" or "VỀ" was meant.
            capital = bool(beside) and all(beside) and word[0] == word[0].upper() and word[0].isalpha()
        letters = word.translate(_TCVN3)
        made += [letters.upper() if capital else letters, parts[index + 1]]
    return "".join(made)


def _is_in_capitals(word: str) -> bool | None:
    """Whether a TCVN3 word is meant in capitals throughout; None where its letters do not tell."""
    plain = [letter for letter in word if letter.isascii() and letter.isalpha()]
    capitals = [letter for letter in word if letter in _TCVN3_CAPITALS]
    if any(letter.islower() for letter in plain):
        return False
    return True if len(plain) + len(capitals) > 1 else None


def _from_vni(text: str) -> str:
    """Base letters joined with the marks that follow them."""
    made: list[str] = []
    before = ""
    for letter in text:
        low = letter.lower()
        if low in _VNI_MARKS and before in _VNI_BASES and _can_take(before, _VNI_MARKS[low]):
            made.append(_VNI_MARKS[low])
            before = ""
            continue
        base = _VNI_LETTERS.get(low, low)
        made.append(base.upper() if letter.isupper() else base)
        before = letter
    return "".join(made)


def _can_take(base: str, marks: str) -> bool:
    """Whether Vietnamese has the letter with these marks."""
    low = base.lower()
    if marks[0] == _BREVE:
        return low == "a"
    return marks[0] != _CIRCUMFLEX or low in "aeo"


def _score(text: str, encoding: Encoding) -> float:
    """Words with marks that come out as syllables, less those that do not."""
    score = 0.0
    for word in _NOT_BLANK.findall(unicodedata.normalize("NFC", text)):
        if word.isascii():
            continue
        if encoding is not Encoding.UNICODE and any(ord(letter) > _LATIN1_END for letter in word):
            score -= 1.0
            continue
        for part in _LETTER_RUN.findall(convert_legacy(word, encoding)):
            if len(part) > 1 and not part.isascii():
                score += 1.0 if is_syllable(part) else -1.0
    return score
