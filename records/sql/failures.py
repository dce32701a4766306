"""The database's failures in our own words; no SQLAlchemy or driver error leaves `records.sql`."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from records.errors import (
    DuplicateRecord,
    InvalidValue,
    RecordNotFound,
    RecordsError,
    ServiceError,
    StoreUnavailable,
)

# Result codes (sqlite.org/rescode.html) and SQLSTATEs (PostgreSQL appendix A).
_SQLITE_CONSTRAINT = 19
# PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL
_SQLITE_OUTAGES = {3, 5, 6, 7, 8, 9, 10, 13, 14, 15}
# connection, transaction rolled back, resources, lock not available, intervention, system, bad log-in
_POSTGRES_OUTAGES = ("08", "40", "53", "55P03", "57", "58", "28", "3D")
_BAD_VALUE = ("22", "23")


@contextmanager
def translated_failures() -> Generator[None, None, None]:
    """Raise our own error for whatever SQLAlchemy or the driver raises inside."""
    try:
        yield
    except SQLAlchemyError as exc:
        raise translate(exc) from exc
    except UnicodeEncodeError as exc:
        # Half a surrogate pair, from a file name that is no UTF-8; the driver does not wrap it.
        raise InvalidValue(reason="text") from exc


def translate(failure: SQLAlchemyError) -> ServiceError:
    """Our error for a failure: an outage, a duplicate, a missing parent, a bad value, or damage."""
    if isinstance(failure, PoolTimeout):
        return StoreUnavailable(reason="pool")
    if not isinstance(failure, DBAPIError):
        return RecordsError(reason=type(failure).__name__)
    number: int | None = getattr(failure.orig, "sqlite_errorcode", None)
    if number is not None:
        return _translate_sqlite(number & 0xFF, str(failure.orig))
    state: str | None = getattr(failure.orig, "sqlstate", None)
    if state is None and isinstance(failure, DataError):
        # psycopg itself refuses a NUL in a text: trying again would never help.
        return InvalidValue(reason="data")
    if state is None:
        # psycopg gives no SQLSTATE when there is no server at the other end.
        outage = failure.connection_invalidated or not isinstance(failure, IntegrityError)
        return StoreUnavailable(reason="connection") if outage else RecordsError(reason="integrity")
    return _translate_postgres(state)


def _translate_sqlite(number: int, message: str) -> ServiceError:
    # pysqlite3 does not switch extended codes on: only the text tells the constraints apart.
    if number == _SQLITE_CONSTRAINT and message.startswith("UNIQUE"):
        return DuplicateRecord()
    if number == _SQLITE_CONSTRAINT and message.startswith("FOREIGN KEY"):
        return RecordNotFound()
    if number == _SQLITE_CONSTRAINT:
        return InvalidValue(sqlite=number)
    if number in _SQLITE_OUTAGES:
        return StoreUnavailable(sqlite=number)
    return RecordsError(sqlite=number)


def _translate_postgres(state: str) -> ServiceError:
    if state == "23505":
        return DuplicateRecord()
    if state == "23503":
        return RecordNotFound()
    if state.startswith(_POSTGRES_OUTAGES):
        return StoreUnavailable(sqlstate=state)
    if state.startswith(_BAD_VALUE):
        return InvalidValue(sqlstate=state)
    return RecordsError(sqlstate=state)
