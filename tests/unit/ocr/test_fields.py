"""Fields from page text, without a reader."""

from ocr.fields import extract_fields
from ocr.types import Box, FieldCandidate, PageText, Quality, QualityVerdict, TextSource, Word

Line = tuple[str, str]


def page_of(lines: list[Line], confidence: float = 0.99) -> PageText:
    """A page of (zone, text) lines, one under the other, ten pixels a letter."""
    words: list[Word] = []
    for number, (zone, text) in enumerate(lines):
        x = 100
        for part in text.split():
            box = Box(x, 100 + 50 * number, x + 10 * len(part), 130 + 50 * number)
            words.append(Word(part, part, confidence, box, number, zone))
            x = box.x1 + 10
    good = Quality(QualityVerdict.GOOD)
    return PageText(1654, 2339, 200, 0, 0.0, good, tuple(words), text_source=TextSource.PDF)


def fields_of(lines: list[Line], confidence: float = 0.99) -> dict[str, FieldCandidate]:
    """The candidates of one page by name."""
    return {field.name: field for field in extract_fields([page_of(lines, confidence)])}


HEAD: list[Line] = [
    ("co_quan", "UBND TỈNH HOÀ MẪU"),
    ("co_quan", "SỞ GIÁO DỤC"),
    ("co_quan", "VÀ ĐÀO TẠO"),
    ("so_ky_hieu", "Số: 12 /SGDĐT-VP"),
    ("quoc_hieu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("ngay", "Hoà Mẫu, ngày 05 tháng 02 năm 2026"),
]


def test_number_is_taken_without_blanks() -> None:
    """The blanks around a number do not belong to it; its box is that of number and symbol."""
    field = fields_of(HEAD)["so_ky_hieu"]
    assert field.value == "12/SGDĐT-VP"
    assert not field.needs_review
    assert field.box == Box(140, 250, 260, 280)


def test_number_that_was_not_read_is_null_and_for_review() -> None:
    """A handwritten number is neither guessed nor left out."""
    for reading in ("Số: /QĐ-UBND", "Số: 6§0 /TB-UBND", "Số: …. /QĐ-UBND"):
        field = fields_of([("so_ky_hieu", reading)])["so_ky_hieu"]
        assert field.value is None
        assert field.needs_review
        assert "number_unreadable" in field.reasons


def test_missing_stroke_of_d_is_doubted() -> None:
    """QD for QĐ is kept as read and goes to a person."""
    field = fields_of([("so_ky_hieu", "Số: 15/QD-UBND")])["so_ky_hieu"]
    assert (field.value, field.needs_review) == ("15/QD-UBND", True)


def test_agency_of_two_lines_under_its_parent() -> None:
    """A name that goes on in the next line is one agency; the one above is the parent."""
    fields = fields_of(HEAD)
    assert fields["co_quan_ban_hanh"].value == "SỞ GIÁO DỤC VÀ ĐÀO TẠO"
    assert fields["co_quan_chu_quan"].value == "UBND TỈNH HOÀ MẪU"


def test_date_and_place() -> None:
    """The date is ISO 8601, the place stands before it."""
    fields = fields_of(HEAD)
    assert fields["ngay_ban_hanh"].value == "2026-02-05"
    assert fields["dia_danh"].value == "Hoà Mẫu"


def test_impossible_or_unread_date_is_null() -> None:
    """A day that is no day is for review, not guessed."""
    for reading in (
        "Hoà Mẫu, ngày 31 tháng 02 năm 2026",
        "Hoà Mẫu, ngày 3| tháng 12 năm 2026",
        "Hoà Mẫu, ngày tháng",
    ):
        field = fields_of([("quoc_hieu", "CỘNG HÒA"), ("ngay", reading)])["ngay_ban_hanh"]
        assert field.value is None
        assert field.needs_review


def test_letter_without_kind_is_an_official_letter() -> None:
    """Where no kind is printed it is CÔNG VĂN, and its subject keeps "V/v"."""
    fields = fields_of([*HEAD, ("trich_yeu", "V/v tăng cường"), ("trich_yeu", "kiểm tra năm học")])
    assert fields["loai_van_ban"].value == "CÔNG VĂN"
    assert fields["trich_yeu"].value == "V/v tăng cường kiểm tra năm học"


def test_kind_read_with_wrong_marks_is_put_right() -> None:
    """A kind is printed one way only: QUYÉT ĐỊNH is QUYẾT ĐỊNH; the reading stays in raw."""
    field = fields_of([*HEAD, ("ten_loai", "QUYÉT ĐỊNH")])["loai_van_ban"]
    assert (field.value, field.raw) == ("QUYẾT ĐỊNH", "QUYÉT ĐỊNH")


def test_signature_block() -> None:
    """Authority, the signer's own position and the name are three fields."""
    fields = fields_of(
        [
            ("ky", "TM. ỦY BAN NHÂN DÂN"),
            ("ky", "KT. CHỦ TỊCH"),
            ("ky", "PHÓ CHỦ TỊCH"),
            ("ky", "Trần Thị Thử"),
        ]
    )
    assert fields["quyen_han_ky"].value == "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH"
    assert fields["chuc_vu"].value == "PHÓ CHỦ TỊCH"
    assert fields["nguoi_ky"].value == "Trần Thị Thử"


def test_signature_block_without_readable_name_asks_for_review() -> None:
    """A name under the seal that was not read is null, not absent."""
    field = fields_of([("ky", "GIÁM ĐỐC"), ("ky", "~ tr!")])["nguoi_ky"]
    assert (field.value, field.needs_review) == (None, True)


def test_owner_identifier_validity_and_dossier() -> None:
    """What circular 01/2023 article 9 wants is found in running text, over line ends too."""
    fields = fields_of(
        [
            ("noi_dung", "Cấp cho ông: Lê Văn Thử, sinh ngày 01/02/1990, căn cước công dân số"),
            ("noi_dung", "001 090 001234 do Cục Cảnh sát cấp."),
            ("noi_dung", "Giấy phép có hiệu lực đến hết ngày 30 tháng 6 năm 2030."),
            ("noi_dung", "Mã hồ sơ 000.00.12.H12-250115-0042"),
        ]
    )
    assert fields["dinh_danh_chu_the"].value == "001090001234"
    assert fields["ten_chu_the"].value == "Lê Văn Thử"
    assert fields["thoi_han_hieu_luc"].value == "2030-06-30"
    assert fields["ma_ho_so"].value == "000.00.12.H12-250115-0042"


def test_several_identifiers_are_for_review() -> None:
    """Two owners on one paper: the first is proposed and a person decides."""
    field = fields_of([("noi_dung", "MST: 0100109106 và MST: 0100109107")])["dinh_danh_chu_the"]
    assert (field.value, field.needs_review) == ("0100109106", True)
    assert "several_found" in field.reasons


def test_low_confidence_asks_for_review() -> None:
    """A value read unsurely is proposed, and marked."""
    field = fields_of(HEAD, confidence=0.6)["dia_danh"]
    assert (field.value, field.needs_review, field.reasons) == ("Hoà Mẫu", True, ("low_confidence",))


def test_page_without_anything_gives_no_field() -> None:
    """Blank pages propose nothing."""
    assert extract_fields([page_of([])]) == ()
    assert extract_fields([]) == ()
