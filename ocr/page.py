"""The whole way of one page from image to words (đọc một trang)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ocr.calibration import calibrate
from ocr.clean import PreparedPage, prepare_page
from ocr.engine import EngineWord, OcrEngine
from ocr.layout import is_misread_bullet
from ocr.orientation import find_turn
from ocr.quality import has_faint_ink, is_blank, is_print, judge_quality, mean_confidence
from ocr.repair import Choice, Doubt, repair_words
from ocr.source import SourcePage
from ocr.spread import iter_placed, read_halves
from ocr.syllables import load_syllables
from ocr.tokens import parse_tokens
from ocr.types import PageText, Quality, QualityVerdict, Word

_CLEAR_GAIN = 0.3
"""The share of the doubt that turning a page must take away."""


def read_page(source: SourcePage, engine: OcrEngine, temp_dir: Path) -> PageText:
    """Clean, judge, read and order one page; temporary files lie in `temp_dir` alone.

    Raises UnreadableImage and what the engine raises.
    """
    return read_prepared(source, prepare_page(source), engine, temp_dir)[1]


def read_prepared(
    source: SourcePage, prepared: PreparedPage, engine: OcrEngine, temp_dir: Path
) -> tuple[PreparedPage, PageText]:
    """Read a page already cleaned; the cleaned page comes back turned if it stood on its head."""
    is_empty = is_blank(prepared)
    if is_empty and not has_faint_ink(prepared):
        return prepared, _page_text(prepared, judge_quality(prepared, ()), ())
    words = read_halves(engine, prepared.image, prepared.dpi, temp_dir)
    if is_empty:
        # Print gone pale is read like any other; the ghost of the front is none.
        words = words if is_print(words, engine.doubtful_below) else ()
    elif mean_confidence(words) < engine.doubtful_below:
        prepared, words = _try_upside_down(source, prepared, words, engine, temp_dir)
    return prepared, build_page_text(prepared, words)


def build_page_text(prepared: PreparedPage, words: Sequence[EngineWord]) -> PageText:
    """Order a reader's words, name their zones and map them onto the archived image."""
    quality = judge_quality(prepared, words)
    if quality.verdict is QualityVerdict.BLANK:
        words = ()
    lines = list(iter_placed(words, prepared.image, prepared.dpi))
    placed = [
        Word(
            text="-" if is_misread_bullet(word, segment) else word.text,
            raw=word.text,
            # A reader with other readings to offer is weighed against them, and calibrated at the end.
            confidence=calibrate(word.confidence) if word.readings is None else word.confidence,
            box=prepared.geometry.to_archived(word.box),
            line=number,
            zone=zone,
        )
        for number, zone, segment, word in lines
    ]
    read = [word for _, _, _, word in lines]
    return _page_text(prepared, quality, _repair(placed, read))


def _repair(words: Sequence[Word], read: Sequence[EngineWord]) -> tuple[Word, ...]:
    """The words as language and their reader's other readings make them likeliest; `raw` stays."""
    tokens = parse_tokens([word.text for word in words], [word.zone for word in words])
    doubts = [
        Doubt(token, word.confidence, each.readings)
        for token, word, each in zip(tokens, words, read, strict=True)
    ]
    choices = repair_words(doubts, load_syllables())
    return tuple(map(_settle, words, read, choices))


def _settle(word: Word, read: EngineWord, choice: Choice) -> Word:
    """The word as chosen; no surer than the choice was, where there was one."""
    if choice.text == word.text and read.readings is None:
        return word
    return replace(word, text=choice.text, confidence=min(word.confidence, choice.chance))


def _try_upside_down(
    source: SourcePage,
    prepared: PreparedPage,
    words: tuple[EngineWord, ...],
    engine: OcrEngine,
    temp_dir: Path,
) -> tuple[PreparedPage, tuple[EngineWord, ...]]:
    """Read the page the other way up and keep what was read more surely."""
    if find_turn(prepared.image) == 0:
        return prepared, words
    turned = prepare_page(source, (prepared.geometry.rotation + 180) % 360)
    other = read_halves(engine, turned.image, turned.dpi, temp_dir)
    sure = mean_confidence(words)
    if mean_confidence(other) > sure + _CLEAR_GAIN * (1 - sure):
        return turned, other
    return prepared, words


def _page_text(prepared: PreparedPage, quality: Quality, words: tuple[Word, ...]) -> PageText:
    """The result with the page's geometry."""
    geometry = prepared.geometry
    return PageText(
        width=geometry.width,
        height=geometry.height,
        dpi=prepared.archived_dpi,
        rotation=geometry.rotation,
        skew_degrees=geometry.skew_degrees,
        quality=quality,
        words=words,
    )
