"""Answers kept for repeated requests in SQL."""

from datetime import datetime

from records.replays import KeptAnswer
from records.sql.rows import Rows, build_row
from records.sql.schema_clients import idempotent_answers as kept


class SqlReplayStore:
    """Answers by client and `Idempotency-Key` (câu trả lời đã giữ)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def reserve(self, answer: KeptAnswer, now: datetime) -> KeptAnswer | None:
        """Keep the key unless an unexpired one is there, which is returned."""
        mine = (kept.c.client == answer.client, kept.c.key == answer.key)
        self._rows.run(kept.delete().where(*mine, kept.c.expires_at <= now))
        if self._rows.add_if_new(kept, build_row(answer)):
            return None
        return self._rows.find(KeptAnswer, kept, *mine)

    def finish(self, client: str, key: str, status: int, answer: str, expires_at: datetime) -> None:
        """Keep the answer of a reserved key."""
        changed = {"status": status, "answer": answer, "expires_at": expires_at}
        mine = (kept.c.client == client, kept.c.key == key)
        self._rows.run(kept.update().where(*mine).values(**changed))

    def release(self, client: str, key: str) -> None:
        """Forget a key whose request came to nothing."""
        mine = (kept.c.client == client, kept.c.key == key, kept.c.status.is_(None))
        self._rows.run(kept.delete().where(*mine))

    def prune(self, before: datetime) -> int:
        """Forget keys that expired before that moment; returns how many."""
        return self._rows.run(kept.delete().where(kept.c.expires_at < before)).rowcount
