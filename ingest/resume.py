"""Takes up again what an outage put off (tiếp tục tệp bị hoãn): long outages end jobs, not papers."""

from collections.abc import Iterator

from ingest.jobs import FileJob, build_resume_job
from records.access import SYSTEM, Scope
from records.actions.acting import Acting
from records.actions.batches import move_file
from records.errors import ErrorKind, find_error_class
from records.model import BatchFile
from records.ports import Clock, Store, UnitOfWork
from records.states import CAPTURE_ENDS, CaptureState

CHANNEL = "worker"
_BATCHES = 1000


def build_job_key(file_id: str) -> str:
    """Under which a file's job is remembered from its receipt on."""
    return f"job:{file_id}"


def resume_postponed(store: Store, clock: Clock) -> int:
    """Put every file that an outage put off back on the line; returns how many.

    What a person postponed stays: only a reason that passes by itself is taken for over.
    """
    with store.read() as work:
        waiting = list(_iter_postponed(work))
    return sum(_resume(store, Acting(SYSTEM, clock.now(), CHANNEL), file.id) for file in waiting)


def _iter_postponed(work: UnitOfWork) -> Iterator[BatchFile]:
    seen = 0
    while batches := work.batches.page(Scope(None), limit=_BATCHES, offset=seen)[0]:
        seen += len(batches)
        for batch in batches:
            if batch.state in CAPTURE_ENDS:
                continue
            for file in work.batches.files(batch.id, state=CaptureState.POSTPONED):
                if find_error_class(file.reason_code or "").kind is ErrorKind.UNAVAILABLE:
                    yield file


def _resume(store: Store, acting: Acting, file_id: str) -> bool:
    with store.write() as work:
        file = work.batches.get_file(file_id)
        kept = work.steps.find(build_job_key(file_id))
        if file.state is not CaptureState.POSTPONED or kept is None:
            return False
        moved = move_file(work, file, CaptureState.READ, acting.at)
        occasion = acting.at.strftime("%Y%m%d%H%M%S%f")
        work.jobs.enqueue(build_resume_job(FileJob.from_json(kept), occasion))
        unit = work.batches.get(file.batch_id).unit
        work.audit.add(
            acting.entry("file.resume", "batch_file", file_id, unit=unit, before=file, after=moved)
        )
        work.commit()
    return True
