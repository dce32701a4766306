"""A whole line on real parts for tests (dây chuyền thử): SQL store, blobs, pool, intake, steps, jobs."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.batches import Intake
from ingest.memory import MemoryFolder
from ingest.pages import PageReader
from ingest.pipeline import build_plans
from ingest.signatures import TrustSource
from ingest.steps import Signer, Steps
from ocr.pool import PagePool
from records.access import Principal, Role, Scope, build_reach
from records.actions.acting import Acting
from records.actions.batches import NewBatch, open_batch
from records.blobs import LocalBlobStore
from records.durable import DurableQueues, DurableWorker, prepare_jobs
from records.model import Account, Batch, BatchFile, Unit
from records.ports import Clock, JobPlan
from records.sql.engine import make_engine
from records.sql.migrate import migrate
from records.sql.unit_of_work import SqlStore

UNIT = "H15.03"


class FixedClock:
    """Always the same moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """That moment."""
        return self._moment


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Aware UTC now."""
        return datetime.now(UTC)


def make_person(name: str, *roles: Role) -> Principal:
    """Somebody with roles in the whole province."""
    return Principal(name, name.title(), "person", build_reach({role: Scope(None) for role in roles}))


ARCHIVIST = make_person("an", Role.ARCHIVIST)


@dataclass
class Line:
    """Every part of the line, and short ways to use it."""

    store: SqlStore
    blobs: LocalBlobStore
    pool: PagePool
    memory: MemoryFolder
    intake: Intake
    steps: Steps
    folder: Path
    clock: Clock

    def open_batch(self, who: Principal = ARCHIVIST) -> Batch:
        """A fresh batch."""
        return open_batch(self.store, Acting(who, self.clock.now(), "test"), NewBatch(UNIT, "lô thử"))

    def receive(self, batch: Batch, path: Path, who: Principal = ARCHIVIST) -> BatchFile:
        """Take one file in under its own name."""
        return self.intake.receive(batch.id, path.name, path, who)

    def make_worker(
        self,
        plans: Sequence[JobPlan] | None = None,
        *,
        concurrency: int = 2,
        silence: timedelta = timedelta(seconds=20),
    ) -> DurableWorker:
        """A worker on this line's database, impatient with outages."""
        return DurableWorker(
            self.store.engine,
            plans or build_plans(self.steps),
            self.store,
            self.clock,
            concurrency=concurrency,
            poll_seconds=0.05,
            silence=silence,
            retry_seconds=0.05,
        )

    def run_jobs(self, plans: Sequence[JobPlan] | None = None, seconds: float = 120.0) -> None:
        """Run every job there is in this process."""
        worker = self.make_worker(plans)
        worker.start()
        try:
            run_until_idle(worker, seconds)
        finally:
            worker.stop()


def run_until_idle(worker: DurableWorker, seconds: float) -> None:
    """Wait until no job is left."""
    deadline = time.monotonic() + seconds
    while worker.unfinished():
        assert time.monotonic() < deadline, "jobs did not end in time"
        time.sleep(0.05)


@contextmanager
def open_line(
    folder: Path,
    memory: Path,
    url: str = "",
    *,
    signer: Signer | None = None,
    trust: TrustSource | None = None,
    workers: int = 2,
    clock: Clock | None = None,
) -> Iterator[Line]:
    """A line on SQLite in `folder`, or on the database of `url`; children and folders end with it."""
    clock = clock or RealClock()
    engine = make_engine(url or f"sqlite:///{folder / 'sohoa.db'}")
    migrate(engine)
    prepare_jobs(engine)
    store = SqlStore(engine, clock=clock, enqueuer=DurableQueues(engine))
    add_people(store)
    share = MemoryFolder(memory, 512 * 1024 * 1024)
    blobs = LocalBlobStore(folder / "blobs")
    with PagePool(workers, 2 << 30, share.path) as pool:
        steps = Steps(store, blobs, pool, clock, share.path, trust or TrustSource(), signer)
        intake = Intake(store, blobs, PageReader(pool), share, clock)
        yield Line(store, blobs, pool, share, intake, steps, folder, clock)
    share.close()
    engine.dispose()


def add_people(store: SqlStore) -> None:
    """The unit and the accounts of the tests' people, unless they are there."""
    with store.write() as work:
        if work.units.find(UNIT) is not None:
            return
        work.units.add(Unit(UNIT, "Sở thử nghiệm"))
        for name in ("an", "binh", "chi"):
            work.accounts.add(
                Account(name, name, name.title(), (), None, datetime.now(UTC) - timedelta(days=1))
            )
        work.commit()


__all__ = ["ARCHIVIST", "UNIT", "FixedClock", "Line", "make_person", "open_line", "run_until_idle"]
