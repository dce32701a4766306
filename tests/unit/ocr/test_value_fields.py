"""Fields that rest on places, codes and several parts of a paper."""

from dataclasses import replace
from datetime import date

import pytest

from ocr.code_fields import parse_code
from ocr.fields import extract_fields
from ocr.types import (
    Box,
    FieldCandidate,
    PageText,
    PrintedCode,
    Quality,
    QualityVerdict,
    TextSource,
    ValuePlace,
    Word,
    Writing,
)

TODAY = date(2026, 3, 1)
Line = tuple[str, str]
HEAD: list[Line] = [
    ("co_quan", "SỞ XÂY DỰNG"),
    ("so_ky_hieu", "Số: 15/QĐ-SXD"),
    ("quoc_hieu", "Độc lập - Tự do - Hạnh phúc"),
    ("ngay", "Hoà Mẫu, ngày 05 tháng 02 năm 2026"),
    ("ten_loai", "QUYẾT ĐỊNH"),
]


def page_of(
    lines: list[Line],
    places: tuple[ValuePlace, ...] = (),
    codes: tuple[PrintedCode, ...] = (),
    source: TextSource = TextSource.PDF,
) -> PageText:
    """A page of (zone, text) lines, each centred on the middle of the page."""
    words: list[Word] = []
    for number, (zone, text) in enumerate(lines):
        x = 827 - 5 * len(text)
        for part in text.split():
            box = Box(x, 100 + 45 * number, x + 10 * len(part), 130 + 45 * number)
            words.append(Word(part, part, 0.99, box, number, zone))
            x = box.x1 + 10
    quality = Quality(QualityVerdict.GOOD)
    return PageText(1654, 2339, 200, 0, 0.0, quality, tuple(words), source, (), places, codes)


def fields_of(page: PageText) -> dict[str, FieldCandidate]:
    """The candidates of one page by name."""
    return {field.name: field for field in extract_fields([page], TODAY)}


def place(name: str, text: str, writing: Writing, likeness: float = 0.95) -> ValuePlace:
    """A place for a value."""
    return ValuePlace(name, Box(50, 60, 90, 100), text, writing, likeness)


PRINTED = tuple(
    place(name, text, Writing.PRINTED)
    for name, text in (("number", "15"), ("day", "05"), ("month", "02"), ("year", "2026"))
)


def test_printed_values_that_fit_each_other_need_no_person() -> None:
    """Print that looks like its figures, a symbol that fits kind and agency, a likely date."""
    fields = fields_of(page_of(HEAD, PRINTED, source=TextSource.OCR))
    number, issued = fields["so_ky_hieu"], fields["ngay_ban_hanh"]
    assert (number.value, number.needs_review) == ("15/QĐ-SXD", False)
    assert (issued.value, issued.needs_review) == ("2026-02-05", False)
    assert dict(number.rules) == {"number_form": True, "symbol_fits_kind": True, "symbol_fits_issuer": True}
    assert dict(issued.rules) == {"year_plausible": True, "not_in_future": True}


@pytest.mark.parametrize("writing", [Writing.HANDWRITTEN, Writing.UNSURE, Writing.EMPTY])
def test_number_that_is_no_clear_print_goes_to_a_person(writing: Writing) -> None:
    """However sure the reader is; the box holds the place of the strokes."""
    places = (place("number", "15", writing, 0.4), *PRINTED[1:])
    field = fields_of(page_of(HEAD, places, source=TextSource.OCR))["so_ky_hieu"]
    assert field.needs_review
    assert field.box is not None
    assert (field.box.x0, field.box.y0) == (50, 60)


def test_unread_handwritten_day_leaves_no_date() -> None:
    """A day that is no figures is null with its place, never a guess."""
    lines = [*HEAD[:3], ("ngay", "Hoà Mẫu, ngày {3| tháng 02 năm 2026")]
    places = (PRINTED[0], place("day", "{3|", Writing.HANDWRITTEN, 0.4), *PRINTED[2:])
    field = fields_of(page_of(lines, places, source=TextSource.OCR))["ngay_ban_hanh"]
    assert (field.value, field.needs_review) == (None, True)
    assert "handwritten" in field.reasons
    assert field.box == Box(50, 60, 90, 100)


def test_scan_that_was_not_looked_at_for_handwriting_is_not_trusted() -> None:
    """Without places nobody knows whether figures of a scan are print."""
    fields = fields_of(page_of(HEAD, source=TextSource.OCR))
    assert "print_unchecked" in fields["so_ky_hieu"].reasons
    assert "print_unchecked" in fields["ngay_ban_hanh"].reasons


