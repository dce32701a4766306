"""What the domain needs from outside (cổng): stores, files, jobs, clock.

Implementations: `records.sql` (SQLite, PostgreSQL), `records.blobs` (disk, S3), `records.durable` (DBOS),
and the fakes of `tests/fakes.py`. Store methods raise `StoreUnavailable` when the database cannot be
reached or does not answer in time, `RecordNotFound` from `get_`, `DuplicateRecord` from `add` on a key that
is there, `StaleVersion` from `save` of a versioned thing that somebody else changed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from records.access import Scope
from records.model import (
    Account,
    ApiKey,
    AuditEntry,
    Batch,
    BatchCounts,
    BatchFile,
    Incident,
    OutboxEvent,
    Record,
    RecordField,
    Result,
    ResultChange,
    ResultType,
    RoleGrant,
    Session,
    TreeHead,
    Unit,
)
from records.states import CaptureState, RecordState


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


class UnitStore(Protocol):
    """Organisational units (đơn vị)."""

    def add(self, unit: Unit) -> None: ...
    def save(self, unit: Unit) -> None: ...
    def get(self, code: str) -> Unit: ...
    def find(self, code: str) -> Unit | None: ...
    def all(self) -> Sequence[Unit]: ...
    def below(self, code: str) -> frozenset[str]:
        """The unit itself and every unit below it."""
        ...

    def above(self, code: str) -> tuple[str, ...]:
        """The unit itself and every unit above it, nearest first."""
        ...


class TypeStore(Protocol):
    """Result types (loại giấy tờ, kết quả)."""

    def add(self, result_type: ResultType) -> None: ...
    def save(self, result_type: ResultType) -> None: ...
    def get(self, code: str) -> ResultType: ...
    def find(self, code: str) -> ResultType | None: ...
    def all(self) -> Sequence[ResultType]: ...


class AccountStore(Protocol):
    """Accounts, grants, sessions and failed tries (tài khoản)."""

    def add(self, account: Account) -> None: ...
    def save(self, account: Account) -> None: ...
    def get(self, account_id: str) -> Account: ...
    def find_by_login(self, login: str) -> Account | None: ...
    def all(self) -> Sequence[Account]: ...
    def set_grants(self, account_id: str, grants: Sequence[RoleGrant]) -> None: ...
    def add_session(self, session: Session) -> None: ...
    def find_session(self, token_sha256: str) -> Session | None: ...
    def end_session(self, token_sha256: str) -> None: ...
    def end_sessions_of(self, account_id: str) -> None: ...
    def count_failures(self, login: str, since: datetime) -> int: ...
    def add_failure(self, login: str, at: datetime) -> None: ...
    def clear_failures(self, login: str) -> None: ...


class KeyStore(Protocol):
    """Machine clients' keys (khoá truy cập)."""

    def add(self, key: ApiKey) -> None: ...
    def save(self, key: ApiKey) -> None: ...
    def get(self, key_id: str) -> ApiKey: ...
    def find_by_prefix(self, prefix: str) -> ApiKey | None: ...
    def all(self) -> Sequence[ApiKey]: ...
    def touch(self, key_id: str, at: datetime) -> None:
        """Note the last use, at most once a minute."""
        ...


class BatchStore(Protocol):
    """Batches and their files (lô và tệp)."""

    def add(self, batch: Batch) -> None: ...
    def save(self, batch: Batch) -> None: ...
    def get(self, batch_id: str) -> Batch: ...
    def page(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[Sequence[Batch], int]:
        """Newest first, with the total."""
        ...

    def counts(self, batch_id: str) -> BatchCounts: ...
    def next_ordinal(self, batch_id: str) -> int: ...
    def add_file(self, file: BatchFile) -> None: ...
    def save_file(self, file: BatchFile) -> None: ...
    def get_file(self, file_id: str) -> BatchFile: ...
    def files(
        self, batch_id: str, *, limit: int = 1000, offset: int = 0, state: CaptureState | None = None
    ) -> Sequence[BatchFile]: ...
    def find_processed(self, sha256: str, unit: str) -> BatchFile | None:
        """The first file of the unit with these bytes that was or is being processed (not refused)."""
        ...


class RecordStore(Protocol):
    """Records and their fields (hồ sơ và trường dữ liệu)."""

    def add(self, record: Record) -> None: ...
    def save(self, record: Record) -> Record:
        """Write with version + 1 where the stored version is still `record.version`; returns it."""
        ...

    def get(self, record_id: str) -> Record: ...
    def find(self, record_id: str) -> Record | None: ...
    def get_many(self, record_ids: Sequence[str]) -> Mapping[str, Record]: ...
    def page(
        self, scope: Scope, *, state: RecordState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Record], int]:
        """Newest first (review: oldest first), with the total."""
        ...

    def iter_ids(self) -> Iterator[str]: ...
    def put_fields(self, record_id: str, fields: Iterable[RecordField]) -> None:
        """Replace the named fields, keep the others."""
        ...

    def fields(self, record_id: str) -> Sequence[RecordField]: ...
    def fields_of(self, record_ids: Sequence[str]) -> Mapping[str, Sequence[RecordField]]: ...


