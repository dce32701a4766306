"""What worker children do (việc của tiến trình con): functions for `ocr.pool`, named by reference."""

import os
from functools import cache
from pathlib import Path

from ocr.engine import OcrEngine
from ocr.fields import extract_fields
from ocr.pagefile import open_page_texts
from ocr.pdfa import compose_pdf
from ocr.profiles import build_engine
from ocr.raster import (
    build_empty_page,
    count_pages,
    iter_page_images,
    read_or_empty_page,
    read_page_image,
)
from ocr.reading import read_source
from ocr.source import SourcePage
from ocr.tasks import Composition, PageReading
from ocr.types import FieldCandidate, PageText, Quality, QualityVerdict


def read_file_page(path: Path, kind: str, number: int, profile: str, temp_dir: Path) -> PageReading:
    """Read one page of a file, 0-based; raises what `read_page_image` and `read_page` raise."""
    start = _cpu_seconds()
    source = read_page_image(path, kind, number, with_text=True)
    page = read_source(source, _engine(profile), temp_dir)[1]
    return PageReading(page, _cpu_seconds() - start)


def count_file_pages(path: Path, kind: str) -> int:
    """How many pages a file has; raises what `count_pages` raises."""
    return count_pages(path, kind)


def describe_unread_page(path: Path, kind: str, number: int, reason: str) -> PageText:
    """A page that could not be read, without words: its size, to be scanned again for `reason`."""
    return _describe(read_or_empty_page(path, kind, number), reason)


def describe_lost_page(number: int, reason: str) -> PageText:
    """The same for a page that takes down whoever opens it: an empty sheet in its place."""
    return _describe(build_empty_page(number), reason)


def _describe(source: SourcePage, reason: str) -> PageText:
    """A page without words."""
    quality = Quality(QualityVerdict.RESCAN, (reason,))
    return PageText(source.width, source.height, source.dpi, source.rotation, 0.0, quality)


def compose_file(
    path: Path,
    kind: str,
    texts: Path,
    out_path: Path,
    title: str = "",
    unread: frozenset[int] = frozenset(),
    lost: frozenset[int] = frozenset(),
) -> Composition:
    """Write the searchable PDF/A of a file whose pages were read into `texts`; raises PdfaRefused.

    Pages of `unread` (0-based) keep their places, empty where their images cannot be had, and those of `lost`
    without opening them.
    """
    start = _cpu_seconds()
    pages = zip(iter_page_images(path, kind, unread, lost), open_page_texts(texts), strict=True)
    report = compose_pdf(pages, out_path, title)
    return Composition(report, _cpu_seconds() - start)


def extract_file_fields(texts: Path) -> tuple[FieldCandidate, ...]:
    """Candidates for the fields of a document whose pages were read into `texts`."""
    return extract_fields(open_page_texts(texts))


@cache
def _engine(profile: str) -> OcrEngine:
    """The child's reader, made once."""
    return build_engine(profile)


def _cpu_seconds() -> float:
    """CPU time of this process and the children it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