def test_figures_read_from_their_print_replace_a_misreading() -> None:
    """Where the picture shows 13 and the reader said l3, the date has 13."""
    lines = [*HEAD[:3], ("ngay", "Hoà Mẫu, ngày l3 tháng 02 năm 2026")]
    places = (PRINTED[0], place("day", "13", Writing.PRINTED), *PRINTED[2:])
    assert fields_of(page_of(lines, places, source=TextSource.OCR))["ngay_ban_hanh"].value == "2026-02-13"


def test_strokes_before_the_last_figure_are_no_number() -> None:
    """Of "6§0/TB-UBND" the figure 0 alone is not the number."""
    lines = [HEAD[0], ("so_ky_hieu", "Số: 6§0/TB-UBND"), *HEAD[2:4]]
    places = (place("number", "6§0", Writing.HANDWRITTEN, 0.3), *PRINTED[1:])
    assert fields_of(page_of(lines, places, source=TextSource.OCR))["so_ky_hieu"].value is None


@pytest.mark.parametrize(
    ("symbol", "kind", "reason"),
    [
        ("TB-SXD", "QUYẾT ĐỊNH", "kind_mismatch"),
        ("QD-SXD", "QUYẾT ĐỊNH", ""),
        ("LBND-NP", "", "symbol_doubtful"),
    ],
)
def test_symbol_is_checked_against_kind_and_agency(symbol: str, kind: str, reason: str) -> None:
    """Đ lost in QĐ comes back; a symbol that names another kind or agency is doubted."""
    lines = [HEAD[0], ("so_ky_hieu", f"Số: 15/{symbol}"), *HEAD[2:4]]
    lines += [("ten_loai", kind)] if kind else []
    field = fields_of(page_of(lines))["so_ky_hieu"]
    assert field.value == ("15/QĐ-SXD" if symbol == "QD-SXD" else f"15/{symbol}")
    assert ([reason] if reason else []) == list(field.reasons)


def test_dates_that_cannot_be_are_doubted() -> None:
    """A paper is not issued tomorrow, nor before the republic."""
    for printed, reason in (
        ("02 tháng 3 năm 2026", "in_future"),
        ("02 tháng 3 năm 1802", "year_implausible"),
    ):
        lines = [*HEAD[:3], ("ngay", f"Hoà Mẫu, ngày {printed}")]
        assert reason in fields_of(page_of(lines))["ngay_ban_hanh"].reasons


def test_number_not_seen_on_a_paper_with_a_date_is_asked_for() -> None:
    """Every paper with place and date has a number too (decree 30/2020 annex I)."""
    field = fields_of(page_of([HEAD[0], *HEAD[2:]]))["so_ky_hieu"]
    assert (field.value, field.reasons[0]) == (None, "number_not_found")


def test_agency_over_two_lines_is_one() -> None:
    """The end of a name that did not fit its line is no other agency."""
    lines = [("co_quan", "SỞ NÔNG NGHIỆP VÀ MÔI"), ("co_quan", "TRƯỜNG"), *HEAD[1:]]
    fields = fields_of(page_of(lines))
    assert fields["co_quan_ban_hanh"].value == "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG"
    assert "co_quan_chu_quan" not in fields


def test_commune_read_in_two_ways_is_doubted_in_both_places() -> None:
    """One of ĐÔNG LAU and Đồng Lau is wrong."""
    lines = [("co_quan", "ỦY BAN NHÂN DÂN"), ("co_quan", "XÃ ĐÔNG LAU"), HEAD[1], HEAD[2]]
    lines += [("ngay", "Đồng Lau, ngày 05 tháng 02 năm 2026")]
    fields = fields_of(page_of(lines))
    assert "place_disagrees" in fields["co_quan_ban_hanh"].reasons
    assert "place_disagrees" in fields["dia_danh"].reasons


def test_subject_ends_where_the_text_begins() -> None:
    """Centred lines under the kind, none of the running text after a wider space."""
    lines = [
        *HEAD,
        ("trich_yeu", "Về việc cấp giấy phép xây dựng nhà ở riêng lẻ"),
        ("noi_dung", "trên địa bàn xã Hoà Mẫu"),
        ("noi_dung", "Căn cứ Luật Xây dựng;"),
    ]
    field = fields_of(page_of(lines))["trich_yeu"]
    assert field.value == "Về việc cấp giấy phép xây dựng nhà ở riêng lẻ trên địa bàn xã Hoà Mẫu"


