"""How often a caller may ask (giới hạn tần suất): one token bucket a caller, shared through the database.

A process takes tokens from the shared bucket some at a time and spends them by itself, so that a limit costs
one short write for many requests. What it has not spent when its lease ends counts for the next one: a caller
going round several processes loses nothing. After `IDLE_SECONDS` it is lost; nothing is spent twice.
"""

import math
import threading
import time
from dataclasses import dataclass, field

from api.errors import TooManyRequests
from records.errors import StoreUnavailable
from records.limits import Rate
from records.ports import Clock, Store

LEASE_SECONDS = 2.0
IDLE_SECONDS = 10.0
WRITE_SECONDS = 0.2
_MAX_LEASES = 10_000


@dataclass(slots=True)
class _Lease:
    """Tokens one process holds of one bucket; `spent` says what the last portion was good for."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    left: int = 0
    until: float = 0.0
    spent: int = 0
    denied_until: float = 0.0
    free_until: float = 0.0


class Limiter:
    """Counts requests against shared buckets (bộ đếm tần suất); one a process, safe for threads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._leases: dict[str, _Lease] = {}
        self._lock = threading.Lock()

    def check(self, name: str, rate: Rate) -> None:
        """Spend a token; raises `TooManyRequests`. While the database is away nothing is counted."""
        if rate.per_second <= 0:
            return
        lease = self._find(name)
        # One thread asks the database; the others of that caller wait for what it brings.
        with lease.lock:
            now = time.monotonic()
            if lease.denied_until > now:
                raise _refuse(rate)
            if lease.free_until > now:
                return
            if lease.left < 1 or lease.until < now:
                self._take(name, rate, lease, now)
            lease.left -= 1
            lease.spent += 1

    def spend_at_once(self, name: str) -> bool:
        """Spend a token that this process holds; False where `check` has to ask or to wait for somebody."""
        lease = self._find(name)
        if not lease.lock.acquire(blocking=False):
            return False
        try:
            if lease.left < 1 or lease.until < time.monotonic():
                return False
            lease.left -= 1
            lease.spent += 1
            return True
        finally:
            lease.lock.release()

    def _find(self, name: str) -> _Lease:
        with self._lock:
            if len(self._leases) >= _MAX_LEASES:
                self._leases.clear()
            return self._leases.setdefault(name, _Lease())

    def _take(self, name: str, rate: Rate, lease: _Lease, now: float) -> None:
        """Another portion: twice what the last one was good for, so that several processes waste little."""
        most = max(1, min(rate.burst // 4, int(rate.per_second * LEASE_SECONDS)))
        kept = lease.left if now - lease.until < IDLE_SECONDS else 0
        wanted = min(most, max(1, 2 * lease.spent)) - kept
        lease.left, lease.spent, lease.until = kept, 0, now + LEASE_SECONDS
        if wanted < 1:
            return
        try:
            with self._store.write(WRITE_SECONDS) as work:
                given = work.clients.limits.take(name, rate, wanted, self._clock.now())
                work.commit()
        except StoreUnavailable:
            # Whoever asks now is told by the database's own error; a limit adds nothing to an outage.
            lease.free_until, given = now + 1.0, 1
        lease.left, lease.until = kept + given, time.monotonic() + LEASE_SECONDS
        if not lease.left:
            # Until a token can be there again nobody has to ask the database.
            lease.denied_until = now + min(1.0, 1.0 / rate.per_second)
            raise _refuse(rate)


def _refuse(rate: Rate) -> TooManyRequests:
    return TooManyRequests(retry_after=max(1, math.ceil(1.0 / rate.per_second)))
