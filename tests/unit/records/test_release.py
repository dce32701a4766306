"""What confirmations prove: bounds, halves, thresholds, and everything that must not be released."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.field_names import RESULT_FIELDS, REUSE_FIELDS, FieldName
from records.model import RecordField
from records.release import (
    MINIMUM_CONFIRMED,
    FieldRelease,
    ReleaseVerdict,
    find_error_bound,
    is_judging,
    judge_fields,
)
from tests.factories import NOW, build_field

SUBJECT = FieldName.SUBJECT


def _confirmed(number: int, name: str = SUBJECT, *, right: bool = True, **changes: Any) -> RecordField:
    values = {"value": "đúng", "proposed": "đúng" if right else "sai", "confidence": 0.99, "reasons": ()}
    return build_field(
        f"record-{number}", name, **values | {"confirmed_by": "an", "confirmed_at": NOW} | changes
    )


def _judge(fields: Iterator[RecordField], name: FieldName = SUBJECT) -> FieldRelease:
    return next(one for one in judge_fields(fields) if one.name is name)


@pytest.mark.parametrize(
    ("errors", "total", "expected"),
    [
        (0, 598, 1 - 0.05 ** (1 / 598)),
        (0, 3000, 0.000998),
        (1, 100, 0.046560),
        (5, 100, 0.102253),
        (10, 10, 1.0),
        (0, 0, 1.0),
    ],
)
def test_bound_has_the_known_values(errors: int, total: int, expected: float) -> None:
    """One-sided 95 % Clopper-Pearson bounds as the tables of the beta distribution give them."""
    assert find_error_bound(errors, total) == pytest.approx(expected, abs=2e-6)


@given(total=st.integers(2, 300), data=st.data())
def test_bound_is_exact(total: int, data: st.DataObject) -> None:
    """At the bound so few errors have a chance of exactly 5 %."""
    errors = data.draw(st.integers(0, total - 1))
    bound = find_error_bound(errors, total)
    chance = sum(math.comb(total, k) * bound**k * (1 - bound) ** (total - k) for k in range(errors + 1))
    assert chance == pytest.approx(0.05, abs=1e-6)


def test_bound_of_very_many_values_is_finite() -> None:
    """A million values do not underflow."""
    assert 0.005 < find_error_bound(5_000, 1_000_000) < 0.00513


def test_halves_are_fixed_by_the_id_and_about_equal() -> None:
    """The same record is always in the same half."""
    drawn = [is_judging(f"record-{number}") for number in range(4000)]
    assert drawn == [is_judging(f"record-{number}") for number in range(4000)]
    assert 0.45 < sum(drawn) / len(drawn) < 0.55


def test_sure_and_right_values_are_earned() -> None:
    """Errors of low confidence lie below the threshold; the rest passes with a bound under the target."""
    fields = [_confirmed(number) for number in range(4000)]
    fields += [_confirmed(number, right=False, confidence=0.6) for number in range(4000, 5000)]
    found = _judge(iter(fields))
    assert found.verdict is ReleaseVerdict.EARNED
    assert (found.confirmed, found.proposed, found.wrong) == (5000, 5000, 1000)
    assert (found.threshold, found.errors) == (0.99, 0)
    assert found.share == pytest.approx(0.8, abs=0.03)
    assert found.error_bound == pytest.approx(1 - 0.05 ** (1 / found.released), abs=1e-6)


def test_one_value_short_of_three_thousand_releases_nothing() -> None:
    """2,999 perfect confirmations are too few, 3,000 are enough."""
    fields = [_confirmed(number) for number in range(MINIMUM_CONFIRMED)]
    assert _judge(iter(fields[:-1])).verdict is ReleaseVerdict.TOO_FEW
    assert _judge(iter(fields)).verdict is ReleaseVerdict.EARNED


def test_values_without_a_proposal_do_not_count_towards_the_minimum() -> None:
    """What the machine did not propose proves nothing about its proposals, and lowers the share."""
    fields = [_confirmed(number) for number in range(MINIMUM_CONFIRMED - 1)]
    fields += [_confirmed(number, proposed=None) for number in range(10_000, 13_000)]
    found = _judge(iter(fields))
    assert (found.verdict, found.confirmed) == (ReleaseVerdict.TOO_FEW, 5999)
    assert found.share < 0.55


@pytest.mark.parametrize("name", sorted(REUSE_FIELDS))
def test_what_a_reuse_answer_rests_on_is_never_released(name: FieldName) -> None:
    """However many confirmations and however right."""
    found = _judge((_confirmed(number, name) for number in range(4000)), name)
    assert (found.verdict, found.threshold, found.released) == (ReleaseVerdict.NEVER, None, 0)


def test_every_field_of_a_result_is_a_reuse_field() -> None:
    """A field added to results is kept from release with them."""
    assert RESULT_FIELDS < REUSE_FIELDS


def test_errors_in_the_judging_half_alone_are_not_hidden() -> None:
    """A threshold that looked good on the choosing half is refused by the half that judges."""
    fields = [_confirmed(number, right=not is_judging(f"record-{number}") or number % 20 > 0)
              for number in range(6000)]  # fmt: skip
    found = _judge(iter(fields))
    assert found.verdict is ReleaseVerdict.NOT_PROVEN
    assert found.errors > 0
    assert found.error_bound is not None and found.error_bound > 0.04


def test_confidence_that_says_nothing_gives_no_threshold() -> None:
    """Where sure values are as often wrong as others, nothing can be released."""
    fields = [_confirmed(number, right=number % 10 > 0, confidence=number % 7 / 7) for number in range(4000)]
    assert _judge(iter(fields)).verdict is ReleaseVerdict.NO_THRESHOLD


def test_values_with_a_reason_to_look_are_not_among_the_released() -> None:
    """A value flagged by a rule goes to a person however sure its words are; low confidence is no rule."""
    fields = [_confirmed(number) for number in range(3000)]
    fields += [_confirmed(number, right=False, reasons=("name_unreadable",)) for number in range(3000, 4000)]
    fields += [_confirmed(number, reasons=("low_confidence",)) for number in range(4000, 5000)]
    found = _judge(iter(fields))
    assert (found.verdict, found.errors) == (ReleaseVerdict.EARNED, 0)
    assert found.share == pytest.approx(0.8, abs=0.03)


def test_proposal_for_what_is_not_on_the_paper_is_an_error() -> None:
    """The person said that the paper has no such value; where the machine said so too, nothing counts."""
    found = _judge(iter([_confirmed(1, value=None), _confirmed(2, value=None, proposed=None)]))
    assert (found.confirmed, found.proposed, found.wrong) == (1, 1, 1)
