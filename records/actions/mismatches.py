"""Reports of wrong data (báo sai lệch dữ liệu): made by who reuses, answered by the unit that keeps.

NQ 66.7/2025: who finds shared data missing or wrong asks for it to be corrected at its source.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from records.access import Permission
from records.actions.acting import Acting
from records.errors import IllegalTransition, InvalidValue, RecordNotFound
from records.mismatches import Mismatch, MismatchState
from records.model import Result
from records.ports import Store, UnitOfWork

_MAXIMUM_OPEN = 20


def build_mismatch(acting: Acting, result: Result, dossier: str, what: str, contact: str) -> Mismatch:
    """A report about a result, for the unit that keeps it."""
    return Mismatch(
        str(uuid.uuid4()), result.id, result.unit, dossier.strip(), what.strip(), contact.strip(),
        acting.principal.id, acting.principal.home_unit, acting.at,
    )  # fmt: skip


def add_mismatch(work: UnitOfWork, acting: Acting, mismatch: Mismatch) -> Mismatch:
    """Keep a report; the caller's open one of the same words comes back instead of a second."""
    there = work.mismatches.of_result(mismatch.result_id)
    mine = [one for one in there if one.actor == mismatch.actor and one.state is MismatchState.OPEN]
    for one in mine:
        if (one.dossier, one.what) == (mismatch.dossier, mismatch.what):
            return one
    if len(mine) >= _MAXIMUM_OPEN:
        raise InvalidValue("Đã có quá nhiều báo sai lệch chưa trả lời về kết quả này.", field="what")
    work.mismatches.add(mismatch)
    work.audit.add(
        acting.entry(
            "mismatch.report", "result", mismatch.result_id, unit=mismatch.unit, purpose=mismatch.dossier,
            after=mismatch, mismatch=mismatch.id,
        )
    )  # fmt: skip
    return mismatch


def list_mismatches(
    store: Store, acting: Acting, *, state: MismatchState | None, limit: int, offset: int = 0
) -> tuple[Sequence[Mismatch], int]:
    """Reports that the caller's units answer, newest first, with the total."""
    scope = acting.principal.scope(Permission.RESULT_CHANGE)
    with store.read() as work:
        return work.mismatches.page(scope, state=state, limit=limit, offset=offset)


def view_mismatch(store: Store, acting: Acting, mismatch_id: str) -> Mismatch:
    """A report for who made it, a colleague of the same unit, or who answers it; else `RecordNotFound`."""
    with store.write() as work:
        mismatch = work.mismatches.get(mismatch_id)
        if not _may_see(acting, mismatch):
            raise RecordNotFound(mismatch=mismatch_id)
        work.audit.add(acting.entry("mismatch.read", "mismatch", mismatch.id, unit=mismatch.unit))
        work.commit()
    return mismatch


def answer_mismatch(store: Store, acting: Acting, mismatch_id: str, answer: str) -> Mismatch:
    """Close a report with an answer; raises `AccessDenied`, `IllegalTransition` when it is closed."""
    if not answer.strip():
        raise InvalidValue("Cần nội dung trả lời.", field="answer")
    with store.write() as work:
        mismatch = work.mismatches.get(mismatch_id)
        acting.check(Permission.RESULT_CHANGE, mismatch.unit)
        if mismatch.state is MismatchState.CLOSED:
            raise IllegalTransition("Báo sai lệch này đã được trả lời.", mismatch=mismatch_id)
        closed = replace(
            mismatch, state=MismatchState.CLOSED, answer=answer.strip(),
            answered_by=acting.principal.id, answered_at=acting.at,
        )  # fmt: skip
        work.mismatches.save(closed)
        work.audit.add(
            acting.entry(
                "mismatch.answer", "result", closed.result_id, unit=closed.unit, before=mismatch,
                after=closed, mismatch=closed.id,
            )
        )  # fmt: skip
        work.commit()
    return closed


def _may_see(acting: Acting, mismatch: Mismatch) -> bool:
    principal = acting.principal
    asked = mismatch.actor == principal.id or (
        mismatch.asking_unit is not None and mismatch.asking_unit == principal.home_unit
    )
    return asked or principal.scope(Permission.RESULT_CHANGE).covers(mismatch.unit)
