"""Units and result types in SQL."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from records.model import ResultType, Unit
from records.sql.rows import Rows, build_row, columns_of
from records.sql.schema import result_types, units

# Built once: every lookup asks it.
_KNOWN = select(result_types.c.code).where(result_types.c.code.in_(bindparam("codes", expanding=True)))


class SqlUnitStore:
    """Organisational units (đơn vị)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, unit: Unit) -> None:
        """Add a unit."""
        self._rows.add(units, build_row(unit))

    def save(self, unit: Unit) -> None:
        """Change a unit."""
        self._rows.replace(units, "code", build_row(unit))

    def get(self, code: str) -> Unit:
        """The unit of that code."""
        return self._rows.get(Unit, units, "code", code)

    def find(self, code: str) -> Unit | None:
        """The unit of that code, if any."""
        return self._rows.find(Unit, units, units.c.code == code)

    def all(self) -> Sequence[Unit]:
        """Every unit, by code; sorted here because databases sort dots each in their own way."""
        found = self._rows.all(Unit, select(*columns_of(Unit, units)))
        return sorted(found, key=lambda unit: unit.code)

    def below(self, code: str) -> frozenset[str]:
        """The unit itself and every unit below it."""
        tree = select(units.c.code).where(units.c.code == code).cte(recursive=True)
        # UNION, not UNION ALL: a circle in the table must not run for ever.
        tree = tree.union(select(units.c.code).where(units.c.parent == tree.c.code))
        return frozenset(self._rows.run(select(tree.c.code)).scalars())

    def above(self, code: str) -> tuple[str, ...]:
        """The unit itself and every unit above it, nearest first."""
        path: list[str] = []
        unit = self.find(code)
        while unit is not None and unit.code not in path:
            path.append(unit.code)
            unit = self.find(unit.parent) if unit.parent else None
        return tuple(path)


class SqlTypeStore:
    """Result types (loại giấy tờ, kết quả)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, result_type: ResultType) -> None:
        """Add a type."""
        self._rows.add(result_types, build_row(result_type))

    def save(self, result_type: ResultType) -> None:
        """Change a type."""
        self._rows.replace(result_types, "code", build_row(result_type))

    def get(self, code: str) -> ResultType:
        """The type of that code."""
        return self._rows.get(ResultType, result_types, "code", code)

    def find(self, code: str) -> ResultType | None:
        """The type of that code, if any."""
        return self._rows.find(ResultType, result_types, result_types.c.code == code)

    def known(self, codes: Sequence[str]) -> frozenset[str]:
        """Those of the codes that are in the list."""
        return frozenset(self._rows.run(_KNOWN, {"codes": list(codes)}).scalars())

    def all(self) -> Sequence[ResultType]:
        """Every type, by code."""
        found = self._rows.all(ResultType, select(*columns_of(ResultType, result_types)))
        return sorted(found, key=lambda result_type: result_type.code)
