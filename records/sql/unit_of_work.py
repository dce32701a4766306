"""Transactions over every store on one SQLAlchemy connection."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from records.errors import MissingPart, StoreUnavailable
from records.ports import Clock, JobEnqueuer
from records.sql.accounts import SqlAccountStore, SqlKeyStore
from records.sql.audit import SqlAuditStore
from records.sql.batches import SqlBatchStore
from records.sql.client_stores import SqlClientStores
from records.sql.engine import READ_ONLY, TIMEOUT
from records.sql.failures import translated_failures
from records.sql.former_identifiers import SqlFormerIdentifierStore, SqlRequirementStore
from records.sql.incidents import SqlIncidentStore
from records.sql.outbox import SqlOutboxStore
from records.sql.records import SqlRecordStore
from records.sql.results import SqlResultStore
from records.sql.rows import Rows
from records.sql.saved_searches import SqlSavedSearchStore, SqlSearchExportStore
from records.sql.slots import SqlSlotStore
from records.sql.steps import SqlStepStore
from records.sql.turns import Turns
from records.sql.units import SqlTypeStore, SqlUnitStore
from records.sql.uses import SqlEvidencePreviewStore, SqlEvidenceUseStore, SqlMismatchStore
from records.sql.verdicts import SqlVerdictStore

EnqueuerFactory = Callable[[Connection], JobEnqueuer]
"""Makes the job queue's hand in one connection's transaction."""


class SqlUnitOfWork:
    """One transaction over every store (giao dịch)."""

    def __init__(self, rows: Rows, enqueuer: EnqueuerFactory | None) -> None:
        self._rows = rows
        self._enqueuer = enqueuer

    @property
    def connection(self) -> Connection:
        """The connection, for full-text tables that change in the same transaction."""
        return self._rows.connection

    @property
    def units(self) -> SqlUnitStore:
        """Units."""
        return SqlUnitStore(self._rows)

    @property
    def types(self) -> SqlTypeStore:
        """Result types."""
        return SqlTypeStore(self._rows)

    @property
    def accounts(self) -> SqlAccountStore:
        """Accounts."""
        return SqlAccountStore(self._rows)

    @property
    def keys(self) -> SqlKeyStore:
        """Machine keys."""
        return SqlKeyStore(self._rows)

    @property
    def batches(self) -> SqlBatchStore:
        """Batches and files."""
        return SqlBatchStore(self._rows)

    @property
    def records(self) -> SqlRecordStore:
        """Records and fields."""
        return SqlRecordStore(self._rows)

    @property
    def results(self) -> SqlResultStore:
        """Results."""
        return SqlResultStore(self._rows)

    @property
    def incidents(self) -> SqlIncidentStore:
        """Incidents."""
        return SqlIncidentStore(self._rows)

    @property
    def outbox(self) -> SqlOutboxStore:
        """Outbox."""
        return SqlOutboxStore(self._rows)

    @property
    def audit(self) -> SqlAuditStore:
        """Audit log."""
        return SqlAuditStore(self._rows)

    @property
    def steps(self) -> SqlStepStore:
        """Results of idempotent steps."""
        return SqlStepStore(self._rows)

    @property
    def slots(self) -> SqlSlotStore:
        """Worker slots."""
        return SqlSlotStore(self._rows)

    @property
    def clients(self) -> SqlClientStores:
        """Everything about machine clients beside their keys."""
        return SqlClientStores(self._rows)

    @property
    def saved_searches(self) -> SqlSavedSearchStore:
        """Searches kept by name."""
        return SqlSavedSearchStore(self._rows)

    @property
    def search_exports(self) -> SqlSearchExportStore:
        """Exports of result lists."""
        return SqlSearchExportStore(self._rows)

    @property
    def verdicts(self) -> SqlVerdictStore:
        """Verdicts on signatures."""
        return SqlVerdictStore(self._rows)

    @property
    def former(self) -> SqlFormerIdentifierStore:
        """Identifiers that changed."""
        return SqlFormerIdentifierStore(self._rows)

    @property
    def requirements(self) -> SqlRequirementStore:
        """Which types fulfil which requirement."""
        return SqlRequirementStore(self._rows)

    @property
    def uses(self) -> SqlEvidenceUseStore:
        """Results used in dossiers."""
        return SqlEvidenceUseStore(self._rows)

    @property
    def previews(self) -> SqlEvidencePreviewStore:
        """One-time links."""
        return SqlEvidencePreviewStore(self._rows)

    @property
    def mismatches(self) -> SqlMismatchStore:
        """Reports of data that does not fit."""
        return SqlMismatchStore(self._rows)

    @property
    def jobs(self) -> JobEnqueuer:
        """Job queue, in this transaction."""
        if self._enqueuer is None:
            raise MissingPart("Chưa nối hàng đợi công việc.", part="queue")
        return self._enqueuer(self._rows.connection)

    def commit(self) -> None:
        """Make everything so far durable."""
        with translated_failures():
            self._rows.connection.commit()

    def rollback(self) -> None:
        """Undo everything since the last commit."""
        with translated_failures():
            self._rows.connection.rollback()


class SqlStore:
    """Opens transactions on one engine (kho dữ liệu)."""

    def __init__(self, engine: Engine, *, clock: Clock, enqueuer: EnqueuerFactory | None = None) -> None:
        self.engine = engine
        self._clock = clock
        self._enqueuer = enqueuer
        # PostgreSQL lets writers in side by side; SQLite has one at a time.
        self._turns = Turns() if engine.dialect.name == "sqlite" else None
        options = engine.get_execution_options()
        self._longest: float = options["sohoa_default_timeout"]
        self._seats = threading.BoundedSemaphore(options["sohoa_seats"])

    @contextmanager
    def write(self, timeout: float | None = None) -> Generator[SqlUnitOfWork, None, None]:
        """A writing transaction (SQLite: BEGIN IMMEDIATE); `timeout` seconds for locks and statements."""
        with ExitStack() as stack:
            left = timeout
            if self._turns is not None:
                waited = stack.enter_context(self._turns.take(self._longest if timeout is None else timeout))
                left = None if timeout is None else max(0.0, timeout - waited)
            yield stack.enter_context(self._transaction(writing=True, timeout=left))

    @contextmanager
    def read(self, timeout: float | None = None) -> Generator[SqlUnitOfWork, None, None]:
        """A reading transaction on one snapshot; never commits."""
        with self._transaction(writing=False, timeout=timeout) as unit_of_work:
            yield unit_of_work

    def check(self) -> str:
        """Engine name and version; raises `StoreUnavailable`."""
        with self.read() as unit_of_work, translated_failures():
            question = "sqlite_version()" if self.engine.dialect.name == "sqlite" else "version()"
            version: str = unit_of_work.connection.execute(text(f"SELECT {question}")).scalar_one()
            return f"SQLite {version}" if self.engine.dialect.name == "sqlite" else version.split(" on ")[0]

    @contextmanager
    def _transaction(self, *, writing: bool, timeout: float | None) -> Generator[SqlUnitOfWork, None, None]:
        with self._seat(timeout) as waited:
            left = None if timeout is None else max(0.0, timeout - waited)
            options: dict[str, object] = {READ_ONLY: not writing, TIMEOUT: left}
            with translated_failures(), self._begin(options) as connection:
                yield SqlUnitOfWork(Rows(connection, self._clock, writing), self._enqueuer)
                # Leaving without commit: closing the connection rolls back.

    def _begin(self, options: dict[str, object]) -> Connection:
        """A connection in a transaction; one that was cut while nobody used it is replaced, once.

        Beginning says whether a connection still lives: no question beforehand, which costs as much again.
        """
        connection = self.engine.connect()
        try:
            connection.execution_options(**options).begin()
        except DBAPIError as exc:
            connection.close()
            if not exc.connection_invalidated:
                raise
            connection = self.engine.connect()
            connection.execution_options(**options).begin()
        return connection

    @contextmanager
    def _seat(self, timeout: float | None) -> Generator[float, None, None]:
        """One of the pool's connections for this block; yields the seconds waited.

        The pool itself knows one time limit for everybody, far longer than a lookup may take.
        """
        started = time.monotonic()
        if not self._seats.acquire(timeout=self._longest if timeout is None else timeout):
            raise StoreUnavailable(reason="pool")
        try:
            yield time.monotonic() - started
        finally:
            self._seats.release()
