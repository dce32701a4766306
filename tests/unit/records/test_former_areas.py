"""Where the area of a printed agency lies today."""

from datetime import date

import pytest

from records.former_areas import describe_area_now

BEFORE, AFTER = date(2020, 5, 4), date(2025, 8, 1)


@pytest.mark.parametrize(
    ("issuer", "now"),
    [
        ("UBND tỉnh Hà Giang", "Hà Giang nay thuộc Tuyên Quang"),
        ("Sở Tư pháp Hoà Bình", "Hòa Bình nay thuộc Phú Thọ"),
        ("SỞ TƯ PHÁP TỈNH BÀ RỊA – VŨNG TÀU", "Bà Rịa - Vũng Tàu nay thuộc Hồ Chí Minh"),
        ("Công an tỉnh Kon Tum.", "Kon Tum nay thuộc Quảng Ngãi"),
    ],
)
def test_a_former_province_is_named_with_its_successor(issuer: str, now: str) -> None:
    """Case, dashes and ways of writing make no difference; the day and the document are told."""
    said = describe_area_now(issuer, BEFORE)
    assert said.startswith(now)
    assert "từ 01/07/2025 (Nghị quyết 202/2025/QH15)" in said


@pytest.mark.parametrize(
    ("issuer", "issued"),
    [
        ("UBND tỉnh Tuyên Quang", BEFORE),
        ("UBND tỉnh Hà Giang", AFTER),
        ("UBND phường Bình Thuận, thành phố Hải Phòng", BEFORE),
        ("Công ty Thái Bình Dương", BEFORE),
        ("Phòng Quản lý đô thị", AFTER),
        ("", BEFORE),
    ],
)
def test_what_is_as_it_was_gets_no_word(issuer: str, issued: date) -> None:
    """Provinces that kept their name, papers of later days, streets and firms of such names."""
    assert describe_area_now(issuer, issued) == ""


def test_districts_are_no_more() -> None:
    """A district's paper of before says so, beside its province."""
    said = describe_area_now("UBND huyện Vị Xuyên, tỉnh Hà Giang", BEFORE)
    assert "nay thuộc Tuyên Quang" in said
    assert said.endswith("Cấp huyện kết thúc hoạt động từ 01/07/2025.")
