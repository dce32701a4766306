"""What the worker does again and again for re-checks (việc định kỳ của kiểm tra lại chữ ký)."""

from typing import TYPE_CHECKING

from api.worker import Duty
from ingest.recheck import enqueue_due

if TYPE_CHECKING:
    from api.wiring import Service

_SECONDS = 2.0


def build_recheck_duties(service: "Service") -> list[Duty]:
    """Due re-checks go to the queue, a few at a time; a changed trust folder or rule is noticed here."""

    def enqueue() -> int:
        return enqueue_due(service.store, service.clock, service.trust, service.steps.rechecks)

    return [Duty("rechecks", _SECONDS, enqueue)]
