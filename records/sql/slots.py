"""Stable names for worker processes in SQL.

The durable engine recovers a dead worker's work under the same name only; so names are few, reused, and
carry a heartbeat by which the silent ones are found.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from records.sql.rows import Rows
from records.sql.schema import worker_slots


class SqlSlotStore:
    """Stable names for worker processes, each with a heartbeat (chỗ làm việc của tiến trình)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def claim(self, holder: str, stale_before: datetime) -> str:
        """The first free name, or one silent since `stale_before`, or a new one (`slot-1` …)."""
        free = or_(worker_slots.c.holder.is_(None), worker_slots.c.beat_at < stale_before)
        wanted = select(worker_slots.c.name).where(free).order_by(worker_slots.c.number).limit(1)
        name: str | None = self._rows.run(wanted.with_for_update(skip_locked=True)).scalar()
        if name is None:
            return self._open(holder)
        mine = worker_slots.c.name == name
        held = {"holder": holder, "beat_at": self._rows.clock.now()}
        self._rows.run(worker_slots.update().where(mine).values(**held))
        return name

    def beat(self, name: str, holder: str) -> bool:
        """Note that the holder lives; False when the name has another holder by now."""
        mine = _held_by(name, holder)
        return (
            self._rows.run(worker_slots.update().where(*mine).values(beat_at=self._rows.clock.now())).rowcount
            == 1
        )

    def release(self, name: str, holder: str | None = None) -> None:
        """Free the name if `holder` still has it; None frees a silent name, whoever has it."""
        self._rows.run(worker_slots.update().where(*_held_by(name, holder)).values(holder=None))

    def silent(self, before: datetime) -> Sequence[str]:
        """Names that are held but have not beaten since that moment."""
        return self._names(worker_slots.c.holder.is_not(None), worker_slots.c.beat_at < before)

    def held(self) -> Sequence[str]:
        """Names that are held."""
        return self._names(worker_slots.c.holder.is_not(None))

    def _names(self, *where: Any) -> Sequence[str]:
        wanted = select(worker_slots.c.name).where(*where).order_by(worker_slots.c.number)
        return list(self._rows.run(wanted).scalars())

    def _open(self, holder: str) -> str:
        """A new name; the insert itself decides between two processes that start together."""
        number: int = self._rows.run(select(func.max(worker_slots.c.number))).scalar() or 0
        while True:
            number += 1
            row = {
                "name": f"slot-{number}",
                "number": number,
                "holder": holder,
                "beat_at": self._rows.clock.now(),
            }
            if self._rows.add_if_new(worker_slots, row):
                return f"slot-{number}"


def _held_by(name: str, holder: str | None) -> list[Any]:
    mine: list[Any] = [worker_slots.c.name == name]
    if holder is not None:
        mine.append(worker_slots.c.holder == holder)
    return mine
