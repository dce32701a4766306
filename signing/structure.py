"""Growth of a tagged PDF's structure tree (cây cấu trúc) when a signature field is added after signing.

ISO 32000-1 clause 14.7: a tagged document gives each new widget an element. Only that is cleared: old
elements keep all they had, in order, and what is added holds nothing but signature widgets.
"""

from collections.abc import Iterable
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis.rules_api import ReferenceUpdate, WhitelistRule

from signing.objects import find_value

_GROWING = {"/K", "/ParentTree", "/ParentTreeNextKey"}
_LIMIT = 20_000


class StructureGrowthRule(WhitelistRule):
    """Clears structure elements added for new signature widgets, and nothing else (thẻ cấu trúc mới)."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        """Yield the tree's objects when it only grew; silence leaves the revision's other rules to judge."""
        before, after = _tree(old), _tree(new)
        if before is None or after is None or not _same_but(before, after, _GROWING):
            return
        touched = new.explicit_refs_in_revision()
        added: set[generic.Reference] = set()
        grown = [ref for ref in touched if _is_element(old, ref) or ref == _root_reference(old)]
        if not all(_grew(old, new, ref, added) for ref in grown):
            return
        nodes = _parent_tree_growth(old, new, before, after, added)
        if nodes is None:
            return
        for reference in {*grown, *added, *nodes}:
            yield ReferenceUpdate(reference)


def _tree(resolver: HistoricalResolver) -> generic.DictionaryObject | None:
    root = resolver.root
    found = find_value(root, "/StructTreeRoot")
    return found if isinstance(found, generic.DictionaryObject) else None


def _root_reference(resolver: HistoricalResolver) -> generic.Reference | None:
    found = resolver.root.raw_get("/StructTreeRoot")
    return found.reference if isinstance(found, generic.IndirectObject) else None


def _is_element(resolver: HistoricalResolver, reference: generic.Reference) -> bool:
    """Whether the revision has a structure element under this reference."""
    try:
        value = resolver(reference)
    except Exception:  # not there, or not readable: no element
        return False
    return isinstance(value, generic.DictionaryObject) and find_value(value, "/Type") == "/StructElem"


def _same_but(old: Any, new: Any, free: set[str]) -> bool:
    """Whether two dictionaries agree in all but the free keys."""
    kept = (set(old.keys()) | set(new.keys())) - free
    return all(key in old and key in new and old.raw_get(key) == new.raw_get(key) for key in kept)


def _grew(
    old: HistoricalResolver,
    new: HistoricalResolver,
    reference: generic.Reference,
    added: set[generic.Reference],
) -> bool:
    """Whether an element kept all and only gained elements of signature widgets, noted in `added`."""
    one, two = old(reference), new(reference)
    free = _GROWING if reference == _root_reference(old) else {"/K"}
    if not isinstance(two, generic.DictionaryObject) or not _same_but(one, two, free):
        return False
    had, has = _children(one), _children(two)
    extra = [child for child in has if child not in had]
    if [child for child in has if child in had] != had:
        return False
    for child in extra:
        if not isinstance(child, generic.IndirectObject) or not _holds_signature(old, new, child):
            return False
        added.add(child.reference)
    return True


def _children(element: Any) -> list[Any]:
    if "/K" not in element:
        return []
    kids = element.raw_get("/K")
    resolved = kids.get_object() if isinstance(kids, generic.IndirectObject) else kids
    if isinstance(resolved, generic.ArrayObject):
        return [resolved.raw_get(index) for index in range(len(resolved))]
    return [kids]


def _holds_signature(old: HistoricalResolver, new: HistoricalResolver, child: generic.IndirectObject) -> bool:
    """Whether a new element refers to signature widgets alone."""
    element = new(child.reference)
    if _is_element(old, child.reference) or not isinstance(element, generic.DictionaryObject):
        return False
    contents = [
        new(item.reference) if isinstance(item, generic.IndirectObject) else item
        for item in _children(element)
    ]
    return bool(contents) and all(_is_signature(new, item) for item in contents)


def _is_signature(new: HistoricalResolver, item: Any) -> bool:
    if not isinstance(item, generic.DictionaryObject) or "/Obj" not in item:
        return False
    pointer = item.raw_get("/Obj")
    widget: Any = new(pointer.reference) if isinstance(pointer, generic.IndirectObject) else pointer
    return isinstance(widget, generic.DictionaryObject) and find_value(widget, "/FT") == "/Sig"


def _parent_tree_growth(
    old: HistoricalResolver, new: HistoricalResolver, before: Any, after: Any, added: set[generic.Reference]
) -> set[generic.Reference] | None:
    """Objects of the new parent tree when it keeps every entry and adds only `added`; None otherwise."""
    nodes: set[generic.Reference] = set()
    one, two = _numbers(old, before, set()), _numbers(new, after, nodes)
    for key, value in two.items():
        fresh = isinstance(value, generic.IndirectObject) and value.reference in added
        if not fresh and (key not in one or _plain(old, one[key], set()) != _plain(new, value, nodes)):
            return None
    return nodes if one.keys() <= two.keys() else None


def _plain(resolver: HistoricalResolver, value: Any, nodes: set[generic.Reference]) -> Any:
    """An entry to compare: an array by its members, whether direct or not; an element by its reference."""
    resolved = resolver(value.reference) if isinstance(value, generic.IndirectObject) else value
    if isinstance(resolved, generic.ArrayObject):
        if isinstance(value, generic.IndirectObject):
            nodes.add(value.reference)
        return [resolved.raw_get(index) for index in range(len(resolved))]
    return value


def _numbers(resolver: HistoricalResolver, tree: Any, nodes: set[generic.Reference]) -> dict[int, Any]:
    """Entries of the parent tree (a number tree, ISO 32000-1 clause 7.9.7); its nodes are noted."""
    found: dict[int, Any] = {}
    waiting: list[Any] = [tree.raw_get("/ParentTree")] if "/ParentTree" in tree else []
    while waiting and len(found) < _LIMIT and len(nodes) < _LIMIT:
        current = waiting.pop()
        if isinstance(current, generic.IndirectObject):
            if current.reference in nodes:
                continue
            nodes.add(current.reference)
            current = resolver(current.reference)
        if not isinstance(current, generic.DictionaryObject):
            continue
        numbers: Any = find_value(current, "/Nums") or ()
        for index in range(0, len(numbers) - 1, 2):
            found[int(numbers[index])] = numbers.raw_get(index + 1)
        kids: Any = find_value(current, "/Kids") or ()
        waiting.extend(kids.raw_get(index) for index in range(len(kids)))
    return found
