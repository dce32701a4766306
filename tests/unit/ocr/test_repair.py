"""Repair of tone and vowel marks: what it mends and what it never touches."""

from ocr.engine import Reading
from ocr.repair import Doubt, repair_words
from ocr.syllables import load_syllables
from ocr.tokens import Guard, parse_tokens


def repaired(text: str, zone: str = "noi_dung", confidence: float = 0.7) -> str:
    """A line of words read with one confidence, after repair."""
    words = text.split()
    tokens = parse_tokens(words, [zone] * len(words))
    doubts = [Doubt(token, confidence) for token in tokens]
    return " ".join(choice.text for choice in repair_words(doubts, load_syllables()))


def test_lost_marks_come_back() -> None:
    """Wrong tone and vowel marks of common phrases are mended."""
    assert repaired("tô chức thực hiện quyêt định này") == "tổ chức thực hiện quyết định này"


def test_case_and_punctuation_stay() -> None:
    """A mended word keeps its capitals and its punctuation."""
    assert repaired("(tô chức), QUYÉT ĐỊNH:") == "(tổ chức), QUYẾT ĐỊNH:"
    assert repaired("Tô chức", confidence=0.3) == "Tổ chức"


def test_personal_names_are_left_alone() -> None:
    """A run of capitalised words that a family name opens is never touched."""
    assert repaired("Thứ trưởng Nguyên Vân Tô chức") == "Thứ trưởng Nguyên Vân Tô chức"


def test_signature_block_number_and_page_number_are_left_alone() -> None:
    """Nothing changes in zones whose values stand as printed."""
    for zone in ("ky", "so_ky_hieu", "so_trang"):
        assert repaired("tô chức", zone) == "tô chức"


def test_codes_numbers_and_mixed_words_are_left_alone() -> None:
    """Abbreviations, words with digits, codes and odd capitals are no syllables to mend."""
    for text in ("UBND tỉnh", "25/QĐ-UBND", "tô1 chức", "VT, TO.", "hIên đại"):
        assert repaired(text) == text


def test_tone_placement_stands_as_printed() -> None:
    """hoà and hòa are both right; neither becomes the other."""
    assert repaired("hoà bình, hòa bình, uỷ ban, ủy ban") == "hoà bình, hòa bình, uỷ ban, ủy ban"


def test_a_sure_reading_needs_more_against_it() -> None:
    """A slight preference of language overrules a doubtful reading and not a certain one."""
    assert repaired("chỉ tiết", confidence=0.3) == "chi tiết"
    assert repaired("nêu tại", confidence=1.0) == "nêu tại"


def test_words_out_of_the_model_stay() -> None:
    """A foreign word whose letters are no syllable stays as read."""
    assert repaired("bản Hrưng của Microsoft") == "bản Hrưng của Microsoft"


def test_a_signature_block_follows_its_reader_and_lists() -> None:
    """Names' syllables choose among readings of names there; nothing else is touched, positions neither."""

    def settled(words: list[str], readings: list[tuple[Reading, ...]]) -> str:
        tokens = parse_tokens(words, ["ky"] * len(words))
        doubts = [Doubt(token, 0.9, own) for token, own in zip(tokens, readings, strict=True)]
        return " ".join(choice.text for choice in repair_words(doubts, load_syllables()))

    assert settled(["GIÁM", "ĐÕC"], [(), (Reading("ĐỐC", -2.0),)]) == "GIÁM ĐÕC"
    assert settled(["Trần", "Anh", "Tuãn"], [(), (), (Reading("Tuấn", -2.0),)]) == "Trần Anh Tuấn"
    assert settled(["Trần", "Anh", "Tuãn"], [(), (), (Reading("Tuấn", -5.0),)]) == "Trần Anh Tuãn"
    assert settled(["Lê", "Văn", "Thể"], [(), (), (Reading("Thế", -1.0),)]) == "Lê Văn Thể"


def test_what_a_place_is_called_keeps_the_letters_its_reader_saw() -> None:
    """Behind tỉnh, xã … language makes no usual word of a place's name, in capitals or not."""
    for words in (["UBND", "TỈNH", "LAM", "GIANG"], ["xã", "Lam", "Giang"]):
        tokens = parse_tokens(words, ["co_quan"] * len(words))
        guards = [token.guard for token in tokens]
        assert guards[-2:] == [Guard.NAME, Guard.NAME]
        seen = (Reading("LÀM" if words[-1].isupper() else "Làm", -0.5),)
        doubts = [Doubt(token, 0.9, seen if token.core.lower() == "lam" else ()) for token in tokens]
        assert [choice.text for choice in repair_words(doubts, load_syllables())] == words
