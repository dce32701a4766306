"""Which pages of a file end on the rescan list."""

from ingest.rescans import FaultCollector
from ocr.types import Box, PageText, Quality, QualityVerdict, Word
from records.model import PageFault

GOOD, BLANK = Quality(QualityVerdict.GOOD), Quality(QualityVerdict.BLANK)
POOR = Quality(QualityVerdict.POOR, ("low_resolution",))
BAD = Quality(QualityVerdict.RESCAN, ("cut_off",))


def page(quality: Quality, number: int | None = None) -> PageText:
    """A page with that verdict and perhaps a printed number."""
    words = () if number is None else (Word(str(number), "", 0.95, Box(8, 6, 20, 20), 0, "so_trang"),)
    return PageText(1654, 2339, 200, 0, 0.0, quality, words)


def collect(*pages: PageText) -> tuple[PageFault, ...]:
    """The faults of a file of these pages."""
    collector = FaultCollector()
    for one in pages:
        collector.add(one)
    return collector.end()


def test_pages_to_be_scanned_again_are_named_by_ordinal() -> None:
    """Poor pages are usable and stay off the list."""
    assert collect(page(GOOD), page(BAD), page(POOR)) == (PageFault(2, ("cut_off",)),)


def test_gap_in_printed_numbers_is_told_at_the_page_after_it() -> None:
    """Blank backs count for nothing; a page may have faults of its own beside the gap."""
    found = collect(page(GOOD), page(BLANK), page(GOOD, 2), page(BLANK), page(GOOD, 3), page(BAD, 5))
    assert found == (PageFault(6, ("cut_off", "pages_missing"), (4,)),)


def test_sound_file_has_no_faults() -> None:
    """Consecutive numbers and good pages give an empty list."""
    assert collect(page(GOOD), page(GOOD, 2), page(GOOD, 3)) == ()
