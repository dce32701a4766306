"""Spaces that a line recogniser lost, put back by the rules of typing."""

import pytest

from ocr.engines.spacing import find_missing_spaces


def spaced(text: str) -> str:
    """The text with its missing spaces."""
    for place in reversed(find_missing_spaces(text)):
        text = text[:place] + " " + text[place:]
    return text


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Quảng Ngãi,ngày 31", "Quảng Ngãi, ngày 31"),
        ("Số:574/UBND", "Số: 574/UBND"),
        ("VPUB:CVP,PCVP(KTTH)", "VPUB: CVP, PCVP (KTTH)"),
        ("14/11/2024,số 12", "14/11/2024, số 12"),
        ("-Lưu:VT", "- Lưu: VT"),
        ("này.Các đơn vị", "này. Các đơn vị"),
        ("TM.ỦY BAN", "TM. ỦY BAN"),
        ("(nếu có)thì", "(nếu có) thì"),
        ("ngày20tháng 3 năm2018", "ngày 20 tháng 3 năm 2018"),
    ],
)
def test_spaces_of_typing_come_back(read: str, meant: str) -> None:
    """Behind punctuation, around brackets, behind a list mark and behind an authority to sign."""
    assert spaced(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "1,5 triệu",
        "10:30",
        "25/QĐ-UBND",
        "khoản 1(a)",
        "điểm b(ii)",
        "P.KTTHTien502.",
        "hộ. ",
        "71/2016/NĐ-CP",
        "./.",
    ],
)
def test_numbers_and_codes_stay_whole(text: str) -> None:
    """Decimal commas, times, codes and abbreviations get no space."""
    assert spaced(text) == text
