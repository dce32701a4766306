"""Answers kept for a repeated request (yêu cầu lặp lại): the same `Idempotency-Key`, the same answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a client's key stands for (câu trả lời đã giữ); `status` None while it is being answered."""

    client: str
    key: str
    body_sha256: str
    status: int | None
    answer: str | None
    expires_at: datetime


class ReplayStore(Protocol):
    """Answers by client and `Idempotency-Key` (câu trả lời đã giữ)."""

    def reserve(self, answer: KeptAnswer, now: datetime) -> KeptAnswer | None:
        """Keep the key unless an unexpired one is there, which is returned."""
        ...

    def finish(self, client: str, key: str, status: int, answer: str, expires_at: datetime) -> None:
        """Keep the answer of a reserved key."""
        ...

    def release(self, client: str, key: str) -> None:
        """Forget a key whose request came to nothing."""
        ...

    def prune(self, before: datetime) -> int:
        """Forget keys that expired before that moment; returns how many."""
        ...
