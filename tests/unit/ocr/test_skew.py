"""Leaning bars that stand for lines of print."""

import cv2
import numpy as np
import pytest

from ocr.engine import Grey
from ocr.skew import find_skew, runs_down, still_leans


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


@pytest.mark.parametrize("degrees", [-5.0, -1.3, 0.0, 0.6, 3.7])
def test_skew_is_found_to_a_tenth_of_a_degree(degrees: float) -> None:
    """The lean comes out clockwise positive."""
    assert find_skew(leaning(bars(), degrees), 100) == pytest.approx(degrees, abs=0.15)


def test_empty_page_has_no_skew() -> None:
    """Without ink there is nothing to straighten."""
    assert find_skew(np.full((500, 400), 255, np.uint8), 100) == 0.0


@pytest.mark.parametrize("degrees", [-3.0, 0.0, 2.2])
def test_lines_that_run_down_are_told_from_lines_that_run_along(degrees: float) -> None:
    """A quarter turn shows, also on a sheet that leans; so does that there was none."""
    page = leaning(bars(), degrees)
    assert not runs_down(page, 100)
    assert runs_down(np.ascontiguousarray(np.rot90(page)), 100)


def test_empty_page_runs_nowhere() -> None:
    """Without ink no turn is proposed."""
    assert not runs_down(np.full((500, 400), 255, np.uint8), 100)


@pytest.mark.parametrize("degrees", [-18.0, 11.0, 19.5])
def test_large_leans_are_found(degrees: float) -> None:
    """Leans up to twenty degrees come out, and the page is not taken for one that lies on its side."""
    page = leaning(bars(), degrees)
    assert find_skew(page, 100) == pytest.approx(degrees, abs=0.2)
    assert not runs_down(page, 100)


@pytest.mark.parametrize(("degrees", "leans"), [(0.0, False), (1.0, False), (-35.0, True), (26.0, True)])
def test_leans_beyond_repair_are_named(degrees: float, leans: bool) -> None:
    """A page whose lines lean although it was straightened says so."""
    assert still_leans(leaning(bars(), degrees), 100) is leans
