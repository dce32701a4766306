"""Token buckets in SQL; a row lock makes taking from one exact between processes."""

from datetime import datetime

from sqlalchemy import select

from records.limits import Rate, fill
from records.sql.rows import Rows
from records.sql.schema_clients import rate_buckets


class SqlLimitStore:
    """Token buckets by name (xô mã thông báo)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def take(self, name: str, rate: Rate, wanted: int, now: datetime) -> int:
        """Take up to `wanted` whole tokens; how many there were. A bucket begins full."""
        self._rows.add_if_new(rate_buckets, {"name": name, "tokens": float(rate.burst), "at": now})
        mine = rate_buckets.c.name == name
        row = self._rows.run(
            select(rate_buckets.c.tokens, rate_buckets.c.at).where(mine).with_for_update()
        ).one()
        tokens = fill(row.tokens, (now - row.at).total_seconds(), rate)
        given = min(wanted, int(tokens))
        # A clock behind another process's must not fill the same seconds twice.
        changed = {"tokens": tokens - given, "at": max(now, row.at)}
        self._rows.run(rate_buckets.update().where(mine).values(**changed))
        return given

    def prune(self, before: datetime) -> int:
        """Forget buckets untouched since that moment; returns how many."""
        return self._rows.run(rate_buckets.delete().where(rate_buckets.c.at < before)).rowcount
