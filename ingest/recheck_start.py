"""Re-checks begun by hand (kiểm tra lại theo yêu cầu): of one record at once, of many through a job."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from records.access import PROVINCE, Permission, Scope
from records.actions.acting import Acting
from records.actions.records import get_visible
from records.errors import RecordNotFound
from records.ports import Job, Priority, Store
from records.verdicts import Cause, DueCounts

MARK_DUE = "mark_rechecks"
_CHUNK = 500


def start_recheck(store: Store, acting: Acting, record_id: str) -> None:
    """Make one record due now; raises `RecordNotFound` where nothing of it was ever judged."""
    with store.write() as work:
        record = get_visible(work, acting, record_id)
        acting.check(Permission.VERDICT_RECHECK, record.unit)
        due = work.verdicts.find_due(record_id)
        if due is None:
            raise RecordNotFound("Hồ sơ này chưa có chữ ký để kiểm tra lại.", record=record_id)
        if due.queued_at is None:
            work.verdicts.put_due(replace(due, cause=Cause.MANUAL, due_at=acting.at))
        work.audit.add(acting.entry("recheck.start", "record", record_id, unit=record.unit))
        work.commit()


def start_rechecks(store: Store, acting: Acting, unit: str | None, *, at_once: bool = False) -> None:
    """Make every record of a unit and those below it due, or with None all; piece by piece.

    A job does it, or with `at_once` the caller, who then knows that nothing is left to mark.
    """
    acting.check(Permission.VERDICT_RECHECK, unit)
    with store.write() as work:
        if unit is not None:
            work.units.get(unit)
        units = None if unit is None else sorted(work.units.below(unit))
        argument = json.dumps({"units": units, "at": acting.at.isoformat()})
        if not at_once:
            work.jobs.enqueue(Job(MARK_DUE, str(uuid.uuid4()), argument, Priority.RERUN))
        work.audit.add(acting.entry("recheck.start", "unit", unit or "*", unit=unit))
        work.commit()
    if at_once:
        mark_due(store, argument)


def mark_due(store: Store, argument: str) -> str:
    """The job's step: page by page in short transactions; run again, it leaves out what is done already."""
    asked = json.loads(argument)
    scope, at = _build_scope(asked["units"]), datetime.fromisoformat(asked["at"])
    after: str | None = ""
    while after is not None:
        with store.write() as work:
            after = work.verdicts.make_due(after, scope, at, _CHUNK)
            work.commit()
    return "done"


def _build_scope(units: Sequence[str] | None) -> Scope:
    return PROVINCE if units is None else Scope(frozenset(units))


def read_progress(store: Store, acting: Acting, basis: str | None) -> DueCounts:
    """How the re-checks of the caller's units stand; `basis` None: there are no roots to judge under."""
    acting_scope = acting.principal.scope(Permission.VERDICT_RECHECK)
    with store.read() as work:
        return work.verdicts.counts(acting_scope, acting.at, basis)
