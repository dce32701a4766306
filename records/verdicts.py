"""The history of signature verdicts (lịch sử kết luận chữ ký) and when each record is judged again.

A verdict is dated: revocation, the end of a certificate, new trusted roots or new rules change it. Every
judgement is a row that stays; one row a record says what its verdict rests on and when it is due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from records.access import Scope
from records.states import SignatureValue


class Cause(StrEnum):
    """Why a record's signatures are judged (lý do kiểm tra): at its storing, or again.

    `compared`: the last pages of a long file were compared.
    """

    STORED = "stored"
    SCHEDULE = "schedule"
    EVIDENCE = "evidence"
    BASIS = "basis"
    MANUAL = "manual"
    RETRY = "retry"
    COMPARED = "compared"


class Outcome(StrEnum):
    """What a judgement did to the record (kết quả của lần kiểm tra).

    `kept`: it did not count against the earlier verdict, which stays; the reason says why.
    """

    FIRST = "first"
    SAME = "same"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """One judgement of a record's signatures (một lần kết luận), never changed afterwards.

    `number` is given by the store and rises. `policy` and `trust` name the rules and the bundle it rests on,
    `trust` None without one; `reason` is a short code, empty where the outcome says it all.
    """

    record_id: str
    unit: str
    at: datetime
    cause: Cause
    outcome: Outcome
    value: SignatureValue
    indication: str
    headline_vi: str
    report_sha256: str | None
    policy: str
    trust: str | None
    reason: str = ""
    value_before: SignatureValue | None = None
    headline_before: str | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class VerdictDue:
    """When a record is judged again and why (hạn kiểm tra lại); one a record that carries signatures.

    `basis`: the rules and bundle it was last judged under. `queued_at`: since when a job is at it.
    `attempts`, `error_code`: of tries that came to nothing since the last judgement.
    """

    record_id: str
    unit: str
    basis: str
    checked_at: datetime
    due_at: datetime
    cause: Cause
    attempts: int = 0
    queued_at: datetime | None = None
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How the re-checks stand (tiến độ kiểm tra lại): how many records are in which stage.

    `records`: all that carry signatures; of them `due` wait for their turn, jobs are at `queued`, and
    `failing` met a failure at the last try.
    """

    records: int
    due: int
    queued: int
    failing: int


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose changes are asked for (người xem): units readable, and units readable with restricted papers."""

    account_id: str
    normal: Scope
    restricted: Scope


class VerdictStore(Protocol):
    """Verdicts, their changes and due dates (kết luận chữ ký); raises what the other stores raise."""

    def add(self, verdict: SignatureVerdict) -> SignatureVerdict:
        """Keep a verdict; returns it with its number."""
        ...

    def of_record(self, record_id: str, *, limit: int = 100) -> Sequence[SignatureVerdict]:
        """Verdicts of the record, newest first."""
        ...

    def changes(
        self, audience: Audience, *, unseen: bool = False, limit: int, offset: int = 0
    ) -> Sequence[SignatureVerdict]:
        """Changes of verdict of records the audience may see, newest first; `unseen`: only those."""
        ...

    def count_unseen(self, audience: Audience, limit: int) -> int:
        """How many changes the person has not yet said to have seen, counted up to `limit`."""
        ...

    def seen(self, account_id: str, numbers: Sequence[int]) -> frozenset[int]:
        """Those of the changes that the person has said to have seen."""
        ...

    def get_change(self, number: int) -> SignatureVerdict:
        """The change of that number; raises `RecordNotFound`."""
        ...

    def mark_seen(self, account_id: str, numbers: Sequence[int], at: datetime) -> None:
        """The person has seen these changes; again is a no-op."""
        ...

    def mark_all_seen(self, account_id: str, at: datetime) -> None:
        """The person has seen every change there is by now."""
        ...

    def put_due(self, due: VerdictDue) -> None:
        """Write the record's row, new or not."""
        ...

    def find_due(self, record_id: str) -> VerdictDue | None:
        """The record's row, if its signatures were ever judged."""
        ...

    def find_dues(self, record_ids: Sequence[str]) -> Mapping[str, VerdictDue]:
        """Rows of those records that have one, by record."""
        ...

    def take_due(
        self, causes: Sequence[Cause], now: datetime, limit: int, *, stale_before: datetime
    ) -> Sequence[VerdictDue]:
        """Mark up to `limit` rows as queued, earliest due first cause by cause; returns them as marked.

        Rows that were queued before `stale_before` and never came back count as due.
        """
        ...

    def take_other_basis(self, basis: str, now: datetime, limit: int) -> Sequence[VerdictDue]:
        """Mark up to `limit` rows that rest on another basis as queued, with cause `basis`."""
        ...

    def make_due(self, after: str, scope: Scope, at: datetime, limit: int) -> str | None:
        """Make those of the next `limit` records behind id `after` due by hand that were judged before `at`.

        Returns the last id looked at, None at the end; a record that a job is at is left to it.
        """
        ...

    def count_queued(self) -> int:
        """How many jobs are at it."""
        ...

    def counts(self, scope: Scope, now: datetime, basis: str | None) -> DueCounts:
        """How the re-checks of these units stand; `basis` None: only by date."""
        ...