class ResultStore(Protocol):
    """Procedure results and their changes (kết quả TTHC): what a reuse answer rests on."""

    def add(self, result: Result) -> None: ...
    def save(self, result: Result) -> Result:
        """Write with version + 1 where the stored version is still `result.version`; returns it."""
        ...

    def get(self, result_id: str) -> Result: ...
    def find_by_record(self, record_id: str) -> Result | None: ...
    def find_by_owner(self, owner_scheme: str, owner_id: str, type_code: str) -> Sequence[Result]:
        """Every row of that exact owner and type, newest `issued` first, then id."""
        ...

    def pending(self, owner_scheme: str, owner_id: str, type_code: str) -> int:
        """Papers of that owner and type on the line or in review, and those whose owner or type is not
        known yet but whose extracted or hinted owner is this one."""
        ...

    def add_change(self, change: ResultChange) -> None: ...
    def changes(self, result_id: str) -> Sequence[ResultChange]: ...


class IncidentStore(Protocol):
    """Hits of the state-secret gate (sự cố nghi mật), without content."""

    def add(self, incident: Incident) -> None: ...
    def save(self, incident: Incident) -> None: ...
    def get(self, incident_id: str) -> Incident: ...
    def page(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[Sequence[Incident], int]: ...


class OutboxStore(Protocol):
    """Events to deliver after commit (hộp thư đi)."""

    def add(self, kind: str, subject_id: str, version: int, at: datetime) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[OutboxEvent]: ...
    def delivered(self, numbers: Sequence[int], at: datetime) -> None: ...
    def failed(self, numbers: Sequence[int], retry_at: datetime, error_code: str) -> None: ...
    def backlog(self) -> int: ...


class AuditStore(Protocol):
    """The append-only log (nhật ký kiểm toán): a Merkle tree after RFC 6962 with signed heads."""

    def add(self, entry: AuditEntry) -> str:
        """Write the row in the act's own transaction; returns the row's id. Its place comes later."""
        ...

    def page(
        self, *, subject_id: str | None = None, actor: str | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[tuple[str, AuditEntry]], int]:
        """Newest first as (row id, entry), with the total."""
        ...

    def sequence(self, limit: int = 1000) -> int:
        """Give places and subtree hashes to rows without one; returns how many. One caller at a time."""
        ...

    def add_head(self, head: TreeHead) -> None: ...
    def heads(self) -> Sequence[TreeHead]: ...
    def root(self) -> tuple[int, str]:
        """Size and root hash of the sequenced tree."""
        ...

    def iter_leaves(self) -> Iterator[tuple[int, str, bytes, str]]:
        """(place, row id, canonical bytes, stored leaf hash) in order of place, for verification."""
        ...

    def unsequenced(self) -> int: ...


class Priority(IntEnum):
    """Job priority (độ ưu tiên), lower first; never left out."""

    INTERACTIVE = 10
    RERUN = 50
    BATCH = 100


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
    def units(self) -> UnitStore: ...
    @property
    def types(self) -> TypeStore: ...
    @property
    def accounts(self) -> AccountStore: ...
    @property
    def keys(self) -> KeyStore: ...
    @property
    def batches(self) -> BatchStore: ...
    @property
    def records(self) -> RecordStore: ...
    @property
    def results(self) -> ResultStore: ...
    @property
    def incidents(self) -> IncidentStore: ...
    @property
    def outbox(self) -> OutboxStore: ...
    @property
    def audit(self) -> AuditStore: ...
    @property
    def jobs(self) -> JobEnqueuer: ...

    def commit(self) -> None: ...
    def rollback(self) -> None: ...


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
