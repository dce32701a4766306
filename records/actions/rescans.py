"""What of a batch has to be scanned again (danh sách quét lại): pages with faults and refused files."""

from collections.abc import Sequence
from dataclasses import dataclass

from records.access import Permission
from records.actions.acting import Acting
from records.model import Batch, BatchFile, PageFault
from records.ports import Store
from records.states import CaptureState

_ALL = 100_000
# A stopped paper goes to the officer for secrets, never back to the scanner.
_STOPPED = "SECRET_MATERIAL_FOUND"


@dataclass(frozen=True, slots=True)
class Rescan:
    """One thing to scan again (việc quét lại): a page of a file; without `fault` the refused file."""

    file: BatchFile
    fault: PageFault | None = None


def list_rescans(store: Store, acting: Acting, batch_id: str) -> tuple[Batch, Sequence[Rescan]]:
    """The batch and its list, by file and page; raises `RecordNotFound`, `AccessDenied`."""
    with store.read() as work:
        batch = work.batches.get(batch_id)
        acting.check(Permission.BATCH_READ, batch.unit)
        files = work.batches.files(batch_id, limit=_ALL)
    return batch, [rescan for file in files for rescan in _of_file(file)]


def _of_file(file: BatchFile) -> list[Rescan]:
    """What of one file; nothing of one that was withdrawn or stopped at the gate."""
    if file.state is CaptureState.REJECTED:
        return [] if file.reason_code == _STOPPED else [Rescan(file)]
    if file.state is CaptureState.CANCELLED:
        return []
    return [Rescan(file, fault) for fault in file.page_faults]
