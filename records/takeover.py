"""Which lost job goes on and which ends (tiếp nhận lại việc dở): unlucky or the killer of its worker?

A worker that dies leaves jobs behind. One of them may be the cause, most are not. A lost job runs alone
from then on, and only losses in the midst of the same step count: a job that is lost between steps, before
its step began, or that gets on in between is unlucky.
"""

from enum import StrEnum

from records.ports import Store

# Refusing a sound paper is worse than a few more restarts of a worker.
LOSSES: int = 8


class Verdict(StrEnum):
    """What becomes of a lost job (kết luận về việc dở)."""

    SEEN = "seen"
    AGAIN = "again"
    OVER = "over"


def note_begin(store: Store, job_id: str, step: int) -> None:
    """Say that a job begins a step; written only for jobs that were lost before."""
    with store.read() as work:
        if work.steps.find(_suspect(job_id)) is None:
            return
    with store.write() as work:
        losses = [work.steps.find(key) for key in _losses(job_id, step)]
        if None in losses:
            work.steps.put(_begun(job_id, step, losses.index(None)), "")
            work.commit()


def judge_loss(store: Store, job_id: str, step: int, run: str) -> Verdict:
    """Count a loss at a step once; `run` tells this run from others, so that two who see it count one.

    SEEN: counted before. AGAIN: run it again, alone. OVER: lost too often in the midst of this step.
    """
    with store.write() as work:
        is_first = work.steps.find(_suspect(job_id)) is None
        losses = [work.steps.find(key) for key in _losses(job_id, step)]
        if run in losses:
            return Verdict.SEEN
        if None not in losses:
            return Verdict.OVER
        place = losses.index(None)
        if work.steps.find(_begun(job_id, step, place)) is not None:
            work.steps.put(_losses(job_id, step)[place], run)
        elif is_first:
            work.steps.put(_suspect(job_id), run)
        work.commit()
        is_last = place == LOSSES - 1 and work.steps.find(_losses(job_id, step)[place]) is not None
    return Verdict.OVER if is_last else Verdict.AGAIN


def _suspect(job_id: str) -> str:
    return f"lost:{job_id}"


def _losses(job_id: str, step: int) -> list[str]:
    return [f"lost:{job_id}:{step}:{number}" for number in range(LOSSES)]


def _begun(job_id: str, step: int, loss: int) -> str:
    return f"begun:{job_id}:{step}:{loss}"
