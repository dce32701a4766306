"""What a person or machine may do with batches (lô quét), and how a batch follows its files."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from records.access import Permission, Principal, authorize
from records.errors import IllegalTransition
from records.model import AuditEntry, Batch, BatchCounts, BatchFile
from records.ports import Clock, Store, UnitOfWork
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


def open_batch(store: Store, clock: Clock, who: Principal, new: NewBatch) -> Batch:
    """Open a batch in a unit.

    Raises `AccessDenied`, `RecordNotFound` for an unknown unit.
    """
    authorize(who, Permission.BATCH_CREATE, new.unit)
    now = clock.now()
    batch = Batch(
        id=str(uuid4()),
        unit=new.unit,
        label=new.label,
        dossier=new.dossier,
        state=CaptureState.SCAN,
        created_by=who.id,
        created_at=now,
        profile=new.profile,
    )
    with store.write() as uow:
        uow.units.get(new.unit)
        uow.batches.add(batch)
        uow.audit.add(build_batch_entry(batch, who, "batch.open", now))
        uow.commit()
    return batch


def close_batch(store: Store, clock: Clock, who: Principal, batch_id: str) -> Batch:
    """No more files come; the batch ends when its last file does. Closing again changes nothing.

    Raises `RecordNotFound`, `AccessDenied`.
    """
    now = clock.now()
    with store.write() as uow:
        batch = uow.batches.get(batch_id)
        authorize(who, Permission.BATCH_CREATE, batch.unit)
        if batch.closed_at is None:
            uow.batches.save(replace(batch, closed_at=now))
            follow_files(uow, batch_id)
            uow.audit.add(build_batch_entry(batch, who, "batch.close", now))
            uow.commit()
        return uow.batches.get(batch_id)


def count_files(store: Store, who: Principal, batch_id: str) -> BatchCounts:
    """How many files came in and where each stands; raises `RecordNotFound`, `AccessDenied`."""
    with store.read() as uow:
        authorize(who, Permission.BATCH_READ, uow.batches.get(batch_id).unit)
        return uow.batches.counts(batch_id)


def check_open(batch: Batch) -> None:
    """Raise `IllegalTransition` when no more files may come into the batch."""
    if batch.closed_at is not None or batch.state in CAPTURE_ENDS:
        raise IllegalTransition("Lô đã đóng, hãy mở lô mới.", batch=batch.id)


def move_file(uow: UnitOfWork, file: BatchFile, then: CaptureState, at: datetime) -> BatchFile:
    """Move a file along the line and let its batch follow; raises `IllegalTransition`.

    `file` may carry other changes (a reason, the record); all are written. The caller commits.
    """
    check_capture_move(uow.batches.get_file(file.id).state, then)
    moved = replace(file, state=then, updated_at=at)
    uow.batches.save_file(moved)
    follow_files(uow, file.batch_id)
    return moved


def follow_files(uow: UnitOfWork, batch_id: str) -> Batch:
    """Bring the batch's state up to its files; the caller commits."""
    batch = uow.batches.get(batch_id)
    aim = find_batch_state(uow.batches.counts(batch_id).by_state, is_closed=batch.closed_at is not None)
    state = _walk(batch.state, aim)
    if state is batch.state:
        return batch
    moved = replace(batch, state=state)
    uow.batches.save(moved)
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
    """The furthest legal state on the way from `now` to `aim`; a batch never goes back."""
    if aim is None or aim is now or now in CAPTURE_ENDS:
        return now
    if aim in CAPTURE_MOVES[now]:
        return aim
    ahead = [state for state in CAPTURE_MOVES[now] if aim in CAPTURE_MOVES[state] and state in _PROGRESS]
    if aim in CAPTURE_ENDS and now in _PROGRESS:
        return aim if ahead else now
    return now


def build_batch_entry(batch: Batch, who: Principal, action: str, at: datetime) -> AuditEntry:
    """The audit row of something done to a batch."""
    return AuditEntry(
        at=at,
        actor=who.id,
        actor_kind=who.kind,
        action=action,
        subject_kind="batch",
        subject_id=batch.id,
        unit=batch.unit,
        detail={"dossier": batch.dossier},
    )
