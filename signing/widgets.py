"""Form widgets of one revision (ô biểu mẫu): what they hold and where the page shows them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pyhanko.pdf_utils import generic

from signing.objects import find_value, list_kids
from signing.report import ChangeItem

_FIELD_LIMIT = 5000
_MOST_TEXT = 300
_DEPTH_LIMIT = 32


@dataclass(frozen=True, slots=True)
class Widget:
    """One widget (ô biểu mẫu): `shown` is its box on the page as displayed, in points from the lower left.

    `existed`: the field was there, perhaps empty, in the signed revision.
    """

    field: str
    kind: str
    value: str
    page: int | None
    shown: tuple[float, float, float, float]
    existed: bool = False


def read_widgets(root: generic.DictionaryObject) -> list[Widget]:
    """Every widget of the form under the catalog `root`; raises what a broken tree raises."""
    found: list[Widget] = []
    pages = _read_pages(root)
    form = find_value(root, "/AcroForm")
    _collect(find_value(form, "/Fields"), ("", "", ""), pages, found, 0)
    return found


def find_filled(before: Sequence[Widget], after: Sequence[Widget]) -> list[Widget]:
    """Widgets of ordinary fields whose value changed: an unchanged value may not look different."""
    known = {(widget.field, widget.page, widget.shown): widget.value for widget in before}
    return [
        widget
        for widget in after
        if widget.kind != "/Sig"
        and known.get((widget.field, widget.page, widget.shown), widget.value) != widget.value
    ]


def find_signed_later(before: Sequence[Widget], after: Sequence[Widget]) -> list[Widget]:
    """Widgets of signature fields signed, or made, after the signed revision."""
    known = {widget.field: widget.value for widget in before if widget.kind == "/Sig"}
    return [
        replace(widget, existed=widget.field in known)
        for widget in after
        if widget.kind == "/Sig" and known.get(widget.field) != widget.value
    ]


def describe_items(
    items: Sequence[ChangeItem], before: Sequence[Widget], after: Sequence[Widget]
) -> tuple[ChangeItem, ...]:
    """The items, those of form fields with their page and what the field held before and after."""
    old, new = ({widget.field: widget for widget in widgets} for widgets in (before, after))
    return tuple(_describe_item(item, old.get(item.object), new.get(item.object)) for item in items)


def _describe_item(item: ChangeItem, old: Widget | None, new: Widget | None) -> ChangeItem:
    shown = new or old
    if not item.object or shown is None:
        return item
    if shown.kind == "/Sig":  # its own entry says what a signature holds
        return replace(item, page=shown.page)
    return replace(item, page=shown.page, old=_shorten(old), new=_shorten(new))


def _shorten(widget: Widget | None) -> str | None:
    return None if widget is None else unicodedata.normalize("NFC", widget.value)[:_MOST_TEXT]


def _collect(
    kids: Any, inherited: tuple[str, str, str], pages: "dict[Any, _Page]", found: list[Widget], depth: int
) -> None:
    if not isinstance(kids, generic.ArrayObject) or depth > _DEPTH_LIMIT or len(found) > _FIELD_LIMIT:
        return
    for index in range(len(kids)):
        node = kids[index]
        if not isinstance(node, generic.DictionaryObject):
            continue
        title = find_value(node, "/T")
        name = ".".join(part for part in (inherited[0], "" if title is None else str(title)) if part)
        kind = str(find_value(node, "/FT") or inherited[1])
        value = _describe(node, kind) or inherited[2]
        if "/Rect" in node:
            found.append(_widget(node, (name, kind, value), pages))
        _collect(find_value(node, "/Kids"), (name, kind, value), pages, found, depth + 1)


def _describe(node: generic.DictionaryObject, kind: str) -> str:
    """The value as text to compare: a signature by its byte range, others by value and state."""
    value = find_value(node, "/V")
    if kind == "/Sig":
        return str(find_value(value, "/ByteRange")) if isinstance(value, generic.DictionaryObject) else ""
    state = find_value(node, "/AS")
    parts = [str(part) for part in (value, state) if part is not None]
    return "|".join(parts)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's number from 1, its visible box and rotation."""

    number: int
    box: tuple[float, float, float, float]
    rotation: int


def _widget(node: generic.DictionaryObject, about: tuple[str, str, str], pages: dict[Any, _Page]) -> Widget:
    corners = [float(number) for number in node["/Rect"]]
    rect = (
        min(corners[0], corners[2]), min(corners[1], corners[3]),
        max(corners[0], corners[2]), max(corners[1], corners[3]),
    )  # fmt: skip
    reference = node.raw_get("/P") if "/P" in node else None
    page = pages.get(reference.reference) if isinstance(reference, generic.IndirectObject) else None
    page = page or pages.get(node.container_ref)
    first = page or next(iter(pages.values()), _Page(1, (0.0, 0.0, 595.0, 842.0), 0))
    return Widget(*about, page.number if page else None, _shown(rect, first))


def _shown(rect: tuple[float, float, float, float], page: _Page) -> tuple[float, float, float, float]:
    """A rectangle as displayed: relative to the visible box and turned with the page."""
    left, bottom, right, top = page.box
    x0, y0, x1, y1 = rect
    if page.rotation == 90:
        return y0 - bottom, right - x1, y1 - bottom, right - x0
    if page.rotation == 180:
        return right - x1, top - y1, right - x0, top - y0
    if page.rotation == 270:
        return top - y1, x0 - left, top - y0, x1 - left
    return x0 - left, y0 - bottom, x1 - left, y1 - bottom


def _read_pages(root: generic.DictionaryObject) -> dict[Any, _Page]:
    """Pages by reference, and by the reference of each annotation on them."""
    found: dict[Any, _Page] = {}
    count = 0
    waiting: list[tuple[Any, dict[str, Any]]] = [(root.raw_get("/Pages"), {})]
    seen: set[generic.Reference] = set()
    while waiting and count < _FIELD_LIMIT:
        current, inherited = waiting.pop()
        node = current.get_object() if isinstance(current, generic.IndirectObject) else current
        if not isinstance(node, generic.DictionaryObject):
            continue
        own = {key: find_value(node, key) for key in ("/MediaBox", "/CropBox", "/Rotate") if key in node}
        attributes = {**inherited, **own}
        if "/Kids" in node:
            waiting.extend((kid, attributes) for kid in list_kids(current, node, seen))
            continue
        count += 1
        page = _Page(count, _box(attributes), int(attributes.get("/Rotate") or 0) % 360)
        for reference in (current, *_annotations(node)):
            if isinstance(reference, generic.IndirectObject):
                found.setdefault(reference.reference, page)
    return found


def _annotations(page: generic.DictionaryObject) -> list[Any]:
    listed = find_value(page, "/Annots")
    if not isinstance(listed, generic.ArrayObject):
        return []
    return [listed.raw_get(index) for index in range(len(listed))]


def _box(attributes: dict[str, Any]) -> tuple[float, float, float, float]:
    numbers = [float(number) for number in attributes.get("/CropBox") or attributes.get("/MediaBox") or ()]
    if len(numbers) != 4:
        return 0.0, 0.0, 595.0, 842.0
    return (
        min(numbers[0], numbers[2]), min(numbers[1], numbers[3]),
        max(numbers[0], numbers[2]), max(numbers[1], numbers[3]),
    )  # fmt: skip
