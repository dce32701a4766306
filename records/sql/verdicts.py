"""Verdicts, their changes and due dates in SQL; every question of the planner is answered by an index."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from records.access import Scope
from records.errors import RecordNotFound
from records.sql.rows import Rows, build_row, chunks, columns_of, within
from records.sql.schema import records
from records.sql.schema_verdicts import verdict_dues, verdict_seen, verdict_seen_until, verdicts
from records.states import Confidentiality
from records.verdicts import Audience, Cause, DueCounts, Outcome, SignatureVerdict, VerdictDue

# PostgreSQL hands out numbers before they are committed: one below the newest may still be on its way.
_STILL_COMING = timedelta(minutes=1)
_NEWEST = 5000


class SqlVerdictStore:
    """Verdicts, their changes and due dates (kết luận chữ ký)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, verdict: SignatureVerdict) -> SignatureVerdict:
        """Keep a verdict; returns it with its number."""
        row = build_row(verdict)
        del row["number"]
        written = self._rows.insert(verdicts).values(**row).returning(verdicts.c.number)
        return replace(verdict, number=self._rows.run(written).scalar_one())

    def of_record(self, record_id: str, *, limit: int = 100) -> Sequence[SignatureVerdict]:
        """Verdicts of the record, newest first."""
        wanted = select(*columns_of(SignatureVerdict, verdicts)).where(verdicts.c.record_id == record_id)
        return self._rows.all(SignatureVerdict, wanted.order_by(verdicts.c.number.desc()).limit(limit))

    def changes(
        self, audience: Audience, *, unseen: bool = False, limit: int, offset: int = 0
    ) -> Sequence[SignatureVerdict]:
        """Changes of verdict of records the audience may see, newest first; `unseen`: only those."""
        where = self._visible(audience) + (self._unseen(audience.account_id) if unseen else [])
        wanted = select(*columns_of(SignatureVerdict, verdicts)).join(records).where(*where)
        wanted = wanted.order_by(verdicts.c.number.desc()).limit(limit).offset(offset)
        return self._rows.all(SignatureVerdict, wanted)

    def count_unseen(self, audience: Audience, limit: int) -> int:
        """How many changes the person has not yet said to have seen, counted up to `limit`."""
        where = self._visible(audience) + self._unseen(audience.account_id)
        some = select(verdicts.c.number).join(records).where(*where).limit(limit).subquery()
        count: int = self._rows.run(select(func.count()).select_from(some)).scalar_one()
        return count

    def seen(self, account_id: str, numbers: Sequence[int]) -> frozenset[int]:
        """Those of the changes that the person has said to have seen."""
        until = self._seen_until(account_id)
        column = verdict_seen.c.number
        wanted = select(column).where(verdict_seen.c.account_id == account_id, column.in_(numbers))
        found = set(self._rows.run(wanted).scalars().all())
        return frozenset(found | {number for number in numbers if number <= until})

    def get_change(self, number: int) -> SignatureVerdict:
        """The change of that number; raises `RecordNotFound`."""
        changed = verdicts.c.outcome == Outcome.CHANGED
        found = self._rows.find(SignatureVerdict, verdicts, verdicts.c.number == number, changed)
        if found is None:
            raise RecordNotFound("Không có thay đổi kết luận này.", number=number)
        return found

    def mark_seen(self, account_id: str, numbers: Sequence[int], at: datetime) -> None:
        """The person has seen these changes; again is a no-op."""
        for number in numbers:
            row = {"account_id": account_id, "number": number, "at": at}
            self._rows.add_if_new(verdict_seen, row)

    def mark_all_seen(self, account_id: str, at: datetime) -> None:
        """The person has seen every change there is by now.

        One row says so however many there are; only the newest are marked one by one.
        """
        number = verdicts.c.number
        newest = select(func.max(number)).where(
            verdicts.c.outcome == Outcome.CHANGED, verdicts.c.at <= at - _STILL_COMING
        )
        until = max(self._seen_until(account_id), self._rows.run(newest).scalar_one() or 0)
        later = select(number).where(verdicts.c.outcome == Outcome.CHANGED, number > until)
        self.mark_seen(account_id, self._rows.run(later.limit(_NEWEST)).scalars().all(), at)
        insert = self._rows.insert(verdict_seen_until).values(account_id=account_id, number=until, at=at)
        changed = {"number": until, "at": at}
        self._rows.run(insert.on_conflict_do_update(index_elements=["account_id"], set_=changed))
        mine = verdict_seen.c.account_id == account_id
        self._rows.run(verdict_seen.delete().where(mine, verdict_seen.c.number <= until))

    def put_due(self, due: VerdictDue) -> None:
        """Write the record's row, new or not."""
        row = build_row(due)
        insert = self._rows.insert(verdict_dues).values(**row)
        self._rows.run(insert.on_conflict_do_update(index_elements=["record_id"], set_=row))

    def find_due(self, record_id: str) -> VerdictDue | None:
        """The record's row, if its signatures were ever judged."""
        return self._rows.find(VerdictDue, verdict_dues, verdict_dues.c.record_id == record_id)

    def find_dues(self, record_ids: Sequence[str]) -> Mapping[str, VerdictDue]:
        """Rows of those records that have one, by record."""
        wanted = select(*columns_of(VerdictDue, verdict_dues))
        return {
            due.record_id: due
            for part in chunks(record_ids)
            for due in self._rows.all(VerdictDue, wanted.where(verdict_dues.c.record_id.in_(part)))
        }

    def take_due(
        self, causes: Sequence[Cause], now: datetime, limit: int, *, stale_before: datetime
    ) -> Sequence[VerdictDue]:
        """Mark up to `limit` rows as queued, earliest due first cause by cause; returns them as marked."""
        table = verdict_dues.c
        taken = self._take([table.queued_at < stale_before], table.queued_at, now, limit)
        for cause in causes:
            where = [table.queued_at.is_(None), table.cause == cause, table.due_at <= now]
            taken += self._take(where, table.due_at, now, limit - len(taken))
        return taken

    def take_other_basis(self, basis: str, now: datetime, limit: int) -> Sequence[VerdictDue]:
        """Mark up to `limit` rows that rest on another basis as queued, with cause `basis`."""
        table = verdict_dues.c
        taken: list[VerdictDue] = []
        # Two ranges of the index; "other than" alone would read all of it.
        for other in (table.basis < basis, table.basis > basis):
            where = [table.queued_at.is_(None), other]
            taken += self._take(where, table.basis, now, limit - len(taken), Cause.BASIS)
        return taken

    def _take(
        self,
        where: Iterable[ColumnElement[bool]],
        order: Any,
        now: datetime,
        limit: int,
        cause: Cause | None = None,
    ) -> list[VerdictDue]:
        if limit <= 0:
            return []
        wanted = select(*columns_of(VerdictDue, verdict_dues)).where(*where)
        wanted = wanted.order_by(order, verdict_dues.c.record_id).limit(limit)
        # Two planners side by side take different rows.
        found = self._rows.all(VerdictDue, wanted.with_for_update(skip_locked=True))
        taken = [replace(due, queued_at=now, cause=cause or due.cause) for due in found]
        for due in taken:
            self.put_due(due)
        return taken

    def make_due(self, after: str, scope: Scope, at: datetime, limit: int) -> str | None:
        """Make those of the next `limit` records behind id `after` due that were judged before `at`.

        Returns the last id looked at, None at the end.
        """
        table = verdict_dues.c
        wanted = select(table.record_id).where(table.record_id > after, *within(scope, table.unit))
        found = self._rows.run(wanted.order_by(table.record_id).limit(limit)).scalars().all()
        for part in chunks(list(found)):
            free = and_(table.queued_at.is_(None), table.checked_at < at)
            mine = and_(table.record_id.in_(part), free)
            self._rows.run(verdict_dues.update().where(mine).values(cause=Cause.MANUAL, due_at=at))
        return found[-1] if found else None

    def count_queued(self) -> int:
        """How many jobs are at it."""
        wanted = select(func.count()).where(verdict_dues.c.queued_at.is_not(None))
        count: int = self._rows.run(wanted).scalar_one()
        return count

    def counts(self, scope: Scope, now: datetime, basis: str | None) -> DueCounts:
        """How the re-checks of these units stand; `basis` None: only by date."""
        table = verdict_dues.c
        waits = table.due_at <= now if basis is None else or_(table.due_at <= now, table.basis != basis)
        parts = (
            func.count(),
            _count_if(and_(table.queued_at.is_(None), waits)),
            _count_if(table.queued_at.is_not(None)),
            _count_if(table.error_code.is_not(None)),
        )
        row = self._rows.run(select(*parts).select_from(verdict_dues).where(*within(scope, table.unit))).one()
        return DueCounts(*(int(number or 0) for number in row))

    def _seen_until(self, account_id: str) -> int:
        wanted = select(verdict_seen_until.c.number).where(verdict_seen_until.c.account_id == account_id)
        return self._rows.run(wanted).scalar_one_or_none() or 0

    @staticmethod
    def _visible(audience: Audience) -> list[Any]:
        """Changes of records that the audience may open; see `records.actions.records.may_see`."""
        normal = [records.c.confidentiality == Confidentiality.NORMAL]
        restricted = [
            records.c.confidentiality == Confidentiality.RESTRICTED,
            *within(audience.restricted, verdicts.c.unit),
        ]
        return [
            verdicts.c.outcome == Outcome.CHANGED,
            *within(audience.normal, verdicts.c.unit),
            or_(and_(*normal), and_(*restricted)),
        ]

    def _unseen(self, account_id: str) -> list[Any]:
        mine = exists().where(
            verdict_seen.c.account_id == account_id, verdict_seen.c.number == verdicts.c.number
        )
        return [verdicts.c.number > self._seen_until(account_id), ~mine]


def _count_if(condition: ColumnElement[bool]) -> Any:
    return func.sum(case((condition, 1), else_=0))
