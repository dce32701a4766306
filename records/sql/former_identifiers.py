"""Identifiers that changed and what requirements ask for, in SQL (định danh cũ, thành phần hồ sơ)."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from records.errors import RecordNotFound
from records.former_identifiers import FormerIdentifier, OwnerPair
from records.requirements import RequirementType
from records.sql.rows import AnySelect, Rows, build_row, columns_of
from records.sql.schema_reuse import former_identifiers, requirement_types


class SqlFormerIdentifierStore:
    """Identifiers that changed (định danh cũ)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, row: FormerIdentifier) -> None:
        """Keep a row; `DuplicateRecord` when the same change on the same day is there."""
        self._rows.add(former_identifiers, build_row(row))

    def save(self, row: FormerIdentifier) -> None:
        """Change a row; `RecordNotFound`."""
        self._rows.replace(former_identifiers, "id", build_row(row))

    def get(self, row_id: str) -> FormerIdentifier:
        """The row of that id; `RecordNotFound`."""
        return self._rows.get(FormerIdentifier, former_identifiers, "id", row_id)

    def around(self, keys: Iterable[OwnerPair]) -> Sequence[FormerIdentifier]:
        """Rows that name any of these identifiers, as the old or as the new one."""
        asked = list(keys)
        if not asked:
            return []
        values: dict[str, Any] = {}
        for place, (scheme, number) in enumerate(asked):
            values |= {f"scheme{place}": scheme, f"number{place}": number}
        return self._rows.all(FormerIdentifier, _build_around(len(asked)), values)

    def page(self, *, limit: int, offset: int = 0) -> tuple[Sequence[FormerIdentifier], int]:
        """Newest first, with the total."""
        table = former_identifiers
        return self._rows.page(FormerIdentifier, table, [], [table.c.at.desc(), table.c.id], limit, offset)


class SqlRequirementStore:
    """Which result types fulfil which requirement (thành phần hồ sơ)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, row: RequirementType) -> None:
        """Keep a row; `DuplicateRecord` for the same requirement, type and first day."""
        self._rows.add(requirement_types, build_row(row))

    def save(self, row: RequirementType) -> None:
        """Change when a row ends and where it comes from; `RecordNotFound`."""
        table = requirement_types.c
        this = (
            (table.requirement == row.requirement)
            & (table.type_code == row.type_code)
            & (table.valid_from == row.valid_from)
        )
        changed = requirement_types.update().where(this).values(valid_to=row.valid_to, source=row.source)
        if self._rows.run(changed).rowcount == 0:
            raise RecordNotFound(requirement=row.requirement)

    def of(self, requirements: Iterable[str]) -> Sequence[RequirementType]:
        """Rows of these requirements, of every day, by requirement, type and first day."""
        table = requirement_types.c
        wanted = select(*columns_of(RequirementType, requirement_types))
        mine = wanted.where(table.requirement.in_(sorted(set(requirements))))
        return self._rows.all(RequirementType, mine.order_by(*_ORDER))

    def page(self, *, limit: int, offset: int = 0) -> tuple[Sequence[RequirementType], int]:
        """By requirement, type and first day, with the total."""
        return self._rows.page(RequirementType, requirement_types, [], _ORDER, limit, offset)


_ORDER = (requirement_types.c.requirement, requirement_types.c.type_code, requirement_types.c.valid_from)


# Every lookup asks this: building a statement takes longer than running it, so it is built once.
@lru_cache(maxsize=128)
def _build_around(count: int) -> AnySelect:
    table = former_identifiers.c
    named: list[ColumnElement[bool]] = []
    for place in range(count):
        scheme, number = bindparam(f"scheme{place}"), bindparam(f"number{place}")
        named += [
            and_(table.former_id == number, table.former_scheme == scheme),
            and_(table.current_id == number, table.current_scheme == scheme),
        ]
    wanted = select(*columns_of(FormerIdentifier, former_identifiers)).where(or_(*named))
    return wanted.order_by(table.valid_from, table.id)
