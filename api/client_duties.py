"""What the worker does for machine clients again and again (việc định kỳ của hệ thống ngoài)."""

from collections.abc import Callable
from datetime import timedelta

from api.worker import Duty
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.subscriptions import announce_expiring
from records.ports import Clock, Store

_HOUR = 3600.0
_KEEP_ASKED = timedelta(days=1)
_KEEP_PROOFS = timedelta(hours=1)


def build_client_duties(
    store: Store, clock: Clock, send: Callable[[], object], answer: Callable[[], object], days: int
) -> list[Duty]:
    """Events leave within seconds (`send`), pre-checks go on behind (`answer`), what is over is forgotten."""

    def announce() -> int:
        return announce_expiring(store, Acting(SYSTEM, clock.now(), "worker"), days)

    return [
        Duty("webhooks", 1.0, send),
        Duty("expiring", _HOUR, announce),
        Duty("prechecks", 1.0, answer),
        Duty("clients", _HOUR, lambda: forget_past(store, clock)),
    ]


def forget_past(store: Store, clock: Clock) -> int:
    """Forget what is over: questions of yesterday, tokens, replays, pre-checks, idle buckets; how many."""
    now = clock.now()
    with store.write() as work:
        clients, yesterday = work.clients, now - _KEEP_ASKED
        gone = (
            clients.asked.prune(yesterday),
            clients.limits.prune(yesterday),
            clients.credentials.prune(now - _KEEP_PROOFS),
            clients.replays.prune(now),
            clients.prechecks.prune(now),
        )
        work.commit()
    return sum(gone)
