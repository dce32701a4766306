"""Real databases for the tests of `records`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from records.sql.unit_of_work import SqlStore
from tests.fakes import FixedClock
from tests.services.postgres import PostgresServer
from tests.stores import empty_tables, postgres_engine, sqlite_store

DATABASES = [
    pytest.param("sqlite", marks=pytest.mark.sql),
    pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
]


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still."""
    return FixedClock()


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[Engine]:
    """A migrated PostgreSQL database, emptied before each test that uses it."""
    with postgres_server.fresh_database() as url, postgres_engine(url) as engine:
        yield engine


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[SqlStore]:
    """An empty store on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        with sqlite_store(tmp_path, clock) as opened:
            yield opened
        return
    engine: Engine = request.getfixturevalue("migrated_postgres")
    empty_tables(engine)
    yield SqlStore(engine, clock=clock)


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
