"""Objects behind a signature that no cross-reference lists (đối tượng ngoài bảng tham chiếu).

The incremental-saving attack: readers that follow the tables pass over such objects, readers that rebuild
them by searching the file show them (Mainka et al. 2018). Sound writers list what they write, under the
number that it bears, and so the content of their object streams.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSection, XRefSectionType

_OBJECT = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+obj\b")
_TRAILER = re.compile(rb"(?<![A-Za-z])trailer(?![A-Za-z])")
# ISO 32000-2 clause 7.3.5: any letter of a name may be written by its code.
_STREAM_NAME = re.compile(rb"(?:O|#4[Ff])(?:b|#62)(?:j|#6[Aa])(?:S|#53)(?:t|#74)(?:m|#6[Dd])")
_WHITE = frozenset(b" \t\r\n\f\0")


@dataclass(slots=True)
class _Listed:
    """What the later revisions list (các mục đã kê).

    `places`: by place in the file the numbers said to begin there, with their revision; `packed`: by revision
    and object stream the numbers said to be in it; `streams`: where cross-reference streams begin.
    """

    places: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    packed: dict[tuple[int, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    streams: set[int] = field(default_factory=set[int])
    tables: int = 0


def has_unlisted(data: bytes, end: int, revision: int, reader: PdfFileReader) -> bool:
    """Whether behind byte `end` stands an object, or a trailer, that none of the later revisions lists."""
    listed = _read_listed(reader, revision + 1)
    if sum(1 for _ in _TRAILER.finditer(data, end)) > listed.tables:
        return True
    taken = _find_taken(reader, revision)
    found = [(match.start(), int(match[1])) for match in _OBJECT.finditer(data, end)]
    for (start, number), (following, _) in pairwise([*found, (len(data), 0)]):
        # A cross-reference stream need not list itself, but may not bear the number of what was signed.
        if start in listed.streams and number not in taken:
            continue
        writer = _find_revision(data, start, number, listed)
        if writer is None:
            return True
        if _STREAM_NAME.search(data, start, following):
            inside = _read_numbers(reader, number, writer)
            if not inside <= listed.packed[writer, number]:
                return True
    return False


def _read_listed(reader: PdfFileReader, first: int) -> _Listed:
    listed = _Listed()
    for revision, section in _iter_sections(reader, first, reader.xrefs.total_revisions):
        listed.tables += section.meta_info.xref_section_type != XRefSectionType.STREAM
        for part in _iter_parts(section):
            listed.streams.add(part.meta_info.start_location)
            for number, (_generation, offset) in part.xref_data.standard_xrefs.items():
                listed.places[offset][number] = revision
            for number, entry in part.xref_data.xrefs_in_objstm.items():
                listed.packed[revision, entry.obj_stream_id].add(number)
    return listed


def _iter_sections(reader: PdfFileReader, first: int, end: int) -> Iterator[tuple[int, XRefSection]]:
    """Cross-reference sections of the revisions from `first` to before `end`."""
    xrefs = reader.xrefs
    for number in range(first, end):
        yield number, XRefSection(xrefs.get_xref_container_info(number), xrefs.get_xref_data(number))


def _iter_parts(section: XRefSection) -> Iterator[XRefSection]:
    """The section and the stream beside its table, if it is a hybrid."""
    yield section
    if section.xref_data.hybrid is not None:
        yield from _iter_parts(section.xref_data.hybrid)


def _find_taken(reader: PdfFileReader, revision: int) -> set[int]:
    """Numbers in use in the signed revision, those of its own cross-reference streams aside."""
    taken: set[int] = set()
    for _number, section in _iter_sections(reader, 0, revision + 1):
        for part in _iter_parts(section):
            own = part.meta_info.start_location
            entries = part.xref_data.standard_xrefs.items()
            taken |= {number for number, (_generation, offset) in entries if offset != own}
            taken |= set(part.xref_data.xrefs_in_objstm)
    return taken


def _find_revision(data: bytes, start: int, number: int, listed: _Listed) -> int | None:
    """Whose entry of that number points at the object or, as some writers do, at the space before it."""
    while start not in listed.places:
        start -= 1
        if data[start] not in _WHITE:
            return None
    return listed.places[start].get(number)


def _read_numbers(reader: PdfFileReader, number: int, revision: int) -> set[int]:
    """Numbers of the objects in an object stream (ISO 32000-2 clause 7.5.7); raises for a broken one."""
    stream = reader.get_object(generic.Reference(number, 0, reader), revision=revision)
    if not isinstance(stream, generic.StreamObject) or stream.get("/Type") != "/ObjStm":
        return set()
    return {int(text) for text in stream.data[: int(stream["/First"])].split()[::2]}
