"""What the domain needs from outside (cổng): stores, files, jobs, clock.

Implementations: `records.sql` (SQLite, PostgreSQL), `records.blobs` (disk, S3), `records.durable` (DBOS),
and the fakes of `tests/fakes.py`. The stores of a transaction and what they raise: `records.stores` and
`records.service_stores`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from records.client_stores import ClientStores
from records.former_identifiers import FormerIdentifierStore
from records.mismatches import MismatchStore
from records.requirements import RequirementStore
from records.saved_searches import SavedSearchStore, SearchExportStore
from records.service_stores import AuditStore, OutboxStore, SlotStore, StepStore
from records.stores import (
    AccountStore,
    BatchStore,
    IncidentStore,
    KeyStore,
    RecordStore,
    ResultStore,
    TypeStore,
    UnitStore,
)
from records.uses import EvidencePreviewStore, EvidenceUseStore
from records.verdicts import VerdictStore


class Clock(Protocol):
    """The time (đồng hồ); tests freeze it."""

    def now(self) -> datetime:
        """Aware UTC now."""
        ...


class BlobStore(Protocol):
    """Write-once files named by their SHA-256 (kho tệp), verified on every read."""

    def put(self, data: bytes) -> str:
        """Store and return the hash; storing the same bytes again is a no-op. Durable on return."""
        ...

    def put_file(self, path: Path) -> str:
        """Store a file's bytes without holding them in memory; returns the hash."""
        ...

    def read(self, sha256: str) -> bytes:
        """The bytes; raises `FileCorrupted` when they no longer have their hash, `RecordNotFound`."""
        ...

    def local_copy(self, sha256: str, folder: Path) -> Path:
        """A readable file with verified bytes for tools that want a path; the caller removes it."""
        ...

    def has(self, sha256: str) -> bool:
        """Whether the blob is there."""
        ...

    def iter_older_than(self, moment: datetime) -> Iterator[str]:
        """Hashes of blobs written before `moment`, for the sweep of blobs without a row."""
        ...

    def remove(self, sha256: str) -> None:
        """Remove a blob that no row names; for that sweep alone. No error when it is gone."""
        ...


class Priority(IntEnum):
    """Job priority (độ ưu tiên), lower first; never left out."""

    INTERACTIVE = 10
    RERUN = 50
    BATCH = 100
    LATER = 200


@dataclass(frozen=True, slots=True)
class Job:
    """Work to do later (việc nền): `kind` names a registered plan, `key` makes it unique."""

    kind: str
    key: str
    argument: str
    priority: Priority


StepFunction = Callable[[str, Mapping[str, str]], str]
"""One durable step: (argument of the job, results of earlier steps by name) to a short JSON string."""


@dataclass(frozen=True, slots=True)
class JobPlan:
    """The named steps of a kind of job, in order; a step may be run twice and must not mind."""

    kind: str
    steps: tuple[tuple[str, StepFunction], ...]
    on_failure: Callable[[str, str], None] | None = None
    """Called with (argument, error code) when the job ends for good without finishing."""


class JobEnqueuer(Protocol):
    """Puts a job into the same transaction as the rows it belongs to (xếp việc)."""

    def enqueue(self, job: Job) -> None:
        """Enqueue once for a key; a key already there is a no-op."""
        ...


class UnitOfWork(Protocol):
    """One transaction over every store (giao dịch); leaving the block without `commit` rolls back."""

    @property
    def units(self) -> UnitStore:
        """Units."""
        ...

    @property
    def types(self) -> TypeStore:
        """Result types."""
        ...

    @property
    def accounts(self) -> AccountStore:
        """Accounts."""
        ...

    @property
    def keys(self) -> KeyStore:
        """Machine keys."""
        ...

    @property
    def batches(self) -> BatchStore:
        """Batches and files."""
        ...

    @property
    def records(self) -> RecordStore:
        """Records and fields."""
        ...

    @property
    def results(self) -> ResultStore:
        """Results."""
        ...

    @property
    def incidents(self) -> IncidentStore:
        """Incidents."""
        ...

    @property
    def outbox(self) -> OutboxStore:
        """Outbox."""
        ...

    @property
    def audit(self) -> AuditStore:
        """Audit log."""
        ...

    @property
    def steps(self) -> StepStore:
        """Results of idempotent steps."""
        ...

    @property
    def slots(self) -> SlotStore:
        """Worker slots."""
        ...

    @property
    def clients(self) -> ClientStores:
        """Everything about machine clients beside their keys."""
        ...

    @property
    def saved_searches(self) -> SavedSearchStore:
        """Searches kept by name."""
        ...

    @property
    def search_exports(self) -> SearchExportStore:
        """Exports of result lists."""
        ...

    @property
    def verdicts(self) -> VerdictStore:
        """Verdicts on signatures, and when they are due again."""
        ...

    @property
    def former(self) -> FormerIdentifierStore:
        """Identifiers that changed."""
        ...

    @property
    def requirements(self) -> RequirementStore:
        """Which types fulfil which requirement."""
        ...

    @property
    def uses(self) -> EvidenceUseStore:
        """Results used in dossiers."""
        ...

    @property
    def previews(self) -> EvidencePreviewStore:
        """One-time links."""
        ...

    @property
    def mismatches(self) -> MismatchStore:
        """Reports of data that does not fit."""
        ...

    @property
    def jobs(self) -> JobEnqueuer:
        """Job queue, in this transaction."""
        ...

    def commit(self) -> None:
        """Make everything so far durable."""
        ...

    def rollback(self) -> None:
        """Undo everything since the last commit."""
        ...


class Store(Protocol):
    """Opens transactions (kho dữ liệu)."""

    def write(self, timeout: float | None = None) -> AbstractContextManager[UnitOfWork]:
        """A writing transaction (SQLite: BEGIN IMMEDIATE); `timeout` seconds for locks and statements."""
        ...

    def read(self, timeout: float | None = None) -> AbstractContextManager[UnitOfWork]:
        """A reading transaction on one snapshot; never commits."""
        ...

    def check(self) -> str:
        """Engine name and version; raises `StoreUnavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class LookupPurpose:
    """Why somebody asks (mục đích khai thác): dossier and procedure, both kept in the audit."""

    dossier: str
    procedure: str
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class OwnerKey:
    """An exact owner (chủ thể): scheme `cccd`, `mst`, `cmnd` or `to_chuc` and the identifier."""

    scheme: str
    id: str


@dataclass(frozen=True, slots=True)
class LookupQuestion:
    """Does this owner hold a result of this type on this day (câu hỏi tra cứu)?"""

    owner: OwnerKey
    type_code: str
    as_of: date
    purpose: LookupPurpose | None
