"""Results of idempotent steps in SQL."""

from datetime import datetime

from sqlalchemy import select

from records.sql.rows import Rows
from records.sql.schema import steps


class SqlStepStore:
    """Results of idempotent steps under a key made of their input (kết quả bước)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def find(self, key: str) -> str | None:
        """The kept result, if the step was done."""
        found: str | None = self._rows.run(select(steps.c.result).where(steps.c.key == key)).scalar()
        return found

    def put(self, key: str, result: str) -> str:
        """Keep the result unless there is one; returns the one that holds."""
        row = {"key": key, "result": result, "at": self._rows.clock.now()}
        self._rows.add_if_new(steps, row)
        held: str = self._rows.run(select(steps.c.result).where(steps.c.key == key)).scalar_one()
        return held

    def prune(self, before: datetime) -> int:
        """Forget results kept before that moment; returns how many."""
        return self._rows.run(steps.delete().where(steps.c.at < before)).rowcount
