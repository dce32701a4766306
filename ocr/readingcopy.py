"""A smaller copy for reading on a screen (bản đọc): coarser pictures, the same words, marked for what it is.

It is never signed and proves nothing; the archived file is kept beside it, byte for byte.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from ocr.corrected import Correction, iter_corrected
from ocr.errors import UnreadableImage
from ocr.pagefile import iter_page_texts
from ocr.pdfa import PdfaReport, compose_pdf
from ocr.raster import iter_page_images
from ocr.source import Colour, SourcePage, decode_page
from ocr.types import PageText

COMPOSE_READING_COPY = "ocr.readingcopy:compose_reading_copy"
COMPOSE_CORRECTED_COPY = "ocr.readingcopy:compose_corrected_copy"
SUFFIX = "ban-doc"
"""Stands in the name of every reading copy."""
MARK = "Bản đọc"
_ABOUT = f"{MARK}: ảnh thu nhỏ để xem, không thay bản lưu trữ và không có chữ ký số."
_ABOUT_CORRECTED = "Lớp chữ đã hiệu đính theo các giá trị được người kiểm tra xác nhận."
_DPI = 110
_QUALITY = 45


@dataclass(frozen=True, slots=True)
class ReadingCopy:
    """A written reading copy (bản đọc): the validator's report, its size and CPU seconds."""

    report: PdfaReport
    size: int
    cpu_seconds: float


def compose_reading_copy(
    path: Path,
    kind: str,
    texts: Iterable[PageText],
    out_path: Path,
    title: str,
    source_sha256: str,
    corrections: Sequence[Correction] | None = None,
    unread: frozenset[int] = frozenset(),
    lost: frozenset[int] = frozenset(),
) -> ReadingCopy:
    """Write the reading copy of a file whose pages were read; raises PdfaRefused, UnreadableImage.

    Pages of `unread` (0-based) keep their places, empty where their images cannot be had, and those of `lost`
    without opening them. The XMP metadata name it a reading copy and point at the archived file by its hash.
    With `corrections`, be there any or none, its text is the one that people confirmed.
    """
    start = os.times()
    about = _ABOUT if corrections is None else f"{_ABOUT} {_ABOUT_CORRECTED}"
    metadata = {"dc:description": about, "dc:source": f"urn:sha256:{source_sha256}"}
    pages = zip(_iter_small(path, kind, unread, lost), iter_corrected(texts, corrections or ()), strict=True)
    report = compose_pdf(pages, out_path, f"{MARK} - {title}" if title else MARK, metadata)
    end = os.times()
    seconds = end.user + end.system - start.user - start.system
    return ReadingCopy(report, out_path.stat().st_size, seconds)


def _iter_small(path: Path, kind: str, unread: frozenset[int], lost: frozenset[int]) -> Iterator[SourcePage]:
    """Each page image, made smaller; one that does not decode stays as it is."""
    for source in iter_page_images(path, kind, unread, lost):
        yield source if source.number in unread else shrink_page(source)


def shrink_page(source: SourcePage) -> SourcePage:
    """A page as a coarser JPEG; bilevel pages and what would not get smaller stay as they are."""
    if source.colour is Colour.BILEVEL:
        return source
    pixels = decode_page(source)
    scale = min(1.0, _DPI / source.dpi)
    size = (max(1, round(source.width * scale)), max(1, round(source.height * scale)))
    if scale < 1:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    options = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    done, encoded = cv2.imencode(".jpg", pixels, options)
    if not done:
        raise UnreadableImage(page=source.number)
    jpeg = encoded.tobytes()
    if source.jpeg is not None and len(source.jpeg) <= len(jpeg):
        return source
    dpi = max(1, round(source.dpi * scale))
    return SourcePage(source.number, *size, dpi, source.colour, source.rotation, jpeg=jpeg)


def compose_corrected_copy(
    path: Path,
    kind: str,
    sidecar: Path,
    out_path: Path,
    title: str,
    source_sha256: str,
    corrections: Sequence[Correction],
) -> ReadingCopy:
    """The same for pages kept as a sidecar file, with what people confirmed; raises SidecarInvalid too."""
    texts = iter_page_texts(sidecar.read_bytes())
    return compose_reading_copy(path, kind, texts, out_path, title, source_sha256, corrections)
