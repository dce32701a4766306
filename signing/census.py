"""Counts signatures a second time, apart from pyHanko (kiểm đếm chữ ký độc lập).

Two looks: pypdf walks the document, and a plain search of the raw bytes finds every /ByteRange with its
/Contents, so that a removed form, a dropped sub-filter or a broken field cannot hide a signature.
"""

import importlib
import io
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, create_string_object

from signing.long_strings import read_at_once

# pypdf has no setting for it; its own function stays what reads everything out of the ordinary.
_structures: Any = importlib.import_module("pypdf.generic._data_structures")
_structures.read_hex_string_from_stream = read_at_once(
    _structures.read_hex_string_from_stream, create_string_object
)

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[([\s\d+\-.]{1,400})\]")
_ENCRYPT = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<")
_REVISION_END = re.compile(rb"%%EOF")
_HEX = re.compile(rb"[0-9A-Fa-f\s]*")
_SUBFILTER = re.compile(rb"/SubFilter\s*/([A-Za-z0-9._\-]+)")
# Some writers, pyHanko among them, escape the colon as an octal code (ISO 32000-1 clause 7.3.4.2).
_TIME = re.compile(
    rb"/M\s*\(\s*D(?::|\\072)(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:([+\-])(\d{2})'?(\d{2})?'?|Z)?[^)]{0,8}\)"
)
_ACTIVE = (
    (b"/JavaScript", "javascript"),
    (b"/JS", "javascript"),
    (b"/Launch", "launch_action"),
    (b"/SubmitForm", "submit_form"),
    (b"/OpenAction", "open_action"),
    (b"/EmbeddedFile", "embedded_file"),
    (b"/XFA", "xfa_form"),
)
_CATALOG_ENTRIES = {
    "/OpenAction": "open_action",
    "/JavaScript": "javascript",
    "/EmbeddedFiles": "embedded_file",
    "/XFA": "xfa_form",
}
_FRAGMENT = re.compile(rb"(/Contents\s*)<\s*30[0-9A-Fa-f]{200}")
_WINDOW = 400_000
_FIELD_LIMIT = 5_000
_MARKS = 50
_DEPTH_LIMIT = 32


@dataclass(frozen=True, slots=True)
class RawSignature:
    """A /ByteRange seen in the bytes (chữ ký trong dữ liệu thô); contents None when no hex string fits."""

    offset: int
    byte_range: tuple[int, ...]
    contents: bytes | None
    contents_span: tuple[int, int] | None
    subfilter: str
    claimed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Census:
    """What was counted without pyHanko (kết quả kiểm đếm).

    `has_fragment`: a long DER value stands in a /Contents, as of a signature cut off before its /ByteRange.
    `fields` is the number of filled signature fields seen by pypdf, None when pypdf cannot read the file.
    """

    raw: tuple[RawSignature, ...]
    fields: int | None
    field_ranges: tuple[tuple[int, ...], ...]
    empty_fields: int
    usage_rights: bool
    pages: int | None
    is_pdf: bool
    encrypted: bool
    needs_password: bool
    revision_ends: tuple[int, ...]
    active_content: tuple[str, ...]
    has_fragment: bool = False
    problem: str | None = None


def read_census(data: bytes) -> Census:
    """Count signatures in `data`; never raises, a parser that fails leaves `problem` and the raw count."""
    walked = _Walk()
    problem = None
    try:
        walked.read(data)
    except Exception as exc:
        problem = type(exc).__name__
    raw = tuple(_iter_raw(data))
    known = {found.contents_span[0] for found in raw if found.contents_span}
    return Census(
        raw=raw,
        fields=None if problem and not walked.opened else walked.filled,
        field_ranges=tuple(walked.ranges),
        empty_fields=walked.empty,
        usage_rights=walked.usage_rights,
        pages=walked.pages,
        is_pdf=b"%PDF-" in data[:1024],
        encrypted=walked.encrypted or _ENCRYPT.search(data) is not None,
        needs_password=walked.needs_password,
        revision_ends=tuple(match.end() for match in _REVISION_END.finditer(data)),
        active_content=tuple(
            dict.fromkeys(
                [*walked.active, *(name for mark, name in _ACTIVE if _stands_in_objects(mark, data))]
            )
        ),
        has_fragment=any(match.end(1) not in known for match in _FRAGMENT.finditer(data)),
        problem=problem,
    )


class _Walk:
    """One pass of pypdf over the form tree, with limits against hostile nesting."""

    def __init__(self) -> None:
        self.opened = False
        self.filled = 0
        self.empty = 0
        self.ranges: list[tuple[int, ...]] = []
        self.usage_rights = False
        self.pages: int | None = None
        self.encrypted = False
        self.needs_password = False
        self.active: list[str] = []
        self._seen: set[int] = set()

    def read(self, data: bytes) -> None:
        """Open and count; raises whatever pypdf raises."""
        with io.BytesIO(data) as stream:  # closed: its reader is a circle that would keep it for long
            self._read(PdfReader(stream, strict=False))

    def _read(self, reader: PdfReader) -> None:
        self.encrypted = reader.is_encrypted
        if self.encrypted and not reader.decrypt(""):
            self.needs_password = True
            return
        root = _dictionary(reader.trailer["/Root"])
        self.opened = True
        self.pages = len(reader.pages)
        permissions = _dictionary(root.get("/Perms"))
        self.usage_rights = "/UR3" in permissions or "/UR" in permissions
        form = _dictionary(root.get("/AcroForm"))
        names = _dictionary(root.get("/Names"))
        # Where the catalogue stands in a compressed stream, the bytes do not show what it starts.
        holders = ((root, "/OpenAction"), (names, "/JavaScript"), (names, "/EmbeddedFiles"), (form, "/XFA"))
        self.active = [_CATALOG_ENTRIES[key] for holder, key in holders if key in holder]
        self._fields(form.get("/Fields"), "", 0)

    def _fields(self, kids: Any, inherited: str, depth: int) -> None:
        nodes = _resolve(kids)
        if not isinstance(nodes, ArrayObject) or depth > _DEPTH_LIMIT:
            return
        for kid in nodes:
            node = _dictionary(kid)
            if id(node) in self._seen or len(self._seen) > _FIELD_LIMIT:
                continue
            self._seen.add(id(node))
            kind = str(node.get("/FT", inherited))
            if kind == "/Sig" and ("/V" in node or "/Kids" not in node):
                self._signature_field(node)
            self._fields(node.get("/Kids"), kind, depth + 1)

    def _signature_field(self, node: DictionaryObject) -> None:
        value = _resolve(node.get("/V"))
        if not isinstance(value, DictionaryObject):
            self.empty += 1
            return
        self.filled += 1
        numbers = _resolve(value.get("/ByteRange"))
        if isinstance(numbers, ArrayObject):
            with suppress(ValueError, TypeError):
                self.ranges.append(tuple(int(number) for number in numbers))


