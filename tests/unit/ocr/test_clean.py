"""Cleaning on drawn bars that stand for lines of print."""

import cv2
import numpy as np
import pytest

from ocr.clean import PreparedPage, even_light, prepare_page
from ocr.engine import EngineWord, Grey
from ocr.errors import ImageTooSmall
from ocr.quality import is_blank, judge_quality
from ocr.source import Colour, SourcePage
from ocr.types import Box, QualityVerdict


def bars(height: int = 1170, width: int = 827) -> Grey:
    """Rows of short black bars like words, at 100 dpi."""
    page = np.full((height, width), 255, np.uint8)
    for row, y in enumerate(range(120, height - 120, 28)):
        for x in range(100 + 7 * (row % 3), width - 140, 60):
            page[y : y + 10, x : x + 45] = 0
    return page


def leaning(page: Grey, degrees: float) -> Grey:
    """The page turned clockwise by some degrees on white paper."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=(255,)), dtype=np.uint8)


def prepared(page: Grey, dpi: int = 200) -> PreparedPage:
    """The page cleaned as if it were a grey scan of this resolution."""
    height, width = page.shape
    return prepare_page(SourcePage(0, width, height, dpi, Colour.GREY, pixels=page))


def test_shadow_becomes_paper() -> None:
    """Grey paper with a shadow is white afterwards, ink stays dark."""
    shade = np.linspace(1.0, 0.5, 827, dtype=np.float32)[None, :]
    page = (bars() * shade).astype(np.uint8)
    even = even_light(page, 100)
    assert np.percentile(even, 60) > 245
    assert even[125, 110] < 40


@pytest.mark.parametrize("turn", [0, 1])
def test_lying_page_is_stood_up(turn: int) -> None:
    """Lines along the columns mean a quarter turn; the geometry says which."""
    page = np.ascontiguousarray(np.rot90(bars(), turn))
    geometry = prepared(page, 100).geometry
    assert geometry.rotation % 180 == 90 * turn
    assert geometry.upright_size == (827, 1170)


def words(confidence: float, count: int = 30) -> list[EngineWord]:
    """Words read with this confidence."""
    return [EngineWord("giấy", confidence, Box(0, 0, 9, 9), 0, number) for number in range(count)]


def test_blank_page_with_specks() -> None:
    """Single dark specks do not make a page of print."""
    page = np.full((2339, 1654), 250, np.uint8)
    page[::300, ::300] = 0
    assert is_blank(prepared(page))
    assert judge_quality(prepared(page), []).verdict is QualityVerdict.BLANK


def test_verdict_follows_from_confidence_resolution_and_ink() -> None:
    """Sure words are good, doubtful ones poor, hopeless ones and unread ink for scanning again."""
    page = prepared(bars(2339, 1654))
    assert judge_quality(page, words(0.95)).verdict is QualityVerdict.GOOD
    poor = judge_quality(page, words(0.6))
    assert (poor.verdict, "low_confidence" in poor.reasons) == (QualityVerdict.POOR, True)
    assert judge_quality(page, words(0.3)).verdict is QualityVerdict.RESCAN
    unread = judge_quality(page, [])
    assert (unread.verdict, unread.reasons) == (QualityVerdict.RESCAN, ("nothing_read",))
    coarse = judge_quality(prepared(bars(), 70), words(0.95))
    assert (coarse.verdict, coarse.reasons) == (QualityVerdict.RESCAN, ("too_coarse",))


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (12, 9000), (15, 15), (20, 600)])
def test_what_can_be_no_page_is_refused_by_name(shape: tuple[int, int]) -> None:
    """A few pixels or a thin strip have an error of their own."""
    with pytest.raises(ImageTooSmall):
        prepared(np.full(shape, 200, np.uint8))


@pytest.mark.parametrize("shape", [(16, 16), (16, 390), (390, 16), (60, 80)])
@pytest.mark.parametrize("dpi", [1, 72, 200, 600])
def test_smallest_pages_are_judged_without_failing(shape: tuple[int, int], dpi: int) -> None:
    """Noise on an image just large enough goes through every step at any resolution."""
    noise = np.random.default_rng(1).integers(0, 255, shape).astype(np.uint8)
    for page in (noise, np.zeros(shape, np.uint8)):
        judged = judge_quality(prepared(page, dpi), [])
        assert judged.verdict in {QualityVerdict.BLANK, QualityVerdict.RESCAN}
