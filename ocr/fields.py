"""Proposes values for a document's fields (trích xuất trường) from what was read on its pages."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from ocr.code_fields import extract_codes
from ocr.copy_fields import extract_copy
from ocr.header_fields import extract_header
from ocr.owner_fields import extract_owner
from ocr.signer_fields import extract_recipients, extract_signer
from ocr.types import FieldCandidate, PageText


def extract_fields(pages: Sequence[PageText], today: date | None = None) -> tuple[FieldCandidate, ...]:
    """Candidates of one document, at most one a field; a field that is not on the pages is absent.

    The head is that of the first page that has one, the signature block that of the first page from there
    on that has one: annexes may carry others. `today`, by default the day it is, bounds dates of issue.
    """
    today = today or datetime.now(UTC).date()
    found: list[FieldCandidate] = []
    head = next((number for number, page in enumerate(pages) if _has(page, "quoc_hieu", "so_ky_hieu")), None)
    if head is not None:
        found += extract_header(pages, head, today)
    end = next((number for number in range(head or 0, len(pages)) if _has(pages[number], "ky")), None)
    if end is not None:
        found += extract_signer(pages, end)
        found += extract_recipients(pages, end)
    found += extract_copy(pages, today)
    issued = next((each for each in found if each.name == "ngay_ban_hanh"), None)
    found += extract_owner(pages, issued)
    return tuple(extract_codes(pages, found))


def _has(page: PageText, *zones: str) -> bool:
    """Whether a page has words in one of the zones."""
    return any(word.zone in zones for word in page.words)
