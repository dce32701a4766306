"""Objects behind a signature that no cross-reference lists (đối tượng ngoài bảng tham chiếu).

The incremental-saving attack: readers that follow the tables pass over such objects, readers that rebuild
them by searching the file show them (Mainka et al. 2018). Sound writers list what they write.
"""

import re

from pyhanko.pdf_utils.xref import XRefCache, XRefSection, XRefSectionType

_OBJECT = re.compile(rb"(?<!\d)\d{1,10}\s+\d{1,5}\s+obj\b")
_TRAILER = re.compile(rb"(?<![A-Za-z])trailer(?![A-Za-z])")
_WHITE = frozenset(b" \t\r\n\f\0")


def has_unlisted(data: bytes, end: int, revision: int, xrefs: XRefCache) -> bool:
    """Whether behind byte `end` stands an object, or a trailer, that none of the later revisions lists."""
    listed: set[int] = set()
    tables = 0
    for number in range(revision + 1, xrefs.total_revisions):
        section = XRefSection(xrefs.get_xref_container_info(number), xrefs.get_xref_data(number))
        listed |= _read_offsets(section)
        tables += section.meta_info.xref_section_type != XRefSectionType.STREAM
    trailers = sum(1 for _ in _TRAILER.finditer(data, end))
    return trailers > tables or any(
        not _is_listed(data, match.start(), listed) for match in _OBJECT.finditer(data, end)
    )


def _read_offsets(section: XRefSection) -> set[int]:
    """Where a section says that objects begin; a cross-reference stream need not list itself."""
    found = {offset for _, offset in section.xref_data.standard_xrefs.values()}
    found.add(section.meta_info.start_location)
    hybrid = section.xref_data.hybrid
    return found if hybrid is None else found | _read_offsets(hybrid)


def _is_listed(data: bytes, start: int, listed: set[int]) -> bool:
    """Whether an entry points at the object or, as some writers do, at the white space before it."""
    while start not in listed:
        start -= 1
        if data[start] not in _WHITE:
            return False
    return True
