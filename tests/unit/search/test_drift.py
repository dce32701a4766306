"""Comparing index and database by ranges."""

from collections.abc import Iterable

from search.drift import Drift, find_drift, find_range, sum_ranges

RIGHT = {f"r{number}": number % 5 + 1 for number in range(2000)}


def compare(held: list[tuple[str, int]]) -> tuple[Drift, list[int]]:
    """The drift of an index that holds these pairs, and the ranges that were listed for it."""
    listed: list[int] = []

    def list_range(number: int) -> Iterable[tuple[str, int]]:
        listed.append(number)
        return [pair for pair in held if find_range(pair[0]) == number]

    return find_drift(RIGHT.items, sum_ranges(held), list_range), listed


def test_equal_sides_list_nothing() -> None:
    """Where every sum agrees there is no drift and no range is listed."""
    drift, listed = compare(list(RIGHT.items()))
    assert (drift.count, drift.ranges, listed) == (0, 0, [])


def test_each_kind_of_difference_is_named() -> None:
    """Missing, outdated, extra and doubled documents are told apart; only their ranges are listed."""
    held = {**RIGHT, "r7": 99, "ghost": 3}
    del held["r1"]
    drift, listed = compare([*held.items(), ("r2", RIGHT["r2"])])
    assert drift.missing == {"r1": RIGHT["r1"]}
    assert drift.outdated == {"r7": RIGHT["r7"], "r2": RIGHT["r2"]}
    assert drift.extra == {"ghost": 3}
    assert set(listed) == {find_range(name) for name in ("r1", "r2", "r7", "ghost")}


def test_ranges_are_even() -> None:
    """Two thousand ids fill nearly every range, none with more than its small share."""
    counts = [part.count for part in sum_ranges(RIGHT.items()).values()]
    assert len(counts) > 240
    assert max(counts) < 30
