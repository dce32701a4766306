"""Real stores for tests: a migrated SQLite file or PostgreSQL database."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import Connection, Engine

from records.ports import JobEnqueuer
from records.sql.engine import make_engine
from records.sql.migrate import migrate
from records.sql.schema import audit_sequencer, metadata
from records.sql.unit_of_work import SqlStore
from tests.fakes import FixedClock

Enqueuer = Callable[[Connection], JobEnqueuer]


@cache
def _migrated_file() -> Path:
    """One migrated SQLite file for this test process; migrating for every test would be slow."""
    path = Path(mkdtemp(prefix="sohoa-test-")) / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@contextmanager
def sqlite_store(folder: Path, clock: FixedClock, enqueuer: Enqueuer | None = None) -> Iterator[SqlStore]:
    """A store on a new SQLite file in the folder; waits at most two seconds for a lock."""
    path = folder / "sohoa.db"
    shutil.copyfile(_migrated_file(), path)
    engine = make_engine(f"sqlite:///{path}", timeout=2)
    yield SqlStore(engine, clock=clock, enqueuer=enqueuer)
    engine.dispose()


@contextmanager
def postgres_engine(url: str) -> Iterator[Engine]:
    """An engine on a database that is migrated here; waits at most two seconds for a lock."""
    engine = make_engine(url, timeout=2)
    migrate(engine)
    yield engine
    engine.dispose()


def empty_tables(engine: Engine) -> None:
    """Bring a migrated database back to how migrations left it; far quicker than a new one."""
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(audit_sequencer.insert().values(id=1, size=0))
