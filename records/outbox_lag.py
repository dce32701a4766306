"""How far what follows the database is behind it (độ trễ hộp thư đi)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OutboxLag:
    """Undelivered events (sự kiện chưa gửi): how many, since when, and how many were tried in vain.

    `error_code` is the code of the newest failure among them.
    """

    waiting: int = 0
    oldest_at: datetime | None = None
    failing: int = 0
    error_code: str | None = None

    def seconds(self, now: datetime) -> float:
        """How long the oldest has waited; 0 when nothing waits."""
        return max(0.0, (now - self.oldest_at).total_seconds()) if self.oldest_at else 0.0
