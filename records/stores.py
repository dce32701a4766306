"""What the domain needs from its database, one Protocol an aggregate (kho theo từng nhóm dữ liệu).

Methods raise `StoreUnavailable` when the database cannot be reached or does not answer in time,
`RecordNotFound` from `get_`, from `save` of a thing that is not there and from `add` below a parent that is
not there, `DuplicateRecord` from `add` on a key that is there (the transaction stays usable), `StaleVersion`
from `save` of a versioned thing that somebody else changed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from records.access import Scope
from records.former_identifiers import OwnerPair
from records.model import (
    Account,
    ApiKey,
    Batch,
    BatchCounts,
    BatchFile,
    Incident,
    Record,
    RecordField,
    Result,
    ResultChange,
    ResultType,
    RoleGrant,
    Session,
    Unit,
)
from records.states import CaptureState, Confidentiality, RecordState


class UnitStore(Protocol):
    """Organisational units (đơn vị)."""

    def add(self, unit: Unit) -> None:
        """Add a unit."""
        ...

    def save(self, unit: Unit) -> None:
        """Change a unit."""
        ...

    def get(self, code: str) -> Unit:
        """The unit of that code."""
        ...

    def find(self, code: str) -> Unit | None:
        """The unit of that code, if any."""
        ...

    def all(self) -> Sequence[Unit]:
        """Every unit, by code."""
        ...

    def below(self, code: str) -> frozenset[str]:
        """The unit itself and every unit below it."""
        ...

    def above(self, code: str) -> tuple[str, ...]:
        """The unit itself and every unit above it, nearest first."""
        ...


class TypeStore(Protocol):
    """Result types (loại giấy tờ, kết quả)."""

    def add(self, result_type: ResultType) -> None:
        """Add a type."""
        ...

    def save(self, result_type: ResultType) -> None:
        """Change a type."""
        ...

    def get(self, code: str) -> ResultType:
        """The type of that code."""
        ...

    def find(self, code: str) -> ResultType | None:
        """The type of that code, if any."""
        ...

    def known(self, codes: Sequence[str]) -> frozenset[str]:
        """Those of the codes that are in the list."""
        ...

    def all(self) -> Sequence[ResultType]:
        """Every type, by code."""
        ...


class AccountStore(Protocol):
    """Accounts, grants, sessions and failed tries (tài khoản)."""

    def add(self, account: Account) -> None:
        """Add an account with its grants."""
        ...

    def save(self, account: Account) -> None:
        """Change an account and its grants."""
        ...

    def get(self, account_id: str) -> Account:
        """The account of that id."""
        ...

    def find_by_login(self, login: str) -> Account | None:
        """The account that signs in by this name, if any."""
        ...

    def all(self) -> Sequence[Account]:
        """Every account, by login."""
        ...

    def set_grants(self, account_id: str, grants: Sequence[RoleGrant]) -> None:
        """Replace the grants."""
        ...

    def add_session(self, session: Session) -> None:
        """Keep a new session."""
        ...

    def find_session(self, token_sha256: str) -> Session | None:
        """The session of that token hash, if any; it may have expired."""
        ...

    def end_session(self, token_sha256: str) -> None:
        """Forget the session; no error when there is none."""
        ...

    def end_sessions_of(self, account_id: str) -> None:
        """Forget every session of the account."""
        ...

    def count_failures(self, login: str, since: datetime) -> int:
        """Failed tries since that moment, inclusive."""
        ...

    def add_failure(self, login: str, at: datetime) -> None:
        """Note a failed try."""
        ...

    def clear_failures(self, login: str) -> None:
        """Forget the failed tries."""
        ...


class KeyStore(Protocol):
    """Machine clients' keys (khoá truy cập)."""

    def add(self, key: ApiKey) -> None:
        """Add a key."""
        ...

    def save(self, key: ApiKey) -> None:
        """Change a key."""
        ...

    def get(self, key_id: str) -> ApiKey:
        """The key of that id."""
        ...

    def find_by_prefix(self, prefix: str) -> ApiKey | None:
        """The key whose text begins so, if any."""
        ...

    def all(self) -> Sequence[ApiKey]:
        """Every key, oldest first."""
        ...

    def touch(self, key_id: str, at: datetime) -> None:
        """Note the last use, at most once a minute."""
        ...


