"""Proposes values for a document's fields (trích xuất trường) from what was read on its pages."""

from collections.abc import Sequence

from ocr.header_fields import extract_header
from ocr.owner_fields import extract_owner
from ocr.signer_fields import extract_recipients, extract_signer
from ocr.types import FieldCandidate, PageText


def extract_fields(pages: Sequence[PageText]) -> tuple[FieldCandidate, ...]:
    """Candidates of one document, at most one a field; a field that is not on the pages is absent.

    The head is that of the first page that has one, the signature block that of the first page from there
    on that has one: annexes may carry others.
    """
    found: list[FieldCandidate] = []
    head = next((number for number, page in enumerate(pages) if _has(page, "quoc_hieu", "so_ky_hieu")), None)
    if head is not None:
        found += extract_header(pages, head)
    end = next((number for number in range(head or 0, len(pages)) if _has(pages[number], "ky")), None)
    if end is not None:
        found += extract_signer(pages, end)
        found += extract_recipients(pages, end)
    found += extract_owner(pages)
    return tuple(found)


def _has(page: PageText, *zones: str) -> bool:
    """Whether a page has words in one of the zones."""
    return any(word.zone in zones for word in page.words)
