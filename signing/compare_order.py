"""Which pages later objects touch (trang bị đối tượng thêm sau chạm tới), to be compared first.

Only an order: every page is compared in the end, for what the object tree says is what attacks bend.
"""

import time
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.objects import list_kids

_SECONDS = 1.0
_OBJECTS_A_PAGE = 400
_PAGES = 5000
_UPWARDS = frozenset({"/Parent", "/P", "/Dest", "/StructParent", "/Popup", "/IRT"})


def find_touched_pages(reader: PdfFileReader, revision: int) -> list[int]:
    """Pages from 1 of which an object was written after `revision`, as far as a second of looking shows."""
    changed: set[Any] = set()
    for later in range(revision + 1, reader.xrefs.total_revisions):
        changed |= set(reader.xrefs.explicit_refs_in_revision(later))
    deadline = time.monotonic() + _SECONDS
    found: list[int] = []
    for number, page in enumerate(_iter_pages(reader), start=1):
        if time.monotonic() > deadline:
            break
        if _reaches(page, changed):
            found.append(number)
    return found


def _iter_pages(reader: PdfFileReader) -> list[Any]:
    """References of the pages in reading order."""
    found: list[Any] = []
    waiting: list[Any] = [reader.root.raw_get("/Pages")]
    seen: set[generic.Reference] = set()
    while waiting and len(found) < _PAGES:
        current = waiting.pop()
        node = current.get_object() if isinstance(current, generic.IndirectObject) else current
        if not isinstance(node, generic.DictionaryObject):
            continue
        if "/Kids" in node:
            waiting.extend(list_kids(current, node, seen))
        else:
            found.append(current)
    return found


def _reaches(page: Any, changed: set[Any]) -> bool:
    """Whether a changed object hangs on the page, upward links aside."""
    seen: set[Any] = set()
    waiting: list[Any] = [page]
    while waiting and len(seen) < _OBJECTS_A_PAGE:
        node = waiting.pop()
        if isinstance(node, generic.IndirectObject):
            if node.reference in seen:
                continue
            if node.reference in changed:
                return True
            seen.add(node.reference)
            node = node.get_object()
        if isinstance(node, generic.DictionaryObject):
            waiting.extend(node.raw_get(key) for key in node if key not in _UPWARDS)
        elif isinstance(node, generic.ArrayObject):
            waiting.extend(node.raw_get(index) for index in range(len(node)))
    return False
