"""Withdrawing a batch (huỷ lô): what is not finished leaves the line; what was released stays."""

from dataclasses import replace

from records.access import Permission
from records.actions.acting import Acting
from records.actions.batches import follow_files
from records.actions.records import RECORD_CHANGED
from records.errors import IllegalTransition
from records.model import Batch, BatchFile
from records.ports import Store, UnitOfWork
from records.states import CAPTURE_ENDS, CaptureState

CANCELLED_CODE = "BATCH_CANCELLED"
_CANCELLED_VI = "Lô đã bị huỷ trước khi tệp này hoàn thành."
_PAGE = 1000


def cancel_batch(store: Store, acting: Acting, batch_id: str) -> Batch:
    """Close the batch and cancel its unfinished files.

    Raises `RecordNotFound`, `AccessDenied`, `IllegalTransition` for a batch that has ended.
    """
    with store.write() as work:
        batch = work.batches.hold(batch_id)
        acting.check(Permission.BATCH_CREATE, batch.unit)
        if batch.state in CAPTURE_ENDS:
            raise IllegalTransition("Lô đã kết thúc.", batch=batch_id)
        open_files = [file for file in _all_files(work, batch_id) if file.state not in CAPTURE_ENDS]
        for file in open_files:
            work.batches.save_file(
                replace(
                    file,
                    state=CaptureState.CANCELLED,
                    reason_code=CANCELLED_CODE,
                    reason_vi=_CANCELLED_VI,
                    updated_at=acting.at,
                )
            )
            if file.record_id is not None:
                # It was searchable while it waited for review.
                record = work.records.get(file.record_id)
                work.outbox.add(RECORD_CHANGED, record.id, record.version, acting.at)
        work.batches.save(replace(batch, closed_at=batch.closed_at or acting.at))
        cancelled = follow_files(work, batch_id)
        work.audit.add(
            acting.entry(
                "batch.cancel", "batch", batch_id, unit=batch.unit, before=batch, after=cancelled,
                files=len(open_files),
            )
        )  # fmt: skip
        work.commit()
    return cancelled


def _all_files(work: UnitOfWork, batch_id: str) -> list[BatchFile]:
    files: list[BatchFile] = []
    while page := work.batches.files(batch_id, limit=_PAGE, offset=len(files)):
        files.extend(page)
    return files
