"""What the worker does again and again for re-checks (việc định kỳ của kiểm tra lại chữ ký)."""

from api.worker import Duty
from ingest.recheck import enqueue_due
from ingest.recheck_turns import BasisTurns
from ingest.steps import Steps

_SECONDS = 2.0


def build_recheck_duties(steps: Steps) -> list[Duty]:
    """Due re-checks go to the queue, a few at a time; a changed trust folder or rule is noticed here."""

    turns = BasisTurns()

    def enqueue() -> int:
        return enqueue_due(steps.store, steps.clock, steps.trust, steps.rechecks, turns)

    return [Duty("rechecks", _SECONDS, enqueue)]
