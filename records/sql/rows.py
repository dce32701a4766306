"""Dataclasses to rows and back on one connection; every store of `records.sql` stands on this."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Connection, CursorResult, Select, Table, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

from records.access import Scope
from records.errors import DuplicateRecord, RecordNotFound, StaleVersion
from records.ports import Clock
from records.sql.failures import translated_failures

AnySelect = Select[*tuple[Any, ...]]
AnyRows = CursorResult[*tuple[Any, ...]]
CHUNK = 500  # values in one IN (…)


class Value(Protocol):
    """A dataclass whose attributes are a table's columns."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class Versioned(Value, Protocol):
    """A value that is saved only over the version it was read with."""

    @property
    def id(self) -> str:
        """Key."""
        ...

    @property
    def version(self) -> int:
        """Rises by one with every save."""
        ...


ValueType = TypeVar("ValueType", bound=Value)
VersionedType = TypeVar("VersionedType", bound=Versioned)


@lru_cache(maxsize=256)
def _build_insert(table: Table, is_postgres: bool) -> Executable:
    """Built once a table: that takes longer than to run it.

    RETURNING, because the row count of an INSERT is not told by every driver.
    """
    insert = (postgresql if is_postgres else sqlite).insert(table)
    return insert.on_conflict_do_nothing().returning(literal(1))


def build_row(value: Value) -> dict[str, Any]:
    """The value's attributes by column name, not deep-copied."""
    return {column.name: getattr(value, column.name) for column in fields(value)}


def columns_of(kind: type[Value], table: Table) -> list[Any]:
    """The table's columns that the dataclass has."""
    return [table.c[column.name] for column in fields(kind)]


@dataclass(frozen=True, slots=True)
class Rows:
    """One connection in a transaction; `writing` tells a writer from a reader of a snapshot."""

    connection: Connection
    clock: Clock
    writing: bool

    @property
    def is_postgres(self) -> bool:
        """Whether row locks are needed and there: SQLite has one writer at a time anyway."""
        return self.connection.dialect.name == "postgresql"

    def run(
        self, statement: Executable, values: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None
    ) -> AnyRows:
        """Run one statement, with its named values where it has any, or one for each of `values`."""
        with translated_failures():
            return self.connection.execute(statement, values)

    def insert(self, table: Table) -> Any:
        """An insert that knows `on_conflict_…` on both databases."""
        return (postgresql if self.is_postgres else sqlite).insert(table)

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """Insert; `DuplicateRecord` on any unique key that is there, and the transaction goes on."""
        if not self.add_if_new(table, row):
            raise DuplicateRecord()

    def add_if_new(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert unless a unique key is there already; whether the row was inserted."""
        return self.run(_build_insert(table, self.is_postgres), row).first() is not None

    def replace(self, table: Table, key: str, row: Mapping[str, Any]) -> None:
        """Overwrite the row of that key; `RecordNotFound` when there is none."""
        statement = table.update().where(table.c[key] == row[key]).values(**row)
        if self.run(statement).rowcount == 0:
            raise RecordNotFound(id=row[key])

    def replace_versioned(self, table: Table, value: VersionedType) -> VersionedType:
        """Overwrite where the version is still the value's; returns the value with version + 1."""
        changed: VersionedType = replace(value, version=value.version + 1)  # type: ignore[type-var]
        mine = (table.c.id == value.id) & (table.c.version == value.version)
        if self.run(table.update().where(mine).values(**build_row(changed))).rowcount == 0:
            if self.run(select(table.c.id).where(table.c.id == value.id)).first() is None:
                raise RecordNotFound(id=value.id)
            raise StaleVersion(id=value.id, version=value.version)
        return changed

    def find(self, kind: type[ValueType], table: Table, *where: Any) -> ValueType | None:
        """The one row that fits, as a value."""
        row = self.run(select(*columns_of(kind, table)).where(*where)).mappings().first()
        return None if row is None else kind(**row)

    def get(self, kind: type[ValueType], table: Table, key: str, value: str) -> ValueType:
        """The row of that key; `RecordNotFound`."""
        found = self.find(kind, table, table.c[key] == value)
        if found is None:
            raise RecordNotFound(id=value)
        return found

    def all(
        self, kind: type[ValueType], statement: AnySelect, values: Mapping[str, Any] | None = None
    ) -> list[ValueType]:
        """Rows of a statement that selects exactly the columns of `kind`."""
        return [kind(**row) for row in self.run(statement, values).mappings()]

    def page(
        self,
        kind: type[ValueType],
        table: Table,
        where: Iterable[Any],
        order: Iterable[Any],
        limit: int,
        offset: int,
    ) -> tuple[list[ValueType], int]:
        """One page and the number of all rows that fit."""
        wanted = select(*columns_of(kind, table)).where(*where)
        total: int = self.run(select(func.count()).select_from(table).where(*where)).scalar_one()
        return self.all(kind, wanted.order_by(*order).limit(limit).offset(offset)), total


def within(scope: Scope, column: Any) -> list[Any]:
    """The condition that a row lies in the scope; nothing for the whole province."""
    return [] if scope.units is None else [column.in_(sorted(scope.units))]


def chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """Pieces small enough for one IN (…)."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
