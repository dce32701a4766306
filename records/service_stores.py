"""What the service keeps for itself beside the papers: events, audit log, steps, worker names.

They raise what the stores of `records.stores` raise.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from records.access import PROVINCE, Scope
from records.model import AuditEntry, OutboxEvent, TreeHead
from records.outbox_lag import OutboxLag


class OutboxStore(Protocol):
    """Events to deliver after commit (hộp thư đi)."""

    def add(self, kind: str, subject_id: str, version: int, at: datetime) -> None:
        """Note an event of this transaction."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[OutboxEvent]:
        """Undelivered events whose time has come, by number; held by a writing transaction."""
        ...

    def delivered(self, numbers: Sequence[int], at: datetime) -> None:
        """Mark as delivered."""
        ...

    def failed(self, numbers: Sequence[int], retry_at: datetime, error_code: str) -> None:
        """Mark as tried in vain, to try again at `retry_at`."""
        ...

    def prune(self, before: datetime) -> int:
        """Forget events delivered before that moment; returns how many."""
        ...

    def backlog(self) -> int:
        """How many events are undelivered."""
        ...

    def lag(self) -> OutboxLag:
        """How far delivery is behind."""
        ...


class AuditStore(Protocol):
    """The append-only log (nhật ký kiểm toán): a Merkle tree after RFC 6962 with signed heads."""

    def add(self, entry: AuditEntry, row_id: str | None = None) -> str:
        """Write the row in the act's own transaction; returns the row's id. Its place comes later.

        `row_id` is given by a journal only: the same id again is a no-op.
        """
        ...

    def page(
        self,
        *,
        scope: Scope = PROVINCE,
        subject_id: str | None = None,
        actor: str | None = None,
        limit: int,
        offset: int = 0,
    ) -> tuple[Sequence[tuple[str, AuditEntry]], int]:
        """Newest first as (row id, entry), with the total; rows of no unit only for the province."""
        ...

    def about(
        self, subject_ids: Sequence[str], *, actions: Sequence[str], limit: int, offset: int = 0
    ) -> tuple[Sequence[tuple[str, AuditEntry]], int]:
        """Rows of these actions about any of these things, newest first, with the total; by an index."""
        ...

    def sequence(self, limit: int = 1000) -> int:
        """Give places and subtree hashes to rows without one; returns how many. One caller at a time."""
        ...

    def add_head(self, head: TreeHead) -> None:
        """Keep a signed head."""
        ...

    def heads(self) -> Sequence[TreeHead]:
        """Every head, oldest first."""
        ...

    def root(self) -> tuple[int, str]:
        """Size and root hash of the sequenced tree."""
        ...

    def iter_leaves(self) -> Iterator[tuple[int, str, bytes, str]]:
        """(place, row id, canonical bytes, stored leaf hash) in order of place, for verification."""
        ...

    def subtree(self, level: int, index: int) -> str:
        """Stored hash over the 2**level leaves from place index * 2**level on; `RecordNotFound`."""
        ...

    def unsequenced(self) -> int:
        """How many rows have no place yet."""
        ...


class StepStore(Protocol):
    """Results of idempotent steps under a key made of their input (kết quả bước)."""

    def find(self, key: str) -> str | None:
        """The kept result, if the step was done."""
        ...

    def put(self, key: str, result: str) -> str:
        """Keep the result unless there is one; returns the one that holds."""
        ...

    def prune(self, before: datetime) -> int:
        """Forget results kept before that moment; returns how many."""
        ...


class SlotStore(Protocol):
    """Stable names for worker processes, each with a heartbeat (chỗ làm việc của tiến trình)."""

    def claim(self, holder: str, stale_before: datetime) -> str:
        """The first free name, or one silent since `stale_before`, or a new one (`slot-1` …).

        `holder` is a token of this process; it proves the claim in `beat` and `release`.
        """
        ...

    def beat(self, name: str, holder: str) -> bool:
        """Note that the holder lives; False when the name has another holder by now."""
        ...

    def release(self, name: str, holder: str | None = None) -> None:
        """Free the name if `holder` still has it; None frees a silent name, whoever has it."""
        ...

    def silent(self, before: datetime) -> Sequence[str]:
        """Names that are held but have not beaten since that moment."""
        ...

    def held(self) -> Sequence[str]:
        """Names that are held."""
        ...
