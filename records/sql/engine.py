"""Engines for SQLite (pysqlite3, WAL) and PostgreSQL (psycopg 3), and transactions with time limits.

SQLAlchemy's defaults lose updates and time zones on SQLite (measured); hence no driver-made transactions,
`BEGIN IMMEDIATE` for every writer, foreign keys on, WAL with `synchronous=FULL`, and no WAL on a library
with the WAL-reset bug (before 3.51.3).
"""

import time
from pathlib import Path
from typing import Any

import pysqlite3
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from records.errors import InvalidValue, MissingPart

FIRST_SAFE_SQLITE = (3, 51, 3)
READ_ONLY = "sohoa_read_only"
TIMEOUT = "sohoa_timeout"
"""Execution options of a connection: a reading transaction; seconds for its locks and statements.

SQLite: for a lock, and for the transaction from its beginning to its last statement.
"""
_PROGRESS_STEPS = 20_000  # SQLite instructions between two looks at the clock, about a millisecond


def make_engine(url: str, *, timeout: float = 30.0, pool_size: int = 10) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`; nothing is opened yet.

    `timeout`: seconds to wait for a lock, and on PostgreSQL for a statement. Raises `InvalidValue` for
    another kind of address, `MissingPart` for an SQLite that may damage its file.
    """
    try:
        address = make_url(url)
    except ArgumentError as exc:
        raise InvalidValue("Địa chỉ cơ sở dữ liệu không đúng dạng.") from exc
    makers = {"sqlite": _make_sqlite, "postgresql": _make_postgres}
    make = makers.get(address.get_backend_name())
    if make is None:
        raise InvalidValue("Chỉ hỗ trợ sqlite:/// và postgresql://.", backend=address.get_backend_name())
    engine = make(address, timeout, pool_size)
    # As many connections as the pool may open; whoever waits for one waits no longer than asked.
    engine.update_execution_options(sohoa_default_timeout=timeout, sohoa_seats=2 * pool_size)
    return engine


def check_sqlite_version(version: tuple[int, ...]) -> None:
    """Raise `MissingPart` for an SQLite whose WAL may corrupt the file (3.7.0 to 3.51.2)."""
    if version < FIRST_SAFE_SQLITE:
        raise MissingPart("Cần SQLite từ 3.51.3 (gói pysqlite3).", sqlite=".".join(map(str, version)))


def _make_sqlite(address: URL, timeout: float, pool_size: int) -> Engine:
    check_sqlite_version(pysqlite3.sqlite_version_info)
    if not address.database or address.database == ":memory:":
        raise InvalidValue("SQLite cần đường dẫn tệp: sqlite:///đường/dẫn.db.")
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        address,
        module=pysqlite3,
        connect_args={"timeout": timeout},
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=timeout,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    # The pool's reset is the one place every transaction passes, however it ended.
    event.listen(engine, "reset", _reset_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise MissingPart("Không bật được WAL: thư mục dữ liệu phải nằm trên đĩa của máy này.")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    raw: Any = connection.connection.dbapi_connection
    seconds = options.get(TIMEOUT)
    limit = options["sohoa_default_timeout"] if seconds is None else seconds
    raw.execute(f"PRAGMA busy_timeout={int(limit * 1000)}")
    if seconds is not None:
        deadline = time.monotonic() + seconds
        raw.set_progress_handler(lambda: time.monotonic() > deadline, _PROGRESS_STEPS)
    if options.get(READ_ONLY):
        raw.execute("PRAGMA query_only=1")
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _reset_sqlite(connection: Any, _record: object, _state: object) -> None:
    connection.set_progress_handler(None, 0)
    connection.rollback()
    connection.execute("PRAGMA query_only=0")


def _make_postgres(address: URL, timeout: float, pool_size: int) -> Engine:
    milliseconds = int(timeout * 1000)
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        connect_args={
            "connect_timeout": max(2, min(10, round(timeout))),  # libpq takes whole seconds, at least 2
            "tcp_user_timeout": milliseconds,
            "application_name": "sohoa",
            # Transactions are begun below: with their time limits, in one message instead of three.
            "autocommit": True,
            "options": f"-c lock_timeout={milliseconds} -c statement_timeout={milliseconds} -c timezone=UTC",
        },
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=timeout,
    )
    event.listen(engine, "begin", _begin_postgres)
    return engine


def _begin_postgres(connection: Connection) -> None:
    options = connection.get_execution_options()
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if options.get(READ_ONLY) else "BEGIN"
    seconds = options.get(TIMEOUT)
    if seconds is not None:
        limit = max(1, int(seconds * 1000))
        begin += f"; SET LOCAL lock_timeout={limit}; SET LOCAL statement_timeout={limit}"
    connection.exec_driver_sql(begin)
