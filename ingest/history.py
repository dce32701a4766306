"""The first verdict of a record (kết luận đầu tiên) and when it is due again: the begin of its history."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ingest.basis import read_basis
from ingest.recheck_dates import RecheckRules, find_due_date
from ingest.recheck_rules import is_undone
from records.actions.acting import Acting
from records.actions.verdicts import NewVerdict, keep_verdict
from records.model import Record
from records.ports import BlobStore, UnitOfWork
from records.states import SignatureStanding
from records.verdicts import Cause, Outcome, VerdictDue

_FIRST_RETRY, _LAST_RETRY = timedelta(hours=1), timedelta(hours=24)
_DOUBLINGS = 10


def find_signed(record: Record) -> str | None:
    """The bytes whose signatures give the record its value; None while it waits for a signature."""
    if record.signature_standing is SignatureStanding.ARRIVED_SIGNED:
        return record.original_sha256
    if record.signature_standing is SignatureStanding.SIGNED_BY_DIGITISER:
        return record.rendition_sha256
    return None


def read_report(blobs: BlobStore, sha256: str | None) -> dict[str, Any] | None:
    """A kept report, before the transaction that enters it; None without one."""
    return None if sha256 is None else json.loads(blobs.read(sha256))


def begin_history(
    work: UnitOfWork, acting: Acting, record: Record, report: dict[str, Any] | None, rules: RecheckRules
) -> None:
    """Enter the verdict a record was stored or just signed with, and its date; the caller commits."""
    if find_signed(record) is None or report is None:
        return
    basis = read_basis(report)
    first = NewVerdict(
        record.signature_value,
        record.signature_indication,
        record.signature_headline_vi,
        record.report_sha256,
        basis.policy,
        basis.trust,
        Cause.STORED,
        Outcome.FIRST,
    )
    keep_verdict(work, acting, record, first)
    due = find_due_date(report, record.id, acting.at, rules)
    row = VerdictDue(record.id, record.unit, str(basis), acting.at, due.at, due.cause)
    # A check that came to no end is made again soon.
    work.verdicts.put_due(put_off(row, acting.at) if is_undone(report) else row)


def put_off(due: VerdictDue, at: datetime) -> VerdictDue:
    """Another try after an hour, then twice as late each time, a day at most."""
    wait = min(_FIRST_RETRY * 2 ** min(due.attempts, _DOUBLINGS), _LAST_RETRY)
    return replace(due, due_at=at + wait, cause=Cause.RETRY, attempts=due.attempts + 1, queued_at=None)
