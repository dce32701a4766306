"""Which of our errors a database failure becomes."""

import pytest
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from records.errors import DuplicateRecord, InvalidValue, RecordNotFound, RecordsError, StoreUnavailable
from records.sql.failures import translate, translated_failures


class DriverError(Exception):
    """What a driver raises."""

    def __init__(self, message: str = "", **marks: object) -> None:
        super().__init__(message)
        self.__dict__.update(marks)


@pytest.mark.parametrize(
    ("number", "message", "kind"),
    [
        (19, "UNIQUE constraint failed: units.code", DuplicateRecord),
        (19, "FOREIGN KEY constraint failed", RecordNotFound),
        (19, "NOT NULL constraint failed: units.name", InvalidValue),
        (5, "database is locked", StoreUnavailable),
        (261, "database is locked", StoreUnavailable),
        (9, "interrupted", StoreUnavailable),
        (10, "disk I/O error", StoreUnavailable),
        (13, "database or disk is full", StoreUnavailable),
        (14, "unable to open database file", StoreUnavailable),
        (11, "database disk image is malformed", RecordsError),
        (1, "no such table: x", RecordsError),
    ],
)
def test_sqlite(number: int, message: str, kind: type[RecordsError]) -> None:
    """Result codes of SQLite."""
    failure = OperationalError("", None, DriverError(message, sqlite_errorcode=number))
    assert type(translate(failure)) is kind


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("23505", DuplicateRecord),
        ("23503", RecordNotFound),
        ("23502", InvalidValue),
        ("22001", InvalidValue),
        ("55P03", StoreUnavailable),
        ("57014", StoreUnavailable),
        ("57P01", StoreUnavailable),
        ("40P01", StoreUnavailable),
        ("53300", StoreUnavailable),
        ("08006", StoreUnavailable),
        ("28P01", StoreUnavailable),
        ("42P01", RecordsError),
        ("25006", RecordsError),
    ],
)
def test_postgres(state: str, kind: type[RecordsError]) -> None:
    """SQLSTATEs of PostgreSQL."""
    assert type(translate(DBAPIError("", None, DriverError(sqlstate=state)))) is kind


def test_others() -> None:
    """No server, no free connection, a mistake of our own."""
    assert type(translate(OperationalError("", None, DriverError("connection refused")))) is StoreUnavailable
    assert type(translate(IntegrityError("", None, DriverError()))) is RecordsError
    assert type(translate(PoolTimeout())) is StoreUnavailable
    assert type(translate(ArgumentError())) is RecordsError


def test_says_no_value() -> None:
    """Neither the statement nor the driver's text, which may quote a personal number, is passed on."""
    failure = DBAPIError("SELECT '001090012345'", None, DriverError("001090012345", sqlstate="22001"))
    assert "001090012345" not in str(translate(failure)) + translate(failure).text_vi


def test_text_the_driver_refuses() -> None:
    """A NUL in a text is a bad value and no outage: nobody waits for it to pass."""
    failure = DataError("", None, DriverError("PostgreSQL text fields cannot contain NUL (0x00) bytes"))
    assert type(translate(failure)) is InvalidValue


def test_text_that_is_no_unicode() -> None:
    """Half a surrogate pair is a bad value, and nothing foreign leaves the store."""
    with pytest.raises(InvalidValue), translated_failures():
        "\udcff".encode()