class BatchStore(Protocol):
    """Batches and their files (lô và tệp)."""

    def add(self, batch: Batch) -> None:
        """Add a batch."""
        ...

    def save(self, batch: Batch) -> None:
        """Change a batch."""
        ...

    def get(self, batch_id: str) -> Batch:
        """The batch of that id."""
        ...

    def hold(self, batch_id: str) -> Batch:
        """The batch as it stands, for this transaction alone to change until it ends."""
        ...

    def page(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[Sequence[Batch], int]:
        """Newest first, with the total."""
        ...

    def counts(self, batch_id: str) -> BatchCounts:
        """How many files came in and where each stands."""
        ...

    def reserve_ordinals(self, batch_id: str, count: int = 1) -> int:
        """Take the next `count` file numbers, from 1, and return the first; none is ever given twice.

        A file's number is its place in what was handed in: after a hit of the gate it is the only name the
        paper has. A number whose file was not kept stays unused.
        """
        ...

    def add_file(self, file: BatchFile) -> None:
        """Add a file; a batch and ordinal already there raises `DuplicateRecord`."""
        ...

    def save_file(self, file: BatchFile) -> None:
        """Change a file."""
        ...

    def get_file(self, file_id: str) -> BatchFile:
        """The file of that id."""
        ...

    def files(
        self, batch_id: str, *, limit: int = 1000, offset: int = 0, state: CaptureState | None = None
    ) -> Sequence[BatchFile]:
        """Files of the batch in order of ordinal."""
        ...

    def find_processed(self, sha256: str, unit: str) -> BatchFile | None:
        """The first file of the unit with these bytes that was or is being processed (not refused)."""
        ...

    def tell_linked(self, file: BatchFile, unit: str) -> None:
        """Give the duplicates linked to `file` its record, which some of them came too early to know."""
        ...


class RecordStore(Protocol):
    """Records and their fields (hồ sơ và trường dữ liệu)."""

    def add(self, record: Record) -> None:
        """Add a record."""
        ...

    def save(self, record: Record) -> Record:
        """Write with version + 1 where the stored version is still `record.version`; returns it."""
        ...

    def get(self, record_id: str) -> Record:
        """The record of that id."""
        ...

    def find(self, record_id: str) -> Record | None:
        """The record of that id, if any."""
        ...

    def get_many(self, record_ids: Sequence[str]) -> Mapping[str, Record]:
        """Those of the records that are there, by id."""
        ...

    def page(
        self, scope: Scope, *, state: RecordState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Record], int]:
        """Newest first (review: oldest first), with the total."""
        ...

    def iter_ids(self) -> Iterator[str]:
        """Every record id, in order of id."""
        ...

    def iter_searchable(self, classes: Collection[Confidentiality]) -> Iterator[tuple[str, int]]:
        """(id, version) of every record of these classes whose file was not cancelled, in order of id."""
        ...

    def put_fields(self, record_id: str, fields: Iterable[RecordField]) -> None:
        """Replace the named fields, keep the others."""
        ...

    def fields(self, record_id: str) -> Sequence[RecordField]:
        """Fields of the record, by name."""
        ...

    def fields_of(self, record_ids: Sequence[str]) -> Mapping[str, Sequence[RecordField]]:
        """Fields of each record, by record id; every id asked for is a key."""
        ...

    def iter_confirmed(
        self, scope: Scope, *, profile: str | None = None, since: datetime | None = None
    ) -> Iterator[RecordField]:
        """Fields a person confirmed, by record and name.

        `profile`: only of batches read under it; `since`: only of records made at that moment or later.
        """
        ...


class ResultStore(Protocol):
    """Procedure results and their changes (kết quả TTHC): what a reuse answer rests on."""

    def add(self, result: Result) -> None:
        """Add a result."""
        ...

    def save(self, result: Result) -> Result:
        """Write with version + 1 where the stored version is still `result.version`; returns it."""
        ...

    def get(self, result_id: str) -> Result:
        """The result of that id."""
        ...

    def hold(self, result_id: str) -> Result:
        """The result as it stands, for this transaction alone to change until it ends."""
        ...

    def find_by_record(self, record_id: str) -> Result | None:
        """The result made from that record, if any."""
        ...

    def find_by_owner(self, owner_scheme: str, owner_id: str, type_code: str) -> Sequence[Result]:
        """Every row of that exact owner and type, newest `issued` first, then id."""
        ...

    def pending(self, owner_scheme: str, owner_id: str, type_code: str) -> int:
        """Papers of that owner and type on the line or in review, and those whose owner or type is not
        known yet but whose extracted or hinted owner is this one."""
        ...

    def find_by_owners(
        self, owners: Sequence[OwnerPair], type_codes: Sequence[str] | None = None
    ) -> Sequence[Result]:
        """Every row of these exact owners and types (None: all), newest `issued` first, then id."""
        ...

    def pending_by_type(self, owner_ids: Sequence[str], type_codes: Sequence[str]) -> Mapping[str, int]:
        """`pending` of these owners together, for each of the types, in one question."""
        ...

    def run_out(self, day: date, limit: int) -> Sequence[Result]:
        """Rows in force whose last day lies before `day`, the longest over first; held by a writer."""
        ...

    def add_change(self, change: ResultChange) -> None:
        """Note a change of state."""
        ...

    def changes(self, result_id: str) -> Sequence[ResultChange]:
        """Changes of the result, oldest first."""
        ...


class IncidentStore(Protocol):
    """Hits of the state-secret gate (sự cố nghi mật), without content."""

    def add(self, incident: Incident) -> None:
        """Add an incident."""
        ...

    def save(self, incident: Incident) -> None:
        """Change an incident."""
        ...

    def get(self, incident_id: str) -> Incident:
        """The incident of that id."""
        ...

    def page(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[Sequence[Incident], int]:
        """Newest first, with the total."""
        ...
