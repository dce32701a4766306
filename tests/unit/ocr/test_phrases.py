"""Fixed phrases put right, and nothing else."""

import pytest

from ocr.agencies import initials, is_near_province, settle_agency, settle_place
from ocr.kinds import find_kind, find_kind_of_symbol, settle_kind
from ocr.people import find_person, is_person, is_usual_name, settle_authority, settle_person, settle_position
from ocr.phrases import Phrases, move_tones


@pytest.mark.parametrize(
    ("lines", "name", "known"),
    [
        (["UBND TÍNH BẮC NỊNH __"], "UBND TỈNH BẮC NINH", True),
        (["ỦY BAN NHÂN DÂN", "TỈNH VĨNHLONG ."], "ỦY BAN NHÂN DÂN TỈNH VĨNH LONG", True),
        (["ỦY BẠN NHÂN DÂN", "THÀNH PHÓ ĐÀ NẴNG"], "ỦY BAN NHÂN DÂN THÀNH PHỐ ĐÀ NẴNG", True),
        (["UỶ BAN NHÂN DÂN", "TỈNH KHÁNH HOÀ"], "UỶ BAN NHÂN DÂN TỈNH KHÁNH HOÀ", True),
        (["SỞ LAO ĐỘNG - THƯƠNG", "BINH VÀ XÃ HỘI"], "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", True),
        (["ỦY BAN NHÂN DÂN", "XÃ MƯỜNG THỬ"], "ỦY BAN NHÂN DÂN XÃ MƯỜNG THỬ", False),
    ],
)
def test_agencies(lines: list[str], name: str, known: bool) -> None:
    """Known words get their marks, the paper's place of tones stays, names of communes stay as read."""
    assert settle_agency(lines) == (name, known)


def test_short_names_a_letter_apart_are_not_mixed_up() -> None:
    """LAO ĐỘNG is no misread LÂM ĐỒNG."""
    assert settle_agency(["PHÒNG LAO ĐỘNG"])[0] == "PHÒNG LAO ĐỘNG"


def test_no_word_is_lost_at_the_ends_of_a_phrase() -> None:
    """A word before a known phrase is not taken for a slip in it."""
    assert Phrases(["KHOA HỌC VÀ CÔNG NGHỆ"]).settle("SƠ KHOA HỌC VÀ CÔNG NGHỆ").text == (
        "SƠ KHOA HỌC VÀ CÔNG NGHỆ"
    )


def test_ambiguous_reading_stays() -> None:
    """Between two phrases equally near nobody chooses."""
    assert Phrases(["THÔNG BÁO", "THÔNG CÁO"]).find("THÔNG RÁO") is None


def test_places() -> None:
    """Provinces get their marks; a place a letter away from one is doubted."""
    assert settle_place("Bác Ninh,") == ("Bắc Ninh", True)
    assert settle_place("Khánh Hoà") == ("Khánh Hoà", True)
    assert settle_place("Mường Thử") == ("Mường Thử", False)
    assert is_near_province("Cũn Thơ")
    assert not is_near_province("Mường Thử")


def test_initials_are_those_of_symbols() -> None:
    """Đ stays, other marks go, VÀ is left out."""
    assert initials("BỘ GIÁO DỤC VÀ ĐÀO TẠO") == "BGDĐT"
    assert initials("ỦY BAN NHÂN DÂN TỈNH MẪU") == "UBNDTM"


def test_kinds() -> None:
    """A title with a letter misread is found, and its symbol names it."""
    assert find_kind("QUYÊT ĐỊNHH") == "QUYET DINH"
    assert settle_kind("CHÍ THỊ") == ("CHỈ THỊ", True)
    assert settle_kind("GIẤY PHÉP XÂY DỰNG") == ("GIẤY PHÉP XÂY DỰNG", True)
    assert settle_kind("MỘT DÒNG CHỮ") == ("MỘT DÒNG CHỮ", False)
    assert find_kind_of_symbol("TTr-BNV") == "TỜ TRÌNH"
    assert find_kind_of_symbol("UBND-KT") is None


def test_positions_and_authority() -> None:
    """Both are printed one way only."""
    assert settle_position("“PHO GIÁM ĐỐC") == ("PHÓ GIÁM ĐỐC", True)
    assert settle_position("PHÓ CHỦ TỊC") == ("PHÓ CHỦ TỊCH", True)
    assert settle_authority("KT. CHU TỊCH") == "KT. CHỦ TỊCH"
    assert settle_authority("TM . UY BAN NHAN DAN") == "TM. ỦY BAN NHÂN DÂN"


def test_family_names_get_their_marks_and_given_names_stay() -> None:
    """Nguyên before given names is Nguyễn; names of other peoples stay; given names are not touched."""
    assert settle_person("Nguyên Hoàng Thử") == ("Nguyễn Hoàng Thử", True)
    assert settle_person("Lễ Thì Mẫu") == ("Lê Thị Mẫu", True)
    assert settle_person("Hờ A Vàng") == ("Hờ A Vàng", True)
    assert settle_person("Xyz Thử")[1] is False


def test_lines_that_are_names() -> None:
    """Two to six capitalised words, titles before them allowed."""
    assert is_person("ThS. Trần Văn Mẫu")
    assert not is_person("CHỦ TỊCH")
    assert not is_person("Trần văn mẫu")
    assert find_person(["~", "Trần", "Văn", "Mẫu", "à", "5"]) == (1, 4)
    assert find_person(["Như", "trên"]) is None


def test_rare_syllables_are_noticed() -> None:
    """A name with a syllable that is no usual one may be misread."""
    assert is_usual_name("Bùi Hữu Chuẩn")
    assert not is_usual_name("Bùi Hữu Chuãn")


def test_tones_move_to_the_last_vowel() -> None:
    """Both ways of placing tones compare equal after this."""
    assert move_tones("ỦY BAN HÒA") == "UỶ BAN HOÀ"
