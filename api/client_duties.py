"""What the worker does for machine clients again and again (việc định kỳ của hệ thống ngoài)."""

from datetime import timedelta
from typing import TYPE_CHECKING

from api.worker import Duty
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.subscriptions import announce_expiring

if TYPE_CHECKING:
    from api.wiring import Service

_HOUR = 3600.0
_KEEP_ASKED = timedelta(days=1)
_KEEP_PROOFS = timedelta(hours=1)


def build_client_duties(service: "Service") -> list[Duty]:
    """Events leave within seconds, pre-checks go on behind everything else, what is over is forgotten."""
    days = service.settings.clients.expiring_days

    def announce() -> int:
        return announce_expiring(service.store, Acting(SYSTEM, service.clock.now(), "worker"), days)

    return [
        Duty("webhooks", 1.0, lambda: service.webhook_sender.send_due()),
        Duty("expiring", _HOUR, announce),
        Duty("prechecks", 1.0, lambda: service.precheck_runner.run_some()),
        Duty("clients", _HOUR, lambda: forget_past(service)),
    ]


def forget_past(service: "Service") -> int:
    """Forget what is over: questions of yesterday, tokens, replays, pre-checks, idle buckets; how many."""
    now = service.clock.now()
    with service.store.write() as work:
        clients = work.clients
        gone = clients.asked.prune(now - _KEEP_ASKED) + clients.credentials.prune(now - timedelta(hours=1))
        gone += (
            clients.replays.prune(now)
            + clients.prechecks.prune(now)
            + clients.limits.prune(now - _KEEP_ASKED)
        )
        work.commit()
    return gone
