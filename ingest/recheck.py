"""Signatures of records judged again (kiểm tra lại chữ ký), each record a job of its own.

By schedule, before evidence ends, under new roots or rules, by hand, after a failure. Rows of `verdict_dues`
say what is due; a duty hands a few at a time to the queue, so that millions wait as rows and not as jobs. The
bytes of a record are never touched, an earlier report is never removed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ingest.basis import Basis, find_basis, read_basis
from ingest.history import find_signed, put_off
from ingest.jobs import build_compare_job
from ingest.recheck_dates import DueDate, RecheckRules, find_due_date
from ingest.recheck_rules import Judgement, is_undone, judge_again
from ingest.recheck_turns import BasisTurns
from ingest.signatures import Standing, TrustSource
from ingest.steps import CHANNEL, Steps
from records.access import SYSTEM
from records.actions.acting import VIETNAM, Acting
from records.actions.verdicts import NewVerdict, keep_verdict
from records.errors import ErrorKind, RecordsError, SigningError
from records.model import Record
from records.ports import Clock, Job, Priority, Store, UnitOfWork
from records.verdicts import Cause, Outcome, VerdictDue

RECHECK = "recheck_signatures"
# A job is killed, retried and taken over within hours; one that is silent longer is gone for good.
_GONE_AFTER = timedelta(days=1)
_URGENT = (Cause.MANUAL, Cause.RETRY, Cause.EVIDENCE)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a job remembers of its check (kết quả kiểm tra lại): verdict, basis, what becomes of it."""

    standing: Standing
    basis: Basis
    judgement: Judgement
    due: DueDate
    earlier: str | None

    def to_json(self) -> str:
        """As a step's result."""
        return json.dumps(
            {
                "standing": self.standing.to_json(),
                "basis": [self.basis.policy, self.basis.trust, self.basis.content],
                "judgement": [self.judgement.outcome, self.judgement.reason, self.judgement.retry],
                "due": [self.due.at.isoformat(), self.due.cause],
                "earlier": self.earlier,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> "Judged":
        """From a step's result."""
        values = json.loads(text)
        outcome, reason, retry = values["judgement"]
        at, cause = values["due"]
        return cls(
            Standing.from_json(values["standing"]),
            Basis(*values["basis"]),
            Judgement(Outcome(outcome), reason, retry),
            DueDate(datetime.fromisoformat(at), Cause(cause)),
            values["earlier"],
        )


@dataclass(frozen=True)
class RecheckSteps:
    """The steps of judging one record again (các bước kiểm tra lại); the argument is the record's id."""

    steps: Steps

    def judge(self, argument: str, _results: Mapping[str, str]) -> str:
        """The new report, kept, and what it does to the verdict; "" where there is nothing to judge."""
        with self.steps.store.read() as work:
            record = work.records.get(argument)
        sha256 = find_signed(record)
        if sha256 is None:
            return ""
        at = self.steps.clock.now()
        before = self._read_earlier(record)
        standing = self.steps.verify_blob(sha256, earlier=record.report_sha256 if before else None)
        after = self._read(standing.report_sha256)
        judgement = judge_again(before, after, record.signature_value, standing.value)
        # What the check itself used: the folder may have changed since the job was queued.
        basis = find_basis(self.steps.trust) if is_undone(after) else read_basis(after)
        due = find_due_date(after, record.id, at, self.steps.rechecks)
        return Judged(standing, basis, judgement, due, record.report_sha256).to_json()

    def keep(self, argument: str, results: Mapping[str, str]) -> str:
        """History, record, result, events and audit row in one commit; the outcome."""
        acting = Acting(SYSTEM, self.steps.clock.now(), CHANNEL)
        with self.steps.store.write() as work:
            due = work.verdicts.find_due(argument)
            if due is None or due.queued_at is None:
                return ""  # entered already
            record = work.records.get(argument)
            judged = Judged.from_json(results["judge"]) if results["judge"] else None
            if judged is None or record.report_sha256 != judged.earlier:
                # Another verdict came meanwhile: this one compared with what no longer holds.
                work.verdicts.put_due(put_off(self._under_basis(due), acting.at))
                work.commit()
                return ""
            keep_verdict(work, acting, record, _build_verdict(judged, due.cause))
            if judged.standing.is_unfinished:
                work.jobs.enqueue(build_compare_job(record.id, judged.standing.report_sha256 or ""))
            work.verdicts.put_due(_build_next(due, judged, acting.at))
            work.commit()
        return judged.judgement.outcome.value

    def fail(self, argument: str, code: str) -> None:
        """The check could not be made: the verdict stays, the failure is told, it is tried again later."""
        now = self.steps.clock.now()
        with self.steps.store.write() as work:
            due = work.verdicts.find_due(argument)
            if due is None or due.queued_at is None:
                return
            work.verdicts.put_due(put_off(replace(self._under_basis(due), error_code=code), now))
            work.commit()

    def _under_basis(self, due: VerdictDue) -> VerdictDue:
        """The row as if judged under the present basis: to be taken when it is due, not at once for that."""
        try:
            return replace(due, basis=str(find_basis(self.steps.trust)))
        except SigningError:  # the folder itself may be what failed
            return due

    def _read(self, sha256: str | None) -> dict[str, Any]:
        return json.loads(self.steps.blobs.read(sha256 or ""))

    def _read_earlier(self, record: Record) -> dict[str, Any] | None:
        """The report that holds now; None where it is gone or damaged, so that the new one counts."""
        try:
            return self._read(record.report_sha256)
        except (RecordsError, ValueError) as error:
            if isinstance(error, RecordsError) and error.kind is ErrorKind.UNAVAILABLE:
                raise  # the files are out of reach, not gone: the step is tried again
            return None


def _build_verdict(judged: Judged, cause: Cause) -> NewVerdict:
    standing = judged.standing
    return NewVerdict(
        standing.value,
        standing.indication,
        standing.headline_vi,
        standing.report_sha256,
        judged.basis.policy,
        judged.basis.trust,
        cause,
        judged.judgement.outcome,
        judged.judgement.reason,
    )


def _build_next(due: VerdictDue, judged: Judged, at: datetime) -> VerdictDue:
    """The record's row after a check: its new date, or another try soon."""
    done = replace(due, basis=str(judged.basis), checked_at=at, queued_at=None)
    if judged.judgement.retry:
        return put_off(replace(done, error_code=judged.judgement.reason), at)
    return replace(done, due_at=judged.due.at, cause=judged.due.cause, attempts=0, error_code=None)


def build_recheck_job(due: VerdictDue) -> Job:
    """Judge one record again; once for each time it was taken."""
    taken = due.queued_at or due.due_at
    return Job(RECHECK, f"{due.record_id}:{taken:%Y%m%d%H%M%S%f}", due.record_id, Priority.LATER)


def enqueue_due(
    store: Store, clock: Clock, trust: TrustSource, rules: RecheckRules, turns: BasisTurns | None = None
) -> int:
    """Hand what is due to the queue, a few at a time; how many. One short transaction, by index alone.

    By hand, after a failure and before evidence ends at any hour; then what rests on other rules or roots;
    the schedule's own only at night. `turns` is what the process remembers of its own basis.
    """
    turns = turns or BasisTurns()
    basis = find_basis(trust)
    now = clock.now()
    with store.read() as work:
        room = rules.at_once - work.verdicts.count_queued()
    if room <= 0:
        return 0
    with store.write() as work:
        taken = list(work.verdicts.take_due(_URGENT, now, room, stale_before=now - _GONE_AFTER))
        left = room - len(taken)
        # Without roots there is nothing to learn; a folder taken away must not undo what was found.
        if basis.trust is not None and left > 0 and turns.may_take(str(basis), now):
            others = work.verdicts.take_other_basis(str(basis), now, left)
            turns.note(len(others), now)
            taken += others
        taken += _take_scheduled(work, now, room - len(taken), rules)
        for due in taken:
            work.jobs.enqueue(build_recheck_job(due))
        work.commit()
    return len(taken)


def _take_scheduled(work: UnitOfWork, now: datetime, room: int, rules: RecheckRules) -> Sequence[VerdictDue]:
    if room <= 0 or not rules.is_night(now.astimezone(VIETNAM).hour):
        return ()
    return work.verdicts.take_due((Cause.SCHEDULE,), now, room, stale_before=now - _GONE_AFTER)
