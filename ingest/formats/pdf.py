"""PDF files as they arrive (tệp PDF): structure, encryption, pages, signatures, embedded things."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NullObject, PdfObject

from ingest.errors import EncryptedFile, UnreadableFile
from ingest.formats.facts import Finding, FormatFacts, Limits
from ingest.formats.limits import check_pages, check_pixels

NAME = "pdf"
_HEADER_WITHIN = 1024
_TRAILER_WITHIN = 2048
_POINTS_PER_INCH = 72
_DRAWN_DPI = 300
_FIELD_DEPTH = 32
# A hostile file can make any of these leave pypdf; all of them mean that it cannot be read.
_PARSE_ERRORS = (PyPdfError, OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError)

logging.getLogger("pypdf").setLevel(logging.ERROR)


def match(head: bytes, name: str) -> float:
    """How surely the file is a PDF: header at the start, header a little later, or only the name."""
    if head.startswith(b"%PDF-"):
        return 1.0
    if b"%PDF-" in head[:_HEADER_WITHIN]:
        return 0.8
    return 0.1 if name.lower().endswith(".pdf") else 0.0


def read(path: Path, limits: Limits) -> FormatFacts:
    """Facts of a PDF; raises `UnreadableFile` (also when cut off), `EncryptedFile`, `FileTooLarge`."""
    check_ends(path)
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted:
            raise EncryptedFile
        return _read_facts(reader, limits)
    except _PARSE_ERRORS as exc:
        raise UnreadableFile(format=NAME) from exc


def check_ends(path: Path) -> None:
    """Raise `UnreadableFile` unless header and end mark are there; pypdf would mend a cut-off file and
    silently lose its last pages."""
    with path.open("rb") as file:
        head = file.read(_HEADER_WITHIN)
        file.seek(max(0, path.stat().st_size - _TRAILER_WITHIN))
        tail = file.read()
    if b"%PDF-" not in head:
        raise UnreadableFile("Tệp không phải PDF.", format=NAME)
    if b"%%EOF" not in tail:
        raise UnreadableFile("Tệp PDF bị cắt ngắn.", format=NAME)


def _read_facts(reader: PdfReader, limits: Limits) -> FormatFacts:
    pages = len(reader.pages)
    if pages == 0:
        raise UnreadableFile("Tệp PDF không có trang nào.", format=NAME)
    check_pages(pages, limits)
    for page in reader.pages:
        _check_page(page, limits)
    root = _resolve(reader.trailer["/Root"])
    if not isinstance(root, DictionaryObject):
        raise UnreadableFile(format=NAME)
    return FormatFacts(NAME, pages, _is_signed(root), tuple(_iter_findings(root, reader)))


def _check_page(page: PageObject, limits: Limits) -> None:
    area = abs(float(page.mediabox.width) * float(page.mediabox.height))
    check_pixels(round(area * (_DRAWN_DPI / _POINTS_PER_INCH) ** 2), limits)


def _resolve(value: PdfObject | None) -> PdfObject:
    found = value.get_object() if value is not None else None
    return found if found is not None else NullObject()


def _get(holder: PdfObject, key: str) -> PdfObject:
    return _resolve(holder.get(key)) if isinstance(holder, DictionaryObject) else NullObject()


def _is_name(value: PdfObject, name: str) -> bool:
    return isinstance(value, NameObject) and str(value) == name


def _is_signed(root: DictionaryObject) -> bool:
    return any(
        _is_name(_get(field, "/FT"), "/Sig") and not isinstance(_get(field, "/V"), NullObject)
        for field in _iter_fields(_get(_get(root, "/AcroForm"), "/Fields"), 0)
    )


def _iter_fields(fields: PdfObject, depth: int) -> Iterator[PdfObject]:
    if depth > _FIELD_DEPTH or not isinstance(fields, ArrayObject):
        return
    for item in cast("list[PdfObject]", fields):
        field = _resolve(item)
        yield field
        yield from _iter_fields(_get(field, "/Kids"), depth + 1)


def _iter_findings(root: DictionaryObject, reader: PdfReader) -> Iterator[Finding]:
    names = _get(root, "/Names")
    attached = any(_has_annotation(page, "/FileAttachment") for page in reader.pages)
    if "/AF" in root or not isinstance(_get(names, "/EmbeddedFiles"), NullObject) or attached:
        yield Finding.EMBEDDED_FILES
    opened = _is_name(_get(_get(root, "/OpenAction"), "/S"), "/JavaScript")
    if "/AA" in root or opened or not isinstance(_get(names, "/JavaScript"), NullObject):
        yield Finding.SCRIPTS
    if not isinstance(_get(_get(root, "/AcroForm"), "/XFA"), NullObject):
        yield Finding.DYNAMIC_FORM


def _has_annotation(page: PageObject, subtype: str) -> bool:
    notes = _get(page, "/Annots")
    if not isinstance(notes, ArrayObject):
        return False
    return any(_is_name(_get(_resolve(note), "/Subtype"), subtype) for note in cast("list[PdfObject]", notes))