def test_signature_block_without_position_asks_for_it() -> None:
    """Nobody signs without a position; one equal to the one signed for is doubted."""
    assert fields_of(page_of([("ky", "Trần Văn Hùng")]))["chuc_vu"].reasons[0] == "position_unreadable"
    block: list[Line] = [("ky", "KT. CHỦ TỊCH"), ("ky", "CHỦ TỊCH"), ("ky", "Trần Văn Hùng")]
    assert "position_doubtful" in fields_of(page_of(block))["chuc_vu"].reasons


def test_copy_block_has_values_of_its_own() -> None:
    """The original's number stays the document's; the copy's stand beside it."""
    lines = [
        *HEAD,
        ("sao_co_quan", "ỦY BAN NHÂN DÂN"),
        ("sao_so_ky_hieu", "Số: 02/SY-UBND"),
        ("sao_ngay", "Hoà Mẫu, ngày 10 tháng 02 năm 2026"),
        ("sao_ky", "CHÁNH VĂN PHÒNG"),
        ("sao_ky", "Lê Thị Bích"),
    ]
    fields = fields_of(page_of(lines))
    assert fields["so_ky_hieu"].value == "15/QĐ-SXD"
    assert fields["so_ky_hieu_ban_sao"].value == "02/SY-UBND"
    assert fields["ngay_ban_sao"].value == "2026-02-10"
    assert fields["nguoi_ky_ban_sao"].value == "Lê Thị Bích"
    assert "nguoi_ky" not in fields


@pytest.mark.parametrize(
    ("text", "name", "value", "reason"),
    [
        ("Giấy phép có hiệu lực từ ngày 01/03/2026.", "ngay_hieu_luc", "2026-03-01", ""),
        ("Có giá trị kể từ ngày ký.", "ngay_hieu_luc", "2026-02-05", ""),
        ("Có giá trị 12 tháng kể từ ngày ký.", "thoi_han_hieu_luc", "2027-02-05", "computed"),
        ("Có giá trị đến ngày 31/12/2027.", "thoi_han_hieu_luc", "2027-12-31", ""),
        ("Mã TTHC: 1.011442.000.00.00.H38", "ma_thu_tuc", "1.011442.000.00.00.H38", ""),
        ("cho ông (bà) Lê Thị Bích, số định danh cá nhân", "ten_chu_the", "Lê Thị Bích", ""),
        ("Mã số thuế: 0100109106", "dinh_danh_chu_the", "0100109106", ""),
        ("Mã số thuế: 0100109107", "dinh_danh_chu_the", "0100109107", "check_digit"),
        ("Số định danh cá nhân: 999203000123", "dinh_danh_chu_the", "999203000123", "register_code"),
    ],
)
def test_running_text(text: str, name: str, value: str, reason: str) -> None:
    """Validity, codes and owners are found in the text; their checks warn and refuse nothing."""
    field = fields_of(page_of([*HEAD, ("noi_dung", text)]))[name]
    assert field.value == value
    assert list(field.reasons) == ([reason] if reason else [])


def test_card_code_says_owner_and_name_and_is_not_kept_itself() -> None:
    """The code of an identity card holds a whole person: only what is asked for is taken."""
    said = parse_code("001203000123|012345678|Lê Thị Bích|01022003|Nữ|Xã Mẫu|15032021")
    assert said == {"dinh_danh_chu_the": "001203000123", "ten_chu_the": "Lê Thị Bích"}


def test_code_bears_out_or_contradicts_the_print() -> None:
    """Agreement makes a value sure, disagreement sends it to a person, what only the code says too."""
    text = ("noi_dung", "Hồ sơ H12.01-260115-0042 của ông.")
    code = PrintedCode("H12.01-260115-0042;1.011442", Box(1, 1, 9, 9))
    fields = fields_of(page_of([*HEAD, text], codes=(code,)))
    assert fields["ma_ho_so"].confidence == pytest.approx(0.99)
    assert dict(fields["ma_ho_so"].rules)["qr_agrees"] is True
    assert (fields["ma_thu_tuc"].value, fields["ma_thu_tuc"].reasons) == ("1.011442", ("only_in_qr",))
    assert fields["ma_qr"].value == code.text
    other = replace(code, text="H12.01-260115-0043")
    field = fields_of(page_of([*HEAD, text], codes=(other,)))["ma_ho_so"]
    assert (field.value, field.needs_review) == ("H12.01-260115-0042", True)
    assert "qr_disagrees" in field.reasons
