"""Column types that give back the values the domain works with: aware UTC, enums, short lists."""

# ruff: noqa: ARG002 - SQLAlchemy hands the dialect to each of these

import json
from dataclasses import astuple
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, String, Text, TypeDecorator

from records.model import PageFault


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC on both sides; SQLite drops time zones, so it gets naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for the database; a naive time is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive time")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC for us."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Choice(TypeDecorator[StrEnum]):
    """A `StrEnum` kept as its value; a value unknown to the code raises `ValueError` when read."""

    impl = String(40)
    cache_ok = True

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """The value's text."""
        return None if value is None else self.choices(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        """The member."""
        return None if value is None else self.choices(value)


class JsonTuple(TypeDecorator[tuple[Any, ...]]):
    """A tuple of texts or numbers kept as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Dialect) -> str | None:
        """JSON text."""
        return None if value is None else json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:
        """The tuple."""
        return None if value is None else tuple(json.loads(value))


class PageFaults(TypeDecorator[tuple[PageFault, ...]]):
    """Pages to be scanned again, kept as JSON text; NULL, as before they were kept, is none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[PageFault, ...] | None, dialect: Dialect) -> str | None:
        """JSON text, NULL for none."""
        return json.dumps([astuple(fault) for fault in value]) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[PageFault, ...]:
        """The faults."""
        return tuple(
            PageFault(int(page), tuple(map(str, reasons)), tuple(map(int, missing)))
            for page, reasons, missing in json.loads(value or "[]")
        )


class JsonMap(TypeDecorator[dict[str, Any]]):
    """A flat map kept as JSON text with sorted keys."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """JSON text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        """The map."""
        return None if value is None else json.loads(value)
