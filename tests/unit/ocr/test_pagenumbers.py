"""Gaps in printed page numbers."""

import pytest

from ocr.pagenumbers import PrintedNumber, find_missing_pages, read_page_number
from ocr.types import Box, PageText, Quality, QualityVerdict, Word


@pytest.mark.parametrize(
    ("numbers", "gaps"),
    [
        ([None, 2, 3, 5], ((3, (4,)),)),
        ([None, 2, 3, 6, 7], ((3, (4, 5)),)),
        ([1, 2, 4, 5], ((2, (3,)),)),
        ([None, 3, 4], ()),
        ([None, 2, 3, 4], ()),
        ([None, 2, None, 4], ()),
        ([None, 2, 3, None, 6], ((4, (5,)),)),
        ([None, 2, 3, 8, 5, 6], ()),
        ([None, 2, None, None, 2, 3], ()),
        ([12, 13, 15, 16], ((2, (14,)),)),
        ([None, 2, 3, 1999], ()),
        ([], ()),
    ],
)
def test_gaps_are_found_where_the_other_numbers_keep_step(
    numbers: list[PrintedNumber], gaps: tuple[tuple[int, tuple[int, ...]], ...]
) -> None:
    """2, 3, 5 misses 4; unnumbered pages fill gaps; misread numbers and new papers are no gaps."""
    assert find_missing_pages(numbers) == gaps


def page(text: str, zone: str, confidence: float = 0.95) -> PageText:
    """A page with one word."""
    word = Word(text, text, confidence, Box(800, 60, 830, 90), 0, zone)
    return PageText(1654, 2339, 200, 0, 0.0, Quality(QualityVerdict.GOOD), (word,))


def test_number_is_taken_from_its_zone_and_only_when_sure() -> None:
    """A digit elsewhere or an unsure one is no page number."""
    assert read_page_number(page("- 3 -", "so_trang")) == 3
    assert read_page_number(page("3", "noi_dung")) is None
    assert read_page_number(page("3", "so_trang", 0.5)) is None
