"""The rules over what a client asked of late."""

import pytest

from records.alarms import AlarmKind, AlarmRules, AskedCounts, judge

RULES = AlarmRules()
NOTHING = AskedCounts()


@pytest.mark.parametrize(
    ("counts", "quick", "expected"),
    [
        (AskedCounts(30, 30, 1, 0), NOTHING, AlarmKind.MANY_OWNERS),
        (AskedCounts(29, 29, 1, 0), NOTHING, None),
        (AskedCounts(30, 30, 6, 0), NOTHING, None),
        (AskedCounts(900, 300, 300, 300), AskedCounts(200, 200, 200, 200), AlarmKind.MANY_MISSES),
        (AskedCounts(900, 300, 300, 300), AskedCounts(199, 199, 199, 199), None),
        (AskedCounts(900, 300, 300, 200), AskedCounts(250, 210, 210, 200), None),
        (AskedCounts(20, 20, 20, 0, 20), NOTHING, AlarmKind.SEQUENCE),
        (AskedCounts(20, 20, 20, 0, 19), NOTHING, None),
        (AskedCounts(2000, 500, 500, 500), AskedCounts(60, 40, 40, 40), None),
    ],
)
def test_each_rule_has_its_threshold(
    counts: AskedCounts, quick: AskedCounts, expected: AlarmKind | None
) -> None:
    """At the threshold it is an alarm, just below it is not, nor is a province's busiest hour."""
    assert judge(counts, quick, RULES) is expected


def test_a_rule_of_zero_is_off() -> None:
    """Each rule can be switched off by itself."""
    rules = AlarmRules(owners=0, misses=0, near=0)
    assert judge(AskedCounts(900, 900, 1, 900, 900), AskedCounts(900, 900, 1, 900), rules) is None
