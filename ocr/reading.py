"""Where a page's words come from (đọc trang): its own text where the picture bears it out, else a reader."""

from dataclasses import replace
from pathlib import Path

from ocr.born import take_printed_text
from ocr.calibration import calibrate_words
from ocr.clean import PreparedPage, prepare_page
from ocr.engine import OcrEngine
from ocr.marks import add_marks
from ocr.page import build_page_text, read_prepared
from ocr.source import SourcePage
from ocr.types import PageText, TextSource


def read_source(source: SourcePage, engine: OcrEngine, temp_dir: Path) -> tuple[PreparedPage, PageText]:
    """Clean a page and take or read its words; temporary files lie in `temp_dir` alone.

    Raises UnreadableImage and what the engine raises.
    """
    prepared = prepare_page(source)
    born = take_printed_text(source, prepared, engine, temp_dir)
    if born is None or born.words is None:
        prepared, text = read_prepared(source, prepared, engine, temp_dir)
        text = replace(text, text_reasons=born.reasons) if born else text
        return prepared, calibrate_words(add_marks(prepared, text), engine.version)
    text = build_page_text(born.prepared, born.words)
    # The PDF's own letters stand: nothing was read, so nothing is to be repaired.
    words = tuple(replace(word, text=word.raw) for word in text.words)
    text = replace(text, words=words, text_source=TextSource.PDF, text_reasons=born.reasons)
    return born.prepared, add_marks(born.prepared, text)
