"""What the worker does for reuse again and again (việc định kỳ của tái sử dụng)."""

from datetime import timedelta

from api.worker import Duty
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.results import expire_results
from records.ports import Clock, Store

_HOUR = 3600.0
_KEEP_LINKS = timedelta(days=1)
_KEEP_KEYS = timedelta(days=30)


def build_reuse_duties(store: Store, clock: Clock) -> list[Duty]:
    """Results that run out turn to expired within the hour after midnight; old links and keys go."""

    def expire() -> int:
        return expire_results(store, Acting(SYSTEM, clock.now(), "worker"))

    return [Duty("expiry", _HOUR, expire), Duty("links", _HOUR, lambda: forget_links(store, clock))]


def forget_links(store: Store, clock: Clock) -> int:
    """Forget one-time links a day after their end and `Idempotency-Key`s after a month; how many."""
    now = clock.now()
    with store.write() as work:
        gone = work.previews.prune(now - _KEEP_LINKS) + work.uses.prune_keys(now - _KEEP_KEYS)
        work.commit()
    return gone
