"""Canonical and folded text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import find_words, fold, iter_words, normalise, to_nfc, word_forms, word_pairs

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà giải", "hòa giải"),
        ("thuỷ lợi", "thủy lợi"),
        ("khoẻ", "khỏe"),
        ("qúy", "quý"),
        ("gìa", "già"),
        ("tòan", "toàn"),
        ("kỹ sư", "kĩ sư"),
        ("lý do", "lí do"),
        ("tỷ", "tỉ"),
        ("Ðắk Nông", "Đắk Nông"),
        ("Ｔhông báo", "Thông báo"),
        ("Ea H’leo", "Ea H'leo"),
        ("dấu\u200b trang", "dấu trang"),
        ("điều\u00adkhoản", "điềukhoản"),
        ("15\u201120", "15-20"),
        ("QUYẾT ĐỊNH", "quyết định"),
        (unicodedata.normalize("NFD", "Đắk Lắk"), "Đắk Lắk"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    """Unicode form, look-alikes, tone placement, y/i and case make no difference."""
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("bán", "bàn"), ("quy", "qui"), ("tay", "tai"), ("thúy", "thủy"), ("mây", "mai"), ("đa", "da")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    """Accents, quy/qui and y after a vowel tell words apart."""
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    "word", ["người", "khuỷu", "toàn", "nghiêng", "giếng", "của", "mía", "thuở", "gì", "tuyết"]
)
def test_well_placed_tones_stay(word: str) -> None:
    """A word in the usual spelling is its own canonical form."""
    assert normalise(word) == word


@given(st.text(alphabet=LETTERS + LETTERS.upper() + " -/.,0123456789’İß€", max_size=80))
def test_folding_keeps_every_offset(text: str) -> None:
    """Folded text has the length of the text, so offsets are valid in both."""
    assert len(fold(text)) == len(text)


def test_every_letter_of_the_alphabet_folds_to_ascii() -> None:
    """All Vietnamese letters fold to plain letters, đ too."""
    assert fold(LETTERS).isascii()
    assert fold("ĐẮK") == "DAK"


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    """Canonical text is its own canonical text."""
    assert normalise(normalise(text)) == normalise(text)


def test_words_know_where_they_stand() -> None:
    """Offsets of a word cut it out of the text as it is written."""
    text = "Số: 15/QĐ-UBND, hoà\u200b giải"
    words = list(iter_words(text))
    assert [text[w.start : w.end] for w in words] == ["Số", "15", "QĐ", "UBND", "hoà", "giải"]
    assert [w.folded for w in words] == ["so", "15", "qd", "ubnd", "hoa", "giai"]
    assert words[4].exact == "hòa"


@given(st.text(max_size=60))
def test_words_of_a_text_are_the_words_with_offsets(text: str) -> None:
    """Index and highlights split a text in the same way."""
    composed = unicodedata.normalize("NFC", text)
    assert word_forms(text)[1] == [word.folded for word in iter_words(composed)]


def test_pairs_are_neighbours() -> None:
    """Pairs join each word with the next one."""
    assert word_pairs(["thu", "hoi", "dat"]) == ["thu hoi", "hoi dat"]
    assert word_pairs(["dat"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Kỹ thuật, hoà giải tại TỈNH Đắk Lắk; ký số 15/QĐ-UBND và ly hôn.",
        "M’Drắk, Ðăng ký; thu\u200bhồi đất\u00ad đai ＡＢＣ Ý kiến",
        "",
    ],
)
def test_finding_words_agrees_with_reading_all_of_them(text: str) -> None:
    """`find_words` has the places of exactly the words that `iter_words` reads as one of those wanted."""
    every = list(iter_words(to_nfc(text)))
    for wanted in ({word.folded for word in every}, {word.folded for word in every[::2]}, {"ki", "li", "y"}):
        expected = [(word.start, word.end, word.folded) for word in every if word.folded in wanted]
        assert [(w.start, w.end, w.folded) for w in find_words(to_nfc(text), wanted)] == expected
