"""The store under contract: the fake, SQLite and PostgreSQL, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from records.ports import Store
from records.sql.unit_of_work import SqlStore
from tests.fakes import FakeStore, FixedClock
from tests.services.postgres import PostgresServer
from tests.stores import empty_tables, postgres_engine, sqlite_store

BACK_ENDS = [
    "fake",
    pytest.param("sqlite", marks=pytest.mark.sql),
    pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
]


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still."""
    return FixedClock()


@pytest.fixture(scope="session")
def contract_engine(postgres_server: PostgresServer) -> Iterator[Engine]:
    """A migrated PostgreSQL database, emptied before each test that uses it."""
    with postgres_server.fresh_database() as url, postgres_engine(url) as engine:
        yield engine


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    """An empty store of each kind."""
    if request.param == "fake":
        yield FakeStore(clock)
    elif request.param == "sqlite":
        with sqlite_store(tmp_path, clock) as opened:
            yield opened
    else:
        engine: Engine = request.getfixturevalue("contract_engine")
        empty_tables(engine)
        yield SqlStore(engine, clock=clock)
