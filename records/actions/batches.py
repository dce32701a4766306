"""What a person or machine may do with batches (lô quét), and how a batch follows its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from records.access import Permission
from records.actions.acting import Acting
from records.errors import IllegalTransition, InvalidValue
from records.model import Batch, BatchCounts, BatchFile
from records.ports import Store, UnitOfWork
from records.states import CAPTURE_ENDS, CAPTURE_MOVES, CaptureState, check_capture_move

# How far along the line a file is; a batch is as far as the file furthest behind.
_PROGRESS = (
    CaptureState.SCAN,
    CaptureState.SEPARATE,
    CaptureState.READ,
    CaptureState.VALIDATE,
    CaptureState.VERIFY,
    CaptureState.QUALITY_CONTROL,
    CaptureState.RELEASE,
)


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What is said when a batch is opened (thông tin lô mới); `profile` names the way of reading."""

    unit: str
    label: str
    dossier: str | None = None
    profile: str = "tesseract"


def open_batch(store: Store, acting: Acting, new: NewBatch) -> Batch:
    """Open a batch in a unit.

    Raises `AccessDenied`, `RecordNotFound` for an unknown unit, `InvalidValue` for one not in being that day.
    """
    acting.check(Permission.BATCH_CREATE, new.unit)
    batch = Batch(
        id=str(uuid4()),
        unit=new.unit,
        label=new.label,
        dossier=new.dossier,
        state=CaptureState.SCAN,
        created_by=acting.principal.id,
        created_at=acting.at,
        profile=new.profile,
    )
    with store.write() as work:
        if not work.units.get(new.unit).is_in_being(acting.today):
            raise InvalidValue("Đơn vị chưa hoạt động hoặc đã kết thúc.", field="unit", unit=new.unit)
        work.batches.add(batch)
        work.audit.add(acting.entry("batch.open", "batch", batch.id, unit=batch.unit, after=batch))
        work.commit()
    return batch


def close_batch(store: Store, acting: Acting, batch_id: str) -> Batch:
    """No more files come; the batch ends when its last file does. Closing again changes nothing.

    Raises `RecordNotFound`, `AccessDenied`.
    """
    with store.write() as work:
        batch = work.batches.hold(batch_id)
        acting.check(Permission.BATCH_CREATE, batch.unit)
        if batch.closed_at is not None:
            return batch
        work.batches.save(replace(batch, closed_at=acting.at))
        closed = follow_files(work, batch_id)
        work.audit.add(
            acting.entry("batch.close", "batch", batch.id, unit=batch.unit, before=batch, after=closed)
        )
        work.commit()
    return closed


def view_batch(store: Store, acting: Acting, batch_id: str) -> tuple[Batch, BatchCounts]:
    """A batch, how many files came in and where each stands; raises `RecordNotFound`, `AccessDenied`."""
    with store.read() as work:
        batch = work.batches.get(batch_id)
        acting.check(Permission.BATCH_READ, batch.unit)
        return batch, work.batches.counts(batch_id)


def list_batches(store: Store, acting: Acting, *, limit: int, offset: int = 0) -> tuple[Sequence[Batch], int]:
    """Batches of the units the caller may look into, newest first, with the total."""
    with store.read() as work:
        return work.batches.page(acting.principal.scope(Permission.BATCH_READ), limit=limit, offset=offset)


def list_files(
    store: Store, acting: Acting, batch_id: str, *, limit: int = 1000, offset: int = 0
) -> Sequence[BatchFile]:
    """Files of a batch in order; raises `RecordNotFound`, `AccessDenied`."""
    with store.read() as work:
        acting.check(Permission.BATCH_READ, work.batches.get(batch_id).unit)
        return work.batches.files(batch_id, limit=limit, offset=offset)


def check_open(batch: Batch) -> None:
    """Raise `IllegalTransition` when no more files may come into the batch."""
    if batch.closed_at is not None or batch.state in CAPTURE_ENDS:
        raise IllegalTransition("Lô đã đóng, hãy mở lô mới.", batch=batch.id)


def check_not_ended(batch: Batch) -> None:
    """Raise `IllegalTransition` when the batch ended while a file for it was being read."""
    if batch.state in CAPTURE_ENDS:
        raise IllegalTransition("Lô đã kết thúc trong khi đọc tệp, hãy mở lô mới.", batch=batch.id)


def move_file(work: UnitOfWork, file: BatchFile, then: CaptureState, at: datetime) -> BatchFile:
    """Move a file along the line and let its batch follow; raises `IllegalTransition`.

    `file` may carry other changes (a reason, the record); all are written. The caller commits.
    """
    # Files of one batch that move at once wait here: each must count the others as they are.
    work.batches.hold(file.batch_id)
    check_capture_move(work.batches.get_file(file.id).state, then)
    moved = replace(file, state=then, updated_at=at)
    work.batches.save_file(moved)
    follow_files(work, file.batch_id)
    return moved


def follow_files(work: UnitOfWork, batch_id: str) -> Batch:
    """Bring the batch's state up to its files; the caller commits."""
    batch = work.batches.hold(batch_id)
    aim = find_batch_state(work.batches.counts(batch_id).by_state, is_closed=batch.closed_at is not None)
    state = _walk(batch.state, aim)
    if state is batch.state:
        return batch
    moved = replace(batch, state=state)
    work.batches.save(moved)
    return moved


def find_batch_state(files: Mapping[CaptureState, int], *, is_closed: bool) -> CaptureState | None:
    """Where a batch with such files stands, or None when they do not say.

    As far as the file furthest behind. When every file has ended, only a closed batch ends: refused when
    nothing of it was kept, released otherwise.
    """
    present = {state for state, count in files.items() if count}
    for state in _PROGRESS:
        if state in present:
            return state
    if CaptureState.POSTPONED in present or not is_closed:
        return None
    kept = present & {CaptureState.RELEASED, CaptureState.LINKED}
    if kept:
        return CaptureState.RELEASED
    return CaptureState.REJECTED if CaptureState.REJECTED in present else CaptureState.CANCELLED


def _walk(now: CaptureState, aim: CaptureState | None) -> CaptureState:
    """`aim` when legal moves along the line lead there, else `now`; several files may move between looks."""
    if aim is None or aim in CAPTURE_MOVES[now]:
        return aim or now
    seen, open_states = {now}, [now]
    while open_states:
        for state in CAPTURE_MOVES[open_states.pop()]:
            if state is aim:
                return aim
            if state in _PROGRESS and state not in seen:
                seen.add(state)
                open_states.append(state)
    return now
