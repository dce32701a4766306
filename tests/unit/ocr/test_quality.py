"""Each fault drawn on a sound page is found; the sound page has none."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.clean import PreparedPage, prepare_page
from ocr.engine import EngineWord, Grey
from ocr.faults import FAULT_TEXTS, Fault
from ocr.quality import judge_quality
from ocr.source import Colour, SourcePage
from ocr.types import Box, QualityVerdict


def sheet() -> Grey:
    """A4 at 200 dpi: 40 rows of words of letter-like strokes, 25 mm margins."""
    random = np.random.default_rng(3)
    page = np.full((2339, 1654), 245, np.uint8)
    for y in range(220, 2100, 47):
        left = 200
        while left < 1435:
            page[y : y + 22, left : left + 4] = 20
            page[y + 9 : y + 13, left : left + 10] = 20
            left += int(random.choice((12, 14, 17, 30)))
    return page


def words(confidence: float = 0.95) -> list[EngineWord]:
    """A word box for each drawn word."""
    return [
        EngineWord("giấy", confidence, Box(x, y, x + 55, y + 22), 0, y)
        for y in range(220, 2100, 47)
        for x in range(210, 1380, 60)
    ]


def prepared(page: Grey, dpi: int = 200) -> PreparedPage:
    """The page cleaned as a grey scan of that resolution."""
    return prepare_page(SourcePage(0, page.shape[1], page.shape[0], dpi, Colour.GREY, pixels=page))


def dimmed(share: float) -> Grey:
    """The page under too little light."""
    return (sheet() * share).astype(np.uint8)


def faded(share: float) -> Grey:
    """The page with ink of that strength."""
    return (255 - (255.0 - sheet()) * share).astype(np.uint8)


def blurred(sigma: float) -> Grey:
    """The page out of focus."""
    return np.asarray(cv2.GaussianBlur(sheet(), (0, 0), sigma), dtype=np.uint8)


Draw = Callable[[], Grey]
CASES: list[tuple[Draw, float, QualityVerdict, set[Fault]]] = [
    (sheet, 0.95, QualityVerdict.GOOD, set()),
    (sheet, 0.6, QualityVerdict.POOR, {Fault.LOW_CONFIDENCE}),
    (sheet, 0.3, QualityVerdict.RESCAN, {Fault.UNREADABLE}),
    (lambda: dimmed(0.35), 0.95, QualityVerdict.POOR, {Fault.TOO_DARK}),
    (lambda: dimmed(0.15), 0.95, QualityVerdict.RESCAN, {Fault.TOO_DARK}),
    (lambda: faded(0.12), 0.95, QualityVerdict.POOR, {Fault.TOO_LIGHT}),
    (lambda: faded(0.05), 0.95, QualityVerdict.RESCAN, {Fault.TOO_LIGHT}),
    (lambda: blurred(6), 0.95, QualityVerdict.RESCAN, {Fault.BLURRED}),
    (lambda: sheet()[:, 228:], 0.95, QualityVerdict.RESCAN, {Fault.CUT_OFF}),
    (lambda: sheet()[:, :1300], 0.95, QualityVerdict.RESCAN, {Fault.CUT_OFF}),
    (lambda: sheet()[230:], 0.95, QualityVerdict.RESCAN, {Fault.CUT_OFF}),
    (lambda: sheet()[:1640], 0.95, QualityVerdict.RESCAN, {Fault.CUT_OFF}),
]


@pytest.mark.parametrize(("draw", "confidence", "verdict", "faults"), CASES)
def test_each_fault_is_found_and_nothing_else(
    draw: Draw, confidence: float, verdict: QualityVerdict, faults: set[Fault]
) -> None:
    """A page with one fault gets that verdict and that reason alone."""
    quality = judge_quality(prepared(draw()), words(confidence))
    assert (quality.verdict, set(quality.reasons)) == (verdict, faults)


@pytest.mark.parametrize(
    ("dpi", "verdict", "fault"),
    [(70, QualityVerdict.RESCAN, Fault.TOO_COARSE), (120, QualityVerdict.POOR, Fault.LOW_RESOLUTION)],
)
def test_resolution_is_judged_on_the_archived_image(dpi: int, verdict: QualityVerdict, fault: Fault) -> None:
    """Below 90 dpi a page is scanned again, below 150 it is poor."""
    small = cv2.resize(sheet(), None, fx=dpi / 200, fy=dpi / 200, interpolation=cv2.INTER_AREA)
    page = prepared(np.asarray(small, dtype=np.uint8), dpi)
    scale = page.geometry.scale * dpi / 200
    boxes = [
        EngineWord(word.text, 0.95, Box(*(round(edge * scale) for edge in word.box)), 0, word.line)
        for word in words()
    ]
    quality = judge_quality(page, boxes)
    assert (quality.verdict, quality.reasons) == (verdict, (fault.value,))


def test_page_that_leans_too_much_says_so() -> None:
    """Nothing read and lines leaning by thirty degrees: skewed beyond repair."""
    page = sheet()
    matrix = cv2.getRotationMatrix2D((827, 1170), 30, 1.0)
    leaning = cv2.warpAffine(page, matrix, (1654, 2339), borderValue=(245,))
    quality = judge_quality(prepared(np.asarray(leaning, dtype=np.uint8)), [])
    assert quality.verdict is QualityVerdict.RESCAN
    assert {"skewed", "nothing_read"} <= set(quality.reasons)


def test_dark_border_is_no_print() -> None:
    """An empty page with a copier's black border is blank, and print with one is neither cut nor dark."""
    empty = np.full((2339, 1654), 245, np.uint8)
    printed = sheet()
    for page in (empty, printed):
        page[:60] = 15
        page[:, :45] = 15
    assert judge_quality(prepared(empty), []).verdict is QualityVerdict.BLANK
    page = prepared(printed)
    assert judge_quality(page, words()).verdict is QualityVerdict.GOOD
    assert page.image[20:40, 100:1500].mean() > 250


def test_every_fault_has_its_vietnamese_texts() -> None:
    """The one table says of each code what it means and what to do."""
    assert set(FAULT_TEXTS) == {fault.value for fault in Fault}
    for text in FAULT_TEXTS.values():
        for sentence in (text.reason_vi, text.action_vi):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert not sentence.isascii()


def test_black_page_is_scanned_again() -> None:
    """A sheet as dark as an open lid is too dark; it is not taken for an empty back."""
    quality = judge_quality(prepared(np.full((2339, 1654), 12, np.uint8)), ())
    assert quality.verdict is QualityVerdict.RESCAN
    assert quality.reasons == (Fault.TOO_DARK.value,)
    assert judge_quality(prepared(np.full((2339, 1654), 200, np.uint8)), ()).verdict is QualityVerdict.BLANK
