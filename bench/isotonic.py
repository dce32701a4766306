"""Fits and judges confidences (khớp đường hiệu chuẩn): rising curves of few points, reliability, error."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

Observation = tuple[float, bool]
"""A confidence and whether what it was said of is right."""
Curve = tuple[tuple[float, float], ...]

_STEPS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Reliability:
    """What was said and what was true in one step of confidence (độ tin trong một khoảng)."""

    low: float
    high: float
    count: int
    said: float
    right: float


@dataclass(slots=True)
class _Pool:
    """Neighbouring observations taken together."""

    count: int
    said: float
    right: float

    def add(self, other: "_Pool") -> None:
        """Take another pool in."""
        total = self.count + other.count
        self.said = (self.said * self.count + other.said * other.count) / total
        self.right = (self.right * self.count + other.right * other.count) / total
        self.count = total


def fit_curve(seen: Sequence[Observation], points: int) -> Curve:
    """A rising curve of at most so many points through groups with equally many wrong ones.

    Pool adjacent violators (Ayer and others 1955) over the groups; one right and one wrong value are added
    to each share, so that no curve says that everything is certain. Empty for no observations.
    """
    pools: list[_Pool] = []
    for pool in _group(sorted(seen), points):
        pools.append(pool)
        while len(pools) > 1 and pools[-1].right <= pools[-2].right:
            last = pools.pop()
            pools[-1].add(last)
    return tuple((round(pool.said, 5), round(pool.right, 5)) for pool in pools)


def build_reliability(seen: Sequence[Observation]) -> list[Reliability]:
    """Steps of confidence with what was said and what was true; steps without observations are left out."""
    rows: list[Reliability] = []
    for low, high in itertools.pairwise(_STEPS):
        inside = [one for one in seen if low < one[0] <= high or one[0] == low == 0.0]
        if inside:
            said = sum(confidence for confidence, _ in inside) / len(inside)
            right = sum(is_right for _, is_right in inside) / len(inside)
            rows.append(Reliability(low, high, len(inside), said, right))
    return rows


def find_calibration_error(seen: Sequence[Observation]) -> float:
    """Expected calibration error: the mean distance of said and true over the steps, by their counts."""
    rows = build_reliability(seen)
    return sum(row.count * abs(row.said - row.right) for row in rows) / max(1, len(seen))


def _group(ordered: Sequence[Observation], points: int) -> list[_Pool]:
    """Groups by rising confidence with about equally many wrong ones, which is where a curve bends."""
    wrong = sum(not is_right for _, is_right in ordered)
    pools: list[_Pool] = []
    start = errors = 0
    for end, (confidence, is_right) in enumerate(ordered, start=1):
        errors += not is_right
        is_last = end == len(ordered)
        # Equal confidences belong to one group.
        is_full = errors * points >= wrong * (len(pools) + 1) and wrong and len(pools) < points - 1
        if is_last or (is_full and ordered[end][0] > confidence):
            part = ordered[start:end]
            mean = sum(one for one, _ in part) / len(part)
            pools.append(_Pool(len(part), mean, (sum(right for _, right in part) + 1) / (len(part) + 2)))
            start = end
    return pools
