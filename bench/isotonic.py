"""Fits and judges confidences (khớp đường hiệu chuẩn): rising curves of few points, reliability, error."""

import itertools
from bisect import bisect_left
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
    """A rising curve of at most so many points through groups of equal size, ties kept together.

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
    """Groups of about equal size by confidence; half of them in the upper tenth, where decisions fall."""
    said = [confidence for confidence, _ in ordered]
    shares = [share * 0.9 / (points // 2) for share in range(1, points // 2 + 1)]
    upper = points - points // 2
    shares += [0.9 + 0.1 * share / upper for share in range(1, upper + 1)]
    pools: list[_Pool] = []
    start = 0
    for share in shares:
        end = round(share * len(ordered))
        # Equal confidences belong to one group.
        end = bisect_left(said, said[end]) if 0 < end < len(said) else end
        if end > start:
            part = ordered[start:end]
            mean = sum(confidence for confidence, _ in part) / len(part)
            right = (sum(is_right for _, is_right in part) + 1) / (len(part) + 2)
            pools.append(_Pool(len(part), mean, right))
            start = end
    return pools
