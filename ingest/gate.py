"""What a child does with one page at the gate (việc của tiến trình con ở cổng): read once, judge, let pass.

What was read travels on with the page, so that the line does not read it again. On a hit only the page's
number leaves the child.
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ingest.errors import SecretMaterialFound
from ingest.secrecy import judge_secrecy
from ocr.bornwords import place_words
from ocr.clean import PreparedPage
from ocr.engine import OcrEngine
from ocr.engines.tesseract import TesseractEngine
from ocr.profiles import build_engine
from ocr.raster import read_page_image
from ocr.reading import read_source
from ocr.source import SourcePage, decode_page
from ocr.stamps import STAMP_PAGE_MODE, find_stamps, read_stamps
from ocr.types import PageText, TextSource


@dataclass(frozen=True, slots=True)
class GatedPage:
    """A page that passed (trang đã qua cổng): its text, and whether a mark restricts its circulation."""

    text: PageText
    is_restricted: bool


def gate_page(path: Path, kind: str, number: int, profile: str, is_waived: bool, temp_dir: Path) -> GatedPage:
    """Read one page, 0-based, and judge it; `is_waived`: two people have said that its hit was false.

    Raises `SecretMaterialFound` with the page's ordinal from 1, and what reading raises.
    """
    engine = _engine(profile)
    source = read_page_image(path, kind, number, with_text=True)
    prepared, text = read_source(source, engine, temp_dir)
    regions = find_stamps(decode_page(source), source.dpi, prepared.geometry.rotation)
    verdict = judge_secrecy(text, read_stamps(regions, _stamp_engine(), temp_dir), number)
    is_hit = verdict.is_hit or _says_mark(source, prepared, text)
    if is_hit and not is_waived:
        raise SecretMaterialFound(page=number + 1)
    return GatedPage(text, verdict.is_restricted)


def _says_mark(source: SourcePage, prepared: PreparedPage, text: PageText) -> bool:
    """Whether a text of the PDF's own that was not believed names a mark: a reader may have missed it."""
    if source.printed is None or text.text_source is TextSource.PDF:
        return False
    said = replace(text, words=place_words(source.printed, prepared.geometry))
    return judge_secrecy(said, ()).is_hit


@cache
def _stamp_engine() -> OcrEngine:
    """The child's reader for the sheet of stamps, which is one block of lines, no page."""
    return TesseractEngine(page_mode=STAMP_PAGE_MODE)


@cache
def _engine(profile: str) -> OcrEngine:
    """The child's reader, made once."""
    return build_engine(profile)
