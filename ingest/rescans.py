"""Which pages of a file should be scanned again (trang cần quét lại), gathered as they are read."""

from ocr.faults import Fault
from ocr.pagenumbers import PrintedNumber, find_missing_pages, is_blank_page, read_page_number
from ocr.types import PageText, QualityVerdict
from records.model import PageFault


class FaultCollector:
    """Takes the pages of a file in order; holds only numbers and codes of them."""

    def __init__(self) -> None:
        self._count = 0
        self._found: dict[int, PageFault] = {}
        self._printed: list[tuple[int, PrintedNumber]] = []

    def add(self, page: PageText) -> None:
        """The next page."""
        self._count += 1
        if page.quality.verdict is QualityVerdict.RESCAN:
            self._found[self._count] = PageFault(self._count, page.quality.reasons)
        if not is_blank_page(page):
            self._printed.append((self._count, read_page_number(page)))

    def end(self) -> tuple[PageFault, ...]:
        """Pages that cannot be used as they are, and those before which printed numbers are missing."""
        found = dict(self._found)
        for place, missing in find_missing_pages([number for _, number in self._printed]):
            ordinal = self._printed[place][0]
            known = found.get(ordinal, PageFault(ordinal, ()))
            found[ordinal] = PageFault(ordinal, (*known.reasons, Fault.PAGES_MISSING.value), missing)
        return tuple(found[ordinal] for ordinal in sorted(found))
