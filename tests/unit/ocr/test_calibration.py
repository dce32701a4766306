"""Confidences as chances."""

from itertools import pairwise

import pytest

from ocr.calibration import (
    calibrate,
    calibrate_field,
    calibrate_words,
    follow,
    load_curves,
    name_curve,
)
from ocr.types import Box, EngineVersion, PageText, Quality, QualityVerdict, Word

CURVE = ((0.5, 0.2), (0.9, 0.8), (1.0, 0.9))


@pytest.mark.parametrize(
    ("said", "chance"), [(0.0, 0.2), (0.5, 0.2), (0.7, 0.5), (0.9, 0.8), (0.95, 0.85), (1.0, 0.9)]
)
def test_straight_lines_between_points(said: float, chance: float) -> None:
    """Between points a line, beyond the ends the ends."""
    assert follow(CURVE, said) == pytest.approx(chance)


def test_without_a_curve_confidence_stays() -> None:
    """A reader or field that nobody measured keeps what it said."""
    page = PageText(
        9, 9, 200, 0, 0.0, Quality(QualityVerdict.GOOD), (Word("a", "a", 0.77, Box(0, 0, 1, 1), 0),)
    )
    assert calibrate_words(page, EngineVersion("unheard of", "1")).words[0].confidence == 0.77
    assert calibrate_field("unheard of", 0.77) == 0.77


def test_kept_curves_rise_and_stay_below_certainty() -> None:
    """What was said more surely is never worth less, and nothing is ever certain."""
    curves = load_curves()
    every = [*curves["words"].values(), *curves["fields"].values()]
    assert every
    for curve in every:
        assert all(one[0] <= other[0] and one[1] <= other[1] for one, other in pairwise(curve))
        assert all(0 <= said <= 1 and 0 < right < 1 for said, right in curve)


def test_tesseract_is_believed_only_near_the_top() -> None:
    """Its 0.8 is worth little more than a half."""
    assert calibrate(0.8) < 0.65
    assert calibrate(0.97) > 0.98


def test_a_new_model_does_not_go_by_the_old_ones_curve() -> None:
    """Versions of our own models have curves of their own; Tesseract's has one."""
    assert name_curve(EngineVersion("trueocr", "1")) != name_curve(EngineVersion("trueocr", "2"))
    assert name_curve(EngineVersion("tesseract", "5.3.0")) == name_curve(EngineVersion("tesseract", "5.5"))
