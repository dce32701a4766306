"""How often a caller may ask (giới hạn tần suất): one token bucket a caller, shared through the database.

A process takes tokens from the shared bucket some at a time and spends them by itself, so that a limit costs
one short write for many requests. What a process leaves unspent is lost, never spent twice.
"""

import math
import threading
import time
from dataclasses import dataclass

from api.errors import TooManyRequests
from records.errors import StoreUnavailable
from records.limits import Rate
from records.ports import Clock, Store

LEASE_SECONDS = 2.0
WRITE_SECONDS = 0.2
_MAX_LEASES = 10_000


@dataclass(slots=True)
class _Lease:
    left: int
    until: float
    denied_until: float = 0.0


class Limiter:
    """Counts requests against shared buckets (bộ đếm tần suất); one a process, safe for threads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._leases: dict[str, _Lease] = {}
        self._lock = threading.Lock()

    def check(self, name: str, rate: Rate) -> None:
        """Spend a token; raises `TooManyRequests`. While the database is away nothing is counted."""
        if rate.per_second <= 0 or self._spend(name, rate):
            return
        portion = max(1, min(rate.burst // 4, int(rate.per_second * LEASE_SECONDS)))
        try:
            with self._store.write(WRITE_SECONDS) as work:
                given = work.clients.limits.take(name, rate, portion, self._clock.now())
                work.commit()
        except StoreUnavailable:
            # Whoever asks now is told by the database's own error; a limit adds nothing to an outage.
            return
        self._keep(name, rate, given)

    def _spend(self, name: str, rate: Rate) -> bool:
        now = time.monotonic()
        with self._lock:
            lease = self._leases.get(name)
            if lease is None:
                return False
            if lease.denied_until > now:
                raise _refuse(rate)
            if lease.left < 1 or lease.until < now:
                return False
            lease.left -= 1
            return True

    def _keep(self, name: str, rate: Rate, given: int) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._leases) >= _MAX_LEASES:
                self._leases.clear()
            lease = self._leases.setdefault(name, _Lease(0, 0.0))
            if given:
                left = lease.left if lease.until > now else 0
                lease.left, lease.until = left + given - 1, now + LEASE_SECONDS
                return
            # Until a token can be there again nobody has to ask the database.
            lease.denied_until = now + min(1.0, 1.0 / rate.per_second)
        raise _refuse(rate)


def _refuse(rate: Rate) -> TooManyRequests:
    return TooManyRequests(retry_after=max(1, math.ceil(1.0 / rate.per_second)))
