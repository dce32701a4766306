"""Fitting and judging confidences."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.isotonic import build_reliability, find_calibration_error, fit_curve
from ocr.calibration import follow


def _overconfident(count: int) -> list[tuple[float, bool]]:
    """A reader that says p and is right in p² of the cases."""
    rng = random.Random(7)
    said = [rng.random() for _ in range(count)]
    return [(one, rng.random() < one * one) for one in said]


def test_curve_makes_said_true() -> None:
    """Fitted on one sample, the curve is right on another within two points."""
    curve = fit_curve(_overconfident(20_000)[:10_000], 8)
    fresh = _overconfident(20_000)[10_000:]
    before = find_calibration_error(fresh)
    after = find_calibration_error([(follow(curve, said), right) for said, right in fresh])
    assert before > 0.12
    assert after < 0.025


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=200), st.integers(2, 8))
def test_curve_rises_and_is_never_certain(seen: list[tuple[float, bool]], points: int) -> None:
    """At most so many points, both coordinates rising, shares within 0 and 1 but never at them."""
    curve = fit_curve(seen, points)
    assert len(curve) <= points
    assert all(0 < right < 1 for _, right in curve)
    assert all(one[0] <= other[0] and one[1] < other[1] for one, other in pairwise(curve))


def test_reliability_counts_each_observation_once() -> None:
    """Steps hold their upper edge; zero belongs to the first."""
    rows = build_reliability([(0.0, False), (0.2, True), (0.95, True), (0.97, False), (1.0, True)])
    assert [(row.low, row.count, row.right) for row in rows] == [
        (0.0, 2, 0.5),
        (0.9, 1, 1.0),
        (0.95, 1, 0.0),
        (0.99, 1, 1.0),
    ]
    assert find_calibration_error([(0.9, True), (0.9, False)]) == pytest.approx(0.4)
