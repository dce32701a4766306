"""Audit entries survive an outage of the database in a local journal and enter the log exactly once."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine

from records.errors import BlobStoreUnavailable, StoreUnavailable
from records.journal import Journal
from records.ports import Store, UnitOfWork
from records.sql.unit_of_work import SqlStore
from tests.factories import build_entry
from tests.fakes import FakeStore, FixedClock
from tests.stores import empty_tables

WRITER = """
import sys
from pathlib import Path
from records.journal import Journal
from tests.factories import build_entry
for number in range(50):
    Journal(Path(sys.argv[1])).append(build_entry(actor=sys.argv[2]))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal lies."""
    return tmp_path / "journal" / "audit.jsonl"


def test_entries_wait_and_enter_once(path: Path) -> None:
    """What was appended enters the log, like entries apart; the journal is empty afterwards."""
    store, journal, entry = FakeStore(), Journal(path), build_entry(detail={"mã": 1})
    for _ in range(2):
        journal.append(entry)
    assert journal.waiting() == 2
    assert (journal.drain(store), journal.drain(store), journal.waiting()) == (2, 0, 0)
    with store.read() as work:
        found, total = work.audit.page(limit=9)
    assert total == 2
    assert [one for _, one in found] == [entry, entry]


def test_an_outage_loses_nothing(path: Path) -> None:
    """While the database is down the entries stay; more may be added meanwhile."""
    store, journal = FakeStore(), Journal(path)
    journal.append(build_entry())
    store.is_down = True
    with pytest.raises(StoreUnavailable):
        journal.drain(store)
    journal.append(build_entry())
    store.is_down = False
    assert journal.drain(store) == 2


def test_a_crash_after_the_commit_doubles_nothing(path: Path) -> None:
    """Lines that are still there after they were entered are the same rows."""
    store, journal = FakeStore(), Journal(path)
    journal.append(build_entry())
    kept = path.read_bytes()
    journal.drain(store)
    path.write_bytes(kept)
    journal.drain(store)
    with store.read() as work:
        assert work.audit.page(limit=9)[1] == 1


def test_half_a_line_is_set_aside(path: Path) -> None:
    """A line cut by a crash does not spoil the next, and is kept for a person to see."""
    store, journal = FakeStore(), Journal(path)
    journal.append(build_entry())
    path.write_bytes(path.read_bytes() + b'{"action":"rec')
    journal.append(build_entry())
    assert journal.drain(store) == 2
    assert path.with_name("audit.jsonl.damaged").read_bytes() == b'{"action":"rec\n'
    assert journal.waiting() == 0


def test_is_private_and_says_when_it_cannot_write(path: Path, tmp_path: Path) -> None:
    """The file is 0600; an unwritable place is `BlobStoreUnavailable`."""
    Journal(path).append(build_entry())
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BlobStoreUnavailable):
        Journal(path / "below-a-file").append(build_entry())


def test_processes_share_it(path: Path) -> None:
    """Two processes append at once: every line is whole."""
    command = [sys.executable, "-c", WRITER, str(path)]
    root = Path(__file__).parents[3]
    writers = [subprocess.Popen([*command, name], cwd=root) for name in ("a", "b")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert Journal(path).drain(FakeStore()) == 100
    assert not path.with_name("audit.jsonl.damaged").exists()


def test_writing_does_not_wait_for_the_database(path: Path) -> None:
    """While a drain waits for a locked database another lookup's entry is kept at once, and stays."""
    store, journal = FakeStore(), Journal(path)
    journal.append(build_entry())

    class Slow:
        """A store behind which another entry comes in."""

        @contextmanager
        def write(self, timeout: float | None = None) -> Iterator[UnitOfWork]:
            """As the store's, after somebody else has written to the journal."""
            other = threading.Thread(target=journal.append, args=(build_entry(actor="other"),))
            other.start()
            other.join(timeout=5)
            assert not other.is_alive()
            with store.write(timeout) as work:
                yield work

    assert journal.drain(cast("Store", Slow())) == 1
    assert journal.waiting() == 2
    journal.drain(store)
    with store.read() as work:
        assert (work.audit.page(limit=9)[1], journal.waiting()) == (2, 0)


@pytest.mark.sql
@pytest.mark.postgres
def test_an_entry_the_database_refuses_does_not_hold_up_the_others(
    path: Path, migrated_postgres: Engine
) -> None:
    """PostgreSQL takes no NUL: that line is set aside, the others enter the log."""
    empty_tables(migrated_postgres)
    store, journal = SqlStore(migrated_postgres, clock=FixedClock()), Journal(path)
    for purpose in ("H15-1", "H15\x00-2", "H15-3"):
        journal.append(build_entry(purpose=purpose))
    journal.drain(store)
    with store.read() as work:
        assert work.audit.page(limit=9)[1] == 2
    assert journal.waiting() == 0
    assert b"-2" in path.with_name("audit.jsonl.damaged").read_bytes()
