"""Searches for a person alone are told from searches for papers."""

import pytest

from records.names import is_personal_search


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn A",
        "nguyen van a",
        "Đỗ Thị Hồng Nhung",
        "001203000123",
        "số 0012 0300 0123",
        "Hồ Mai",
        "012345678",
    ],
)
def test_a_person_is_recognised(text: str) -> None:
    """A name of two to five syllables, or a number of nine, ten or twelve figures anywhere."""
    assert is_personal_search(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "giấy phép xây dựng",
        "hộ khẩu",
        "Nguyễn",
        "15/QĐ-UBND",
        "quyết định giao đất Nguyễn Văn A",
        "do dac",
        "2026",
    ],
)
def test_papers_are_left_alone(text: str) -> None:
    """Words of papers, a number of a paper, or a name among other words."""
    assert not is_personal_search(text)
