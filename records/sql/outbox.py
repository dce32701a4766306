"""Events that leave after the commit that caused them, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, func, select

from records.model import OutboxEvent
from records.outbox_lag import OutboxLag
from records.sql.rows import Rows, columns_of
from records.sql.schema import outbox


class SqlOutboxStore:
    """Events to deliver after commit (hộp thư đi)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, kind: str, subject_id: str, version: int, at: datetime) -> None:
        """Note an event of this transaction."""
        row = {
            "kind": kind,
            "subject_id": subject_id,
            "version": version,
            "at": at,
            "due_at": at,
            "attempts": 0,
        }
        self._rows.run(outbox.insert().values(**row))

    def due(self, now: datetime, limit: int) -> Sequence[OutboxEvent]:
        """Undelivered events whose time has come, by number; held by a writing transaction."""
        wanted = (
            select(*columns_of(OutboxEvent, outbox))
            .where(outbox.c.delivered_at.is_(None), outbox.c.due_at <= now)
            .order_by(outbox.c.number)
            .limit(limit)
        )
        # Two deliverers share the work instead of waiting for each other.
        return self._rows.all(
            OutboxEvent, wanted.with_for_update(skip_locked=True) if self._rows.writing else wanted
        )

    def delivered(self, numbers: Sequence[int], at: datetime) -> None:
        """Mark as delivered."""
        self._rows.run(outbox.update().where(outbox.c.number.in_(numbers)).values(delivered_at=at))

    def failed(self, numbers: Sequence[int], retry_at: datetime, error_code: str) -> None:
        """Mark as tried in vain, to try again at `retry_at`."""
        tried = {"attempts": outbox.c.attempts + 1, "due_at": retry_at, "error_code": error_code}
        self._rows.run(outbox.update().where(outbox.c.number.in_(numbers)).values(**tried))

    def prune(self, before: datetime) -> int:
        """Forget events delivered before that moment; returns how many."""
        return self._rows.run(outbox.delete().where(outbox.c.delivered_at < before)).rowcount

    def lag(self) -> OutboxLag:
        """How far delivery is behind."""
        failing = case((outbox.c.attempts > 0, 1), else_=0)
        is_waiting = outbox.c.delivered_at.is_(None)
        wanted = select(func.count(), func.min(outbox.c.at), func.coalesce(func.sum(failing), 0)).select_from(
            outbox
        )
        waiting, oldest_at, tried = self._rows.run(wanted.where(is_waiting)).one()
        newest = (
            select(outbox.c.error_code)
            .where(is_waiting, outbox.c.attempts > 0)
            .order_by(outbox.c.number.desc())
            .limit(1)
        )
        return OutboxLag(waiting, oldest_at, int(tried), self._rows.run(newest).scalar() if tried else None)

    def backlog(self) -> int:
        """How many events are undelivered."""
        waiting = select(func.count()).select_from(outbox).where(outbox.c.delivered_at.is_(None))
        count: int = self._rows.run(waiting).scalar_one()
        return count
