"""Stand-ins for what the domain needs from outside, held to the same contracts as the real parts."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from records.errors import FileCorrupted, InvalidValue, RecordNotFound, RecordsError, StoreUnavailable
from records.ports import Job
from tests.factories import NOW
from tests.fake_client_stores import FakeClientStores
from tests.fake_registers import FakeAccountStore, FakeKeyStore, FakeTypeStore, FakeUnitStore
from tests.fake_reuse_stores import (
    FakeEvidencePreviewStore,
    FakeEvidenceUseStore,
    FakeFormerIdentifierStore,
    FakeMismatchStore,
    FakeRequirementStore,
)
from tests.fake_saved_searches import FakeSavedSearchStore, FakeSearchExportStore
from tests.fake_service_stores import FakeAuditStore, FakeOutboxStore, FakeSlotStore, FakeStepStore
from tests.fake_state import State
from tests.fake_stores import FakeBatchStore, FakeIncidentStore, FakeRecordStore, FakeResultStore
from tests.fake_verdicts import FakeVerdictStore


class FixedClock:
    """A clock that stands still until moved."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.moment

    def move(self, **parts: float) -> None:
        """Move on by `timedelta(**parts)`."""
        self.moment += timedelta(**parts)


class FakeEnqueuer:
    """A queue that keeps the first job of each key."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}

    def enqueue(self, job: Job) -> None:
        """Keep the job unless its key is there."""
        self.jobs.setdefault(job.key, job)


class FakeUnitOfWork:
    """One transaction on a copy of the store's state."""

    def __init__(self, store: "FakeStore", writing: bool) -> None:
        self._store = store
        self._writing = writing
        self._begin()

    def commit(self) -> None:
        """Make the copy the store's state."""
        if not self._writing:
            raise RecordsError(reason="read-only")
        self._store.check()
        self._store.state = self._state
        self._store.enqueued.update(self.jobs.jobs)
        self._begin()

    def rollback(self) -> None:
        """Forget the copy."""
        self._begin()

    def _begin(self) -> None:
        self._state = state = self._store.state.copy()
        self.units = FakeUnitStore(state)
        self.types = FakeTypeStore(state)
        self.accounts = FakeAccountStore(state)
        self.keys = FakeKeyStore(state)
        self.batches = FakeBatchStore(state)
        self.records = FakeRecordStore(state)
        self.results = FakeResultStore(state)
        self.incidents = FakeIncidentStore(state)
        self.outbox = FakeOutboxStore(state)
        self.audit = FakeAuditStore(state)
        self.steps = FakeStepStore(state)
        self.slots = FakeSlotStore(state)
        self.verdicts = FakeVerdictStore(state)
        self.saved_searches = FakeSavedSearchStore(state)
        self.search_exports = FakeSearchExportStore(state)
        self.former = FakeFormerIdentifierStore(state)
        self.requirements = FakeRequirementStore(state)
        self.uses = FakeEvidenceUseStore(state)
        self.previews = FakeEvidencePreviewStore(state)
        self.mismatches = FakeMismatchStore(state)
        self.clients = FakeClientStores(state)
        self.jobs = FakeEnqueuer()


class FakeStore:
    """A store in memory: one writer at a time, readers on a snapshot; `is_down` makes an outage.

    `enqueued` holds the committed jobs by key.
    """

    def __init__(self, clock: FixedClock | None = None) -> None:
        self.state = State(clock or FixedClock())
        self.enqueued: dict[str, Job] = {}
        self.is_down = False
        self._writer = threading.Lock()

    @contextmanager
    def write(self, timeout: float | None = None) -> Iterator[FakeUnitOfWork]:
        """A writing transaction; `StoreUnavailable` when another writer does not end in time."""
        self.check()
        if not self._writer.acquire(timeout=5.0 if timeout is None else timeout):
            raise StoreUnavailable(reason="locked")
        try:
            yield FakeUnitOfWork(self, writing=True)
        finally:
            self._writer.release()

    @contextmanager
    def read(self, timeout: float | None = None) -> Iterator[FakeUnitOfWork]:
        """A reading transaction."""
        self.check()
        yield FakeUnitOfWork(self, writing=False)

    def check(self) -> str:
        """The name, or the outage."""
        if self.is_down:
            raise StoreUnavailable(reason="down")
        return "fake"


class FakeBlobStore:
    """Blobs in memory; `damage` makes one rot."""

    def __init__(self, clock: FixedClock | None = None) -> None:
        self._clock = clock or FixedClock()
        self._blobs: dict[str, tuple[bytes, datetime]] = {}

    def put(self, data: bytes) -> str:
        """Store and return the hash."""
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 in self._blobs:
            self.read(sha256)
        self._blobs.setdefault(sha256, (data, self._clock.now()))
        return sha256

    def put_file(self, path: Path) -> str:
        """Store a file's bytes."""
        return self.put(path.read_bytes())

    def read(self, sha256: str) -> bytes:
        """The bytes, verified."""
        if not self.has(sha256):
            raise RecordNotFound(sha256=sha256)
        data, _ = self._blobs[sha256]
        if hashlib.sha256(data).hexdigest() != sha256:
            raise FileCorrupted(sha256=sha256)
        return data

    def local_copy(self, sha256: str, folder: Path) -> Path:
        """A file with the verified bytes."""
        path = folder / f"{sha256}.copy"
        path.write_bytes(self.read(sha256))
        return path

    def has(self, sha256: str) -> bool:
        """Whether it is there."""
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise InvalidValue(length=len(sha256))
        return sha256 in self._blobs

    def iter_older_than(self, moment: datetime) -> Iterator[str]:
        """Hashes of blobs older than that."""
        yield from [sha256 for sha256, (_, at) in self._blobs.items() if at < moment]

    def remove(self, sha256: str) -> None:
        """Forget a blob."""
        self._blobs.pop(sha256, None)

    def damage(self, sha256: str) -> None:
        """Change a byte."""
        data, at = self._blobs[sha256]
        self._blobs[sha256] = (data[:-1] + bytes([data[-1] ^ 1]), at)
