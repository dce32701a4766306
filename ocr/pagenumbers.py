"""Printed page numbers (số trang in) and what their gaps say about pages that were not scanned."""

import re
from collections.abc import Iterable, Sequence

from ocr.types import PageText, QualityVerdict

_ZONE = "so_trang"
_NUMBER = re.compile(r"\d{1,4}")
_SURE = 0.8
_LARGEST_GAP = 20

PrintedNumber = int | None
"""A page's printed number; None where none was read surely. Blank pages are left out of a sequence."""


def read_page_number(page: PageText) -> PrintedNumber:
    """The number in the page-number zone (decree 30/2020 annex I: top middle, none on the first page)."""
    words = [word for word in page.words if word.zone == _ZONE]
    found = _NUMBER.search(" ".join(word.text for word in words))
    if found is None or min(word.confidence for word in words) < _SURE:
        return None
    return int(found[0])


def is_blank_page(page: PageText) -> bool:
    """Whether a page counts for nothing in the sequence: the empty back of a sheet."""
    return page.quality.verdict is QualityVerdict.BLANK


def find_missing_pages(numbers: Sequence[PrintedNumber]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Gaps as pairs: place of the page after the gap in `numbers`, and the printed numbers that are missing.

    Pages without a number between two numbered ones are taken for some of those between. A number that
    neither its neighbour before nor the one after bears out is taken for misread.
    """
    known = [(place, number) for place, number in enumerate(numbers) if number is not None]
    gaps: list[tuple[int, tuple[int, ...]]] = []
    for index in range(1, len(known)):
        (before, last), (place, number) = known[index - 1], known[index]
        missing = number - last - (place - before)
        if 0 < missing <= _LARGEST_GAP and _is_borne_out(known, index):
            unseen = range(last + 1, number) if place - before == 1 else range(number - missing, number)
            gaps.append((place, tuple(unseen)))
    return tuple(gaps)


def _is_borne_out(known: Sequence[tuple[int, int]], index: int) -> bool:
    """Whether other numbers on both sides of a gap keep step with the two that enclose it."""
    steps = [known[at][1] - known[at - 1][1] == known[at][0] - known[at - 1][0] for at in _inside(known)]
    before, after = steps[: index - 1], steps[index:]
    starts_well = before[-1] if before else known[0][0] < 2 and known[0][1] == known[0][0] + 1
    return starts_well and (after[0] if after else True)


def _inside(known: Sequence[tuple[int, int]]) -> Iterable[int]:
    return range(1, len(known))
