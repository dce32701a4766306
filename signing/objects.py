"""Reading PDF objects of hostile files (đọc đối tượng PDF): absent, dangling and odd all end quietly.

pyHanko's dictionaries follow references in `[]` but not in `.get`; these two functions always do.
"""

from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver


def find_value(node: Any, key: str) -> Any:
    """Value behind a key with references followed; None when absent or dangling."""
    try:
        return node[key]
    except (KeyError, PdfReadError, TypeError, IndexError):
        return None


def as_dictionary(value: Any) -> generic.DictionaryObject:
    """The dictionary behind a value; anything else counts as empty."""
    found = value.get_object() if isinstance(value, generic.IndirectObject) else value
    return found if isinstance(found, generic.DictionaryObject) else generic.DictionaryObject()


def list_kids(current: Any, node: generic.DictionaryObject, seen: set[generic.Reference]) -> list[Any]:
    """/Kids as they stand, last first, for a stack; none of a node in `seen`: trees may bite their tail."""
    if isinstance(current, generic.IndirectObject):
        if current.reference in seen:
            return []
        seen.add(current.reference)
    kids = find_value(node, "/Kids")
    if not isinstance(kids, generic.ArrayObject):
        return []
    return [kids.raw_get(index) for index in reversed(range(len(kids)))]


def collect_references(
    resolver: HistoricalResolver,
    value: generic.PdfObject | None,
    stop: frozenset[generic.Reference] = frozenset(),
) -> set[generic.Reference]:
    """Every reference reachable from `value`, not going through `stop`."""
    found: set[generic.Reference] = set()
    waiting: list[generic.PdfObject | None] = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, generic.IndirectObject):
            if current.reference not in found and current.reference not in stop:
                found.add(current.reference)
                waiting.append(_lookup(resolver, current.reference))
        elif isinstance(current, generic.DictionaryObject):
            waiting.extend(current.raw_get(key) for key in current)
        elif isinstance(current, generic.ArrayObject):
            waiting.extend(current.raw_get(index) for index in range(len(current)))
    return found


def _lookup(resolver: HistoricalResolver, reference: generic.Reference) -> generic.PdfObject | None:
    """The object a reference had in that revision; a dangling one counts as null (ISO 32000-1, 7.3.10)."""
    try:
        return resolver(reference)
    except (KeyError, PdfReadError):
        return None