def _stands_in_objects(mark: bytes, data: bytes) -> bool:
    """Whether a name stands in an object and not by chance among the bytes of a stream, such as a picture."""
    place = data.find(mark)
    for _ in range(_MARKS):
        if place < 0:
            return False
        last = data.rfind(b"stream", 0, place)
        if last < 0 or data[last - 3 : last] == b"end":
            return True
        place = data.find(mark, place + 1)
    return True


def _resolve(value: Any) -> Any:
    """The object behind a reference, or the value itself."""
    return value.get_object() if hasattr(value, "get_object") else value


def _dictionary(value: Any) -> DictionaryObject:
    """The dictionary behind a value; anything else counts as empty."""
    found = _resolve(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _iter_raw(data: bytes) -> "list[RawSignature]":
    """Every /ByteRange in the bytes with the hex string that fills its gap."""
    found: list[RawSignature] = []
    for match in _BYTE_RANGE.finditer(data):
        numbers = _numbers(match.group(1))
        span = _contents_span(data, numbers)
        dictionary = _around(data, match.start(), match.end())
        if span is None:
            span = _nearby_contents(data, match.start(), match.end())
        contents = None if span is None else _decode_hex(data[span[0] + 1 : span[1] - 1])
        kind = _SUBFILTER.search(dictionary)
        name = kind.group(1).decode("ascii", "replace") if kind else ""
        found.append(RawSignature(match.start(), numbers, contents, span, name, _claimed(dictionary)))
        if len(found) >= 500:
            break
    return found


def _claimed(dictionary: bytes) -> datetime | None:
    """The /M beside the /ByteRange: PAdES puts the claimed time there (ETSI EN 319 142-1 clause 6.3)."""
    match = _TIME.search(dictionary)
    if match is None:
        return None
    sign, hours, minutes = match.group(7), int(match.group(8) or 0), int(match.group(9) or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == b"-" else 1)
    try:
        return datetime(*(int(part) for part in match.groups()[:6]), tzinfo=timezone(offset))
    except ValueError:
        return None


def _numbers(text: bytes) -> tuple[int, ...]:
    """The integers of a /ByteRange; an odd token ends as an empty range (a finding, not a crash)."""
    try:
        return tuple(int(token) for token in text.split())
    except ValueError:
        return ()


def _contents_span(data: bytes, numbers: tuple[int, ...]) -> tuple[int, int] | None:
    """Offsets of `<...>` when the range's gap is exactly one hex string."""
    if len(numbers) != 4:
        return None
    start, end = numbers[0] + numbers[1], numbers[2]
    if not (0 <= start < end <= len(data)) or data[start : start + 1] != b"<" or data[end - 1 : end] != b">":
        return None
    return (start, end) if _HEX.fullmatch(data, start + 1, end - 1) else None


def read_gap(data: bytes, byte_range: tuple[int, ...]) -> RawSignature | None:
    """The hexadecimal string in a range's gap, where no /ByteRange is to be seen: its name or its numbers are
    written otherwise, or stand in an object of their own.
    """
    span = _contents_span(data, byte_range)
    if span is None:
        return None
    return RawSignature(span[0], byte_range, _decode_hex(data[span[0] + 1 : span[1] - 1]), span, "")


def _nearby_contents(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Offsets of a /Contents hex string beside the /ByteRange, for ranges that do not fit."""
    for low, high in ((end, min(len(data), end + _WINDOW)), (max(0, start - _WINDOW), start)):
        match = re.compile(rb"/Contents\s*(<[0-9A-Fa-f\s]{2,}>)").search(data, low, high)
        if match and b"endobj" not in data[min(match.start(), end) : max(match.start(), start)]:
            return match.span(1)
    return None


def _decode_hex(text: bytes) -> bytes | None:
    """Bytes of a PDF hex string; None when it is not one."""
    try:
        compact = b"".join(text.split())
        return bytes.fromhex((compact + b"0" * (len(compact) % 2)).decode("ascii"))
    except ValueError:
        return None


def _around(data: bytes, start: int, end: int) -> bytes:
    """The text of the object around a /ByteRange, without its long hex string."""
    low = max(data.rfind(b" obj", 0, start), start - _WINDOW, 0)
    high = data.find(b"endobj", end)
    high = min(len(data), end + _WINDOW) if high < 0 else min(high, end + _WINDOW)
    return re.sub(rb"<[0-9A-Fa-f\s]{64,}>", b"<>", data[low:high])
