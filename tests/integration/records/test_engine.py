"""Engines: how SQLite is opened, what a time limit does, which error an outage becomes."""

import threading
import time
from pathlib import Path

import psycopg
import pysqlite3
import pytest
from sqlalchemy import text

from records.errors import InvalidValue, MissingPart, RecordsError, StoreUnavailable
from records.sql.engine import check_sqlite_version, make_engine
from records.sql.failures import translated_failures
from records.sql.unit_of_work import SqlStore
from tests.factories import build_unit
from tests.fakes import FixedClock
from tests.services.postgres import PostgresServer
from tests.stores import postgres_engine

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:", "no address"])
def test_refuses_other_addresses(url: str) -> None:
    """Only an SQLite file and PostgreSQL are taken."""
    with pytest.raises(InvalidValue):
        make_engine(url)


def test_refuses_an_sqlite_that_may_damage_its_file() -> None:
    """The WAL-reset bug lasts to 3.51.2; this machine's library is newer."""
    with pytest.raises(MissingPart):
        check_sqlite_version((3, 51, 2))
    check_sqlite_version((3, 51, 3))
    check_sqlite_version(pysqlite3.sqlite_version_info)


@pytest.mark.sql
def test_sqlite_is_opened_safely(tmp_path: Path) -> None:
    """WAL, full synchronisation and foreign keys on every connection."""
    engine = make_engine(f"sqlite:///{tmp_path / 'new' / 'a.db'}")
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            pragmas = {
                name: connection.connection.dbapi_connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    engine.dispose()


def test_concurrent_changes_are_all_kept(store: SqlStore) -> None:
    """Four threads add one to the same number, reading it first: no update is lost."""
    with store.write() as work:
        work.units.add(build_unit("H15", name="0"))
        work.commit()

    def count() -> None:
        for _ in range(10):
            with store.write(timeout=20) as work:
                locked = work.connection.execute(text(_locking(store, "SELECT name FROM units")))
                work.units.save(build_unit("H15", name=str(int(locked.scalar_one()) + 1)))
                work.commit()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as work:
        assert work.units.get("H15").name == "40"


def _locking(store: SqlStore, statement: str) -> str:
    return statement + (" FOR UPDATE" if store.engine.dialect.name == "postgresql" else "")


def test_a_lock_held_too_long_is_an_outage(store: SqlStore) -> None:
    """A writer waits for its time, not for the engine's, then says so."""
    with store.write() as work:
        work.units.add(build_unit("H15"))
        work.commit()
    with store.write() as first:
        first.units.save(build_unit("H15", name="Một"))
        start = time.monotonic()
        with pytest.raises(StoreUnavailable), store.write(timeout=0.3) as second:
            second.units.save(build_unit("H15", name="Hai"))
        assert 0.2 < time.monotonic() - start < 1.5


def test_an_endless_statement_is_cut(store: SqlStore) -> None:
    """A reading transaction's time limit ends its statement; the connection serves again afterwards."""
    for _ in range(2):
        start = time.monotonic()
        with pytest.raises(StoreUnavailable), store.read(timeout=0.3) as work:
            work.connection.execute(text(ENDLESS))
        assert time.monotonic() - start < 1.5
    with store.read() as work:
        assert work.units.all() == []


def test_other_failures_are_not_outages(store: SqlStore) -> None:
    """A statement that is wrong will not get right by trying again."""
    with pytest.raises(RecordsError) as caught, store.read() as work:
        work.connection.execute(text("SELECT * FROM khong_co"))
    assert not caught.value.retryable


@pytest.mark.sql
def test_a_damaged_file_is_not_an_outage(tmp_path: Path) -> None:
    """A file that is no database is damage, told as such."""
    (tmp_path / "a.db").write_bytes(b"no database at all" * 1000)
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(RecordsError) as caught:
        SqlStore(engine, clock=FixedClock()).check()
    assert not caught.value.retryable


@pytest.mark.sql
def test_a_missing_folder_is_an_outage(tmp_path: Path) -> None:
    """A data folder that went away, say a disk unmounted, is `StoreUnavailable`."""
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'a.db'}")
    (tmp_path / "data").rmdir()
    with pytest.raises(StoreUnavailable):
        SqlStore(engine, clock=FixedClock()).check()


@pytest.mark.sql
@pytest.mark.postgres
def test_a_cut_connection_is_an_outage_and_heals(postgres_server: PostgresServer) -> None:
    """When the server cuts a connection in mid-work it is told; the next transaction connects anew."""
    with postgres_server.fresh_database() as url, postgres_engine(url) as engine:
        store = SqlStore(engine, clock=FixedClock())
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        with pytest.raises(StoreUnavailable), store.write() as work:
            work.units.add(build_unit("H15"))
            with engine.connect() as other:
                other.execute(text(f"{cut} WHERE {others}"))
            work.units.add(build_unit("H16"))
            work.commit()
        with store.read() as work:
            assert work.units.all() == []


@pytest.mark.sql
@pytest.mark.postgres
def test_a_connection_cut_while_nobody_used_it_is_replaced(postgres_server: PostgresServer) -> None:
    """A server that was started again meanwhile is no outage, for readers and for writers."""
    with postgres_server.fresh_database() as url, postgres_engine(url) as engine:
        store = SqlStore(engine, clock=FixedClock())
        with store.read(), store.read(1.0):
            pass
        for is_writer in (False, True):
            with psycopg.connect(url, autocommit=True) as other:
                cut = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                mine = "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                assert other.execute(f"{cut} {mine}").fetchone() != (0,)
            with store.write(1.0) if is_writer else store.read(1.0) as work:
                assert work.units.all() == []


@pytest.mark.sql
@pytest.mark.postgres
def test_time_limits_end_with_their_transaction(postgres_server: PostgresServer) -> None:
    """A reader sees one snapshot and changes nothing; the next user of the connection waits as set."""
    with postgres_server.fresh_database() as url, postgres_engine(url) as engine:
        store = SqlStore(engine, clock=FixedClock())
        shown = "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
        limit = "SELECT current_setting('statement_timeout')"
        with store.read(0.7) as work:
            assert work.connection.execute(text(shown)).one() == ("repeatable read", "on")
            # What waiting for a connection took is no longer left.
            assert 600 <= int(work.connection.execute(text(limit)).scalar_one().removesuffix("ms")) <= 700
        with store.write() as work:
            assert work.connection.execute(text(shown)).one() == ("read committed", "off")
            assert work.connection.execute(text(limit)).scalar_one() == "2s"


@pytest.mark.sql
def test_an_unreachable_server_is_an_outage() -> None:
    """No server at the address: told within the time."""
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none", timeout=2)
    with pytest.raises(StoreUnavailable):
        SqlStore(engine, clock=FixedClock()).check()


def test_without_a_queue_jobs_say_what_is_missing(store: SqlStore) -> None:
    """A store opened without a queue cannot enqueue."""
    with store.write() as work, pytest.raises(MissingPart):
        _ = work.jobs


def test_failures_that_are_not_the_databases_pass() -> None:
    """Only SQLAlchemy's errors are translated."""
    with pytest.raises(KeyError), translated_failures():
        raise KeyError
