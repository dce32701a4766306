"""What a signature says and shows, as it was when signed (chữ ký nhìn từ phiên bản lúc ký).

A later revision may replace /Reason, /Name, /M or the whole value of the field and leave the signature's own
check sound (signature dictionary spoofing): whatever is shown to a person comes from the signed revision.
"""

import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from signing.appearance import describe_appearance
from signing.objects import find_value
from signing.report import Appearance
from signing.revisions import FilledField, iter_filled_fields, read_appearance
from signing.statement import Statement
from signing.widgets import read_widgets

REPLACED = "signature_dictionary_replaced"
"""Warning: the final revision says something else of a signature than the revision it signed."""
_ENTRIES = {
    "name": "/Name",
    "reason": "/Reason",
    "location": "/Location",
    "contact": "/ContactInfo",
    "time": "/M",
}
_MOST_TEXT = 300


@dataclass(frozen=True, slots=True)
class SignedView:
    """A signature as its own revision has it (chữ ký lúc ký); `notices`: what a later one replaced."""

    appearance: Appearance = field(default_factory=Appearance)
    statement: Statement = field(default_factory=Statement)
    notices: tuple[str, ...] = ()


def read_signed_view(data: bytes, reader: PdfFileReader, found: FilledField) -> SignedView:
    """What the signature of `found` says and shows in the revision it signed.

    Empty where the signed revision cannot be read: no verdict rests on it.
    """
    end = sum(found.byte_range[-2:])
    with suppress(Exception):  # hostile objects; what cannot be read is not shown
        revision = find_revision(reader, end)
        if revision is None:
            return SignedView()
        signed: Any = reader.get_historical_resolver(revision)
        fields = [each for each in iter_filled_fields(signed) if each.byte_range == found.byte_range]
        if not fields:
            return SignedView()
        statement = _read_statement(fields[0].value)
        notices = () if statement == _read_statement(found.value) else (REPLACED,)
        return SignedView(_read_appearance(data, end, signed, fields[0]), statement, notices)
    return SignedView()


def find_revision(reader: PdfFileReader, end: int) -> int | None:
    """The newest revision whose cross-references lie within the first `end` bytes; None without any."""
    xrefs = reader.xrefs
    inside = [
        number
        for number in range(xrefs.total_revisions)
        if xrefs.get_xref_container_info(number).end_location <= end
    ]
    return max(inside, default=None)


def _read_appearance(data: bytes, end: int, signed: Any, found: FilledField) -> Appearance:
    placed = read_appearance(signed, found)
    widget = next((each for each in read_widgets(signed.root) if each.field == found.name), None)
    if widget is not None and placed.rect:
        placed = replace(placed, shown=widget.shown, page=placed.page or widget.page)
    return describe_appearance(data, found.name, placed, end)


def _read_statement(value: Mapping[str, Any]) -> Statement:
    return Statement(**{name: _text(find_value(value, key)) for name, key in _ENTRIES.items()})


def _text(value: Any) -> str:
    """One line of plain text in NFC, control characters left out."""
    if not isinstance(value, str):
        return ""
    plain = "".join(letter if letter.isprintable() else " " for letter in unicodedata.normalize("NFC", value))
    return " ".join(plain.split())[:_MOST_TEXT]
