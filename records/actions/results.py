"""What may be done to results (kết quả TTHC): look, and change whether they are in force.

Every change names the document that makes it, its date and the person who entered it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from records.access import Permission
from records.actions.acting import Acting
from records.actions.records import RECORD_CHANGED, get_visible
from records.actions.subscriptions import announce_change
from records.errors import InvalidValue, RecordNotFound
from records.identifiers import mask_owner
from records.model import Result, ResultChange
from records.ports import Store, UnitOfWork
from records.states import RESULTS_IN_FORCE, Confidentiality, ResultState, check_result_move


@dataclass(frozen=True, slots=True)
class StateChange:
    """A change asked for (yêu cầu thay đổi hiệu lực), on a document's ground."""

    to_state: ResultState
    document_number: str
    document_date: date
    effective: date
    reason: str
    replaced_by: str | None = None
    valid_to: date | None = None
    """The new last day, where the document sets one (gia hạn, đính chính)."""


def view_result(store: Store, acting: Acting, result_id: str) -> tuple[Result, Sequence[ResultChange]]:
    """A result with its changes, oldest first; audited before the answer is given."""
    with store.write() as work:
        result = _get_visible(work, acting, result_id)
        changes = work.results.changes(result_id)
        work.audit.add(acting.entry("result.read", "result", result.id, unit=result.unit))
        work.commit()
    if not acting.principal.scope(Permission.OWNER_READ).covers(result.unit):
        result = replace(result, owner_id=mask_owner(result.owner_id))
    return result, changes


def change_result_state(
    store: Store, acting: Acting, result_id: str, change: StateChange
) -> tuple[Result, ResultChange]:
    """Change whether a result is in force; raises `IllegalTransition`, `InvalidValue`, `AccessDenied`."""
    _check(acting, change)
    with store.write() as work:
        result = _get_visible(work, acting, result_id)
        acting.check(Permission.RESULT_CHANGE, result.unit)
        check_result_move(result.state, change.to_state)
        if change.replaced_by is not None:
            _check_successor(work, acting, result, change.replaced_by)
        _check_last_day(acting, result, change)
        row = _build_row(acting, result, change)
        changed = _apply(work, acting, result, row, change.valid_to or result.valid_to)
        work.commit()
    return changed, row


def expire_results(store: Store, acting: Acting, limit: int = 200) -> int:
    """Turn results whose last day is over to expired, each with its row and events; returns how many.

    The document is the result itself, which names its last day. Lookups never wait for this: they go by
    the day.
    """
    done = 0
    while True:
        with store.write() as work:
            over = work.results.run_out(acting.today, limit)
            for result in over:
                _apply(work, acting, result, _build_expiry(acting, result), result.valid_to)
            work.commit()
        done += len(over)
        if len(over) < limit:
            return done


def _build_expiry(acting: Acting, result: Result) -> ResultChange:
    last_day = result.valid_to or acting.today
    change = StateChange(
        ResultState.EXPIRED,
        result.number,
        result.issued,
        min(last_day + timedelta(days=1), acting.today),
        f"Hết thời hạn ghi trên kết quả ({last_day:%d/%m/%Y}).",
    )
    return _build_row(acting, result, change)


def _apply(
    work: UnitOfWork, acting: Acting, result: Result, row: ResultChange, valid_to: date | None
) -> Result:
    """Write a change with everything that follows from it, in the transaction at hand."""
    changed = work.results.save(replace(result, state=row.to_state, valid_to=valid_to, updated_at=acting.at))
    work.results.add_change(row)
    announce_change(work, changed, row)
    _touch_record(work, acting, changed)
    work.audit.add(
        acting.entry(
            "result.change",
            "result",
            result.id,
            unit=result.unit,
            before=result,
            after=changed,
            to_state=row.to_state.value,
            document=row.document_number,
        )
    )
    return changed


def _check_last_day(acting: Acting, result: Result, change: StateChange) -> None:
    """A result in force must not lie beyond its last day: bringing it back needs a new one."""
    if change.valid_to is not None and change.valid_to < max(change.effective, result.valid_from):
        raise InvalidValue("Ngày hết hiệu lực mới trước ngày có hiệu lực.", field="valid_to")
    if change.valid_to is not None and change.to_state not in RESULTS_IN_FORCE:
        raise InvalidValue("Chỉ nêu ngày hết hiệu lực mới khi gia hạn hoặc đính chính.", field="valid_to")
    last_day = change.valid_to or result.valid_to
    if change.to_state is ResultState.VALID and last_day is not None and last_day < acting.today:
        raise InvalidValue("Kết quả đã quá hạn: nêu ngày hết hiệu lực mới.", field="valid_to")


def _check(acting: Acting, change: StateChange) -> None:
    if not change.document_number.strip() or not change.reason.strip():
        raise InvalidValue("Cần số văn bản và lý do.", field="document_number")
    if change.document_date > change.effective:
        raise InvalidValue("Ngày hiệu lực trước ngày văn bản.", field="effective")
    if change.effective > acting.today:
        # A state holds at once; a change that lies ahead would already answer lookups wrongly today.
        raise InvalidValue("Chưa đến ngày hiệu lực; hãy nhập khi văn bản có hiệu lực.", field="effective")
    if (change.replaced_by is not None) is not (change.to_state is ResultState.REPLACED):
        raise InvalidValue("Nêu kết quả thay thế khi và chỉ khi bị thay thế.", field="replaced_by")


def _check_successor(work: UnitOfWork, acting: Acting, result: Result, successor_id: str) -> None:
    successor = _get_visible(work, acting, successor_id)
    same = (successor.owner_scheme, successor.owner_id) == (result.owner_scheme, result.owner_id)
    if successor.id == result.id or not same:
        raise InvalidValue("Kết quả thay thế phải là kết quả khác của cùng chủ sở hữu.", field="replaced_by")


def _build_row(acting: Acting, result: Result, change: StateChange) -> ResultChange:
    return ResultChange(
        id=str(uuid.uuid4()),
        result_id=result.id,
        from_state=result.state,
        to_state=change.to_state,
        document_number=change.document_number.strip(),
        document_date=change.document_date,
        effective=change.effective,
        account_id=acting.principal.id,
        at=acting.at,
        reason=change.reason.strip(),
        replaced_by=change.replaced_by,
    )


def _touch_record(work: UnitOfWork, acting: Acting, result: Result) -> None:
    """The index shows the result's state with its record, so the record's version rises too."""
    if result.record_id is None:
        return
    record = work.records.save(replace(work.records.get(result.record_id), updated_at=acting.at))
    work.outbox.add(RECORD_CHANGED, record.id, record.version, acting.at)


def _get_visible(work: UnitOfWork, acting: Acting, result_id: str) -> Result:
    result = work.results.get(result_id)
    if result.record_id is not None:
        get_visible(work, acting, result.record_id)
        return result
    reaches = acting.principal.scope(Permission.RECORD_READ).covers(result.unit)
    if not reaches or result.confidentiality is not Confidentiality.NORMAL:
        raise RecordNotFound(result=result_id)
    return result
