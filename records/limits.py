"""How often a client may ask (giới hạn tần suất): token buckets that every process of the service shares."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate (mức giới hạn): `per_second` on average, `burst` at once; 0 a second means no limit."""

    per_second: float
    burst: int


def fill(tokens: float, seconds: float, rate: Rate) -> float:
    """What is in the bucket after that time, at most the burst; a clock set back takes nothing."""
    return min(float(rate.burst), tokens + max(seconds, 0.0) * rate.per_second)


class LimitStore(Protocol):
    """Token buckets by name (xô mã thông báo)."""

    def take(self, name: str, rate: Rate, wanted: int, now: datetime) -> int:
        """Take up to `wanted` whole tokens; how many there were. A bucket begins full."""
        ...

    def prune(self, before: datetime) -> int:
        """Forget buckets untouched since that moment; returns how many."""
        ...
