"""The store under contract: the fake, SQLite and PostgreSQL, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from records.ports import Store
from tests.fakes import FakeStore, FixedClock
from tests.stores import postgres_store, sqlite_store

BACK_ENDS = [
    "fake",
    pytest.param("sqlite", marks=pytest.mark.sql),
    pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
]


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still."""
    return FixedClock()


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    """An empty store of each kind."""
    if request.param == "fake":
        yield FakeStore(clock)
    elif request.param == "sqlite":
        with sqlite_store(tmp_path, clock) as opened:
            yield opened
    else:
        with postgres_store(request.getfixturevalue("postgres_url"), clock) as opened:
            yield opened
