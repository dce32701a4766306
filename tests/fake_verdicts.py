"""A fake store of verdicts, held to the same contract as the SQL one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from records.access import Scope
from records.errors import RecordNotFound
from records.states import Confidentiality
from records.verdicts import Audience, Cause, DueCounts, Outcome, SignatureVerdict, VerdictDue
from tests.fake_state import State, get_known


class FakeVerdictStore:
    """Verdicts, their changes and due dates."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, verdict: SignatureVerdict) -> SignatureVerdict:
        """Keep a verdict; returns it with its number."""
        get_known(self._state.records, verdict.record_id)
        kept = replace(verdict, number=max(self._state.verdicts, default=0) + 1)
        self._state.verdicts[kept.number] = kept
        return kept

    def of_record(self, record_id: str, *, limit: int = 100) -> Sequence[SignatureVerdict]:
        """Verdicts of the record, newest first."""
        return [one for one in self._newest() if one.record_id == record_id][:limit]

    def changes(
        self, audience: Audience, *, unseen: bool = False, limit: int, offset: int = 0
    ) -> Sequence[SignatureVerdict]:
        """Changes of verdict of records the audience may see, newest first; `unseen`: only those."""
        found = [one for one in self._newest() if self._is_visible(audience, one)]
        seen = self.seen(audience.account_id, [one.number for one in found])
        return [one for one in found if not unseen or one.number not in seen][offset : offset + limit]

    def count_unseen(self, audience: Audience, limit: int) -> int:
        """How many changes the person has not yet said to have seen, counted up to `limit`."""
        return len(self.changes(audience, unseen=True, limit=limit))

    def seen(self, account_id: str, numbers: Sequence[int]) -> frozenset[int]:
        """Those of the changes that the person has said to have seen."""
        return frozenset(number for number in numbers if (account_id, number) in self._state.verdicts_seen)

    def get_change(self, number: int) -> SignatureVerdict:
        """The change of that number; raises `RecordNotFound`."""
        found = self._state.verdicts.get(number)
        if found is None or found.outcome is not Outcome.CHANGED:
            raise RecordNotFound(number=number)
        return found

    def mark_seen(self, account_id: str, numbers: Sequence[int], at: datetime) -> None:
        """The person has seen these changes; again is a no-op."""
        for number in numbers:
            self._state.verdicts_seen.setdefault((account_id, number), at)

    def mark_all_seen(self, account_id: str, at: datetime) -> None:
        """The person has seen every change there is by now."""
        self.mark_seen(account_id, list(self._state.verdicts), at)

    def put_due(self, due: VerdictDue) -> None:
        """Write the record's row, new or not."""
        get_known(self._state.records, due.record_id)
        self._state.verdict_dues[due.record_id] = due

    def find_due(self, record_id: str) -> VerdictDue | None:
        """The record's row, if its signatures were ever judged."""
        return self._state.verdict_dues.get(record_id)

    def find_dues(self, record_ids: Sequence[str]) -> Mapping[str, VerdictDue]:
        """Rows of those records that have one, by record."""
        known = self._state.verdict_dues
        return {record_id: known[record_id] for record_id in record_ids if record_id in known}

    def take_due(
        self, causes: Sequence[Cause], now: datetime, limit: int, *, stale_before: datetime
    ) -> Sequence[VerdictDue]:
        """Mark up to `limit` rows as queued, earliest due first cause by cause; returns them as marked."""
        rows = self._state.verdict_dues.values()
        found = [due for due in rows if due.queued_at is not None and due.queued_at < stale_before]
        for cause in causes:
            free = [due for due in rows if due.queued_at is None and due.cause is cause and due.due_at <= now]
            found += sorted(free, key=lambda due: (due.due_at, due.record_id))
        return [self._mark(replace(due, queued_at=now)) for due in found[:limit]]

    def take_other_basis(self, basis: str, now: datetime, limit: int) -> Sequence[VerdictDue]:
        """Mark up to `limit` rows that rest on another basis as queued, with cause `basis`."""
        rows = self._state.verdict_dues.values()
        found = [due for due in rows if due.queued_at is None and due.basis != basis]
        found.sort(key=lambda due: (due.basis > basis, due.basis, due.record_id))
        return [self._mark(replace(due, queued_at=now, cause=Cause.BASIS)) for due in found[:limit]]

    def make_due(self, after: str, scope: Scope, at: datetime, limit: int) -> str | None:
        """Make those of the next `limit` records behind id `after` due that were judged before `at`."""
        known = sorted(self._state.verdict_dues.values(), key=lambda due: due.record_id)
        found = [due for due in known if due.record_id > after and scope.covers(due.unit)][:limit]
        for due in found:
            if due.queued_at is None and due.checked_at < at:
                self._mark(replace(due, cause=Cause.MANUAL, due_at=at))
        return found[-1].record_id if found else None

    def count_queued(self) -> int:
        """How many jobs are at it."""
        return sum(due.queued_at is not None for due in self._state.verdict_dues.values())

    def counts(self, scope: Scope, now: datetime, basis: str | None) -> DueCounts:
        """How the re-checks of these units stand; `basis` None: only by date."""
        rows = [due for due in self._state.verdict_dues.values() if scope.covers(due.unit)]
        free = [due for due in rows if due.queued_at is None]
        waiting = [due for due in free if due.due_at <= now or basis not in (None, due.basis)]
        failing = [due for due in rows if due.error_code is not None]
        return DueCounts(len(rows), len(waiting), len(rows) - len(free), len(failing))

    def _newest(self) -> list[SignatureVerdict]:
        return sorted(self._state.verdicts.values(), key=lambda one: -one.number)

    def _mark(self, due: VerdictDue) -> VerdictDue:
        self.put_due(due)
        return due

    def _is_visible(self, audience: Audience, verdict: SignatureVerdict) -> bool:
        if verdict.outcome is not Outcome.CHANGED or not audience.normal.covers(verdict.unit):
            return False
        secrecy = self._state.records[verdict.record_id].confidentiality
        if secrecy is Confidentiality.RESTRICTED:
            return audience.restricted.covers(verdict.unit)
        return secrecy is Confidentiality.NORMAL
