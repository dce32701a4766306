"""What reading and operating the embedded index share (nền chỉ mục nhúng): transactions and generations."""
# ruff: noqa: S608 - only table names of search.embedded_schema are put into statements

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from records.sql.engine import READ_ONLY
from search.embedded_schema import STATE_TABLE, Tables
from search.errors import IndexUnavailable
from search.numbers import build_number_order
from search.sorting import build_sort_key


class EmbeddedBase:
    """The tables on SQLite; `engine` is one of `records.sql.engine.make_engine`."""

    def __init__(self, engine: Engine) -> None:
        self._writer = engine
        self._reader = engine.execution_options(**{READ_ONLY: True})
        with self.writing() as connection:
            connection.execute(text(STATE_TABLE))
            connection.execute(text("INSERT OR IGNORE INTO search_state VALUES ('live', 1)"))
            live = Tables(self._generation(connection, "live") or 1)
            self._create(connection, live)
            self._add_title_order(connection, live)

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A writing transaction; database errors become `IndexUnavailable`."""
        try:
            with self._writer.begin() as connection:
                yield connection
        except SQLAlchemyError as exc:
            raise IndexUnavailable from exc

    @contextmanager
    def reading(self) -> Generator[tuple[Connection, Tables]]:
        """A reading transaction and the tables of the live generation."""
        try:
            with self._reader.connect() as connection:
                yield connection, Tables(self._generation(connection, "live") or 1)
        except SQLAlchemyError as exc:
            raise IndexUnavailable from exc

    @staticmethod
    def _generation(connection: Connection, name: str) -> int | None:
        return connection.execute(
            text("SELECT generation FROM search_state WHERE name = :name"), {"name": name}
        ).scalar()

    @staticmethod
    def _create(connection: Connection, tables: Tables) -> None:
        for statement in tables.create():
            connection.execute(text(statement))

    def _written(self, connection: Connection) -> list[Tables]:
        """Generations that take writes: the live one and one being built."""
        found = (self._generation(connection, name) for name in ("live", "building"))
        return [Tables(generation) for generation in found if generation]

    @staticmethod
    def _add_title_order(connection: Connection, tables: Tables) -> None:
        """Bring tables made before titles could be sorted by up to date, sort keys of numbers with them."""
        columns = connection.execute(
            text(f"SELECT name FROM pragma_table_info('{tables.document}')")
        ).scalars()
        if "title_order" in set(columns):
            return
        connection.execute(
            text(f"ALTER TABLE {tables.document} ADD COLUMN title_order TEXT NOT NULL DEFAULT '~'")
        )
        rows = connection.execute(text(f"SELECT seq, title, number FROM {tables.document} WHERE deleted = 0"))
        values = [
            {"seq": seq, "title": build_sort_key(title), "number": build_number_order(number)}
            for seq, title, number in rows
        ]
        if values:
            connection.execute(
                text(
                    f"UPDATE {tables.document} SET title_order = :title, number_order = :number "
                    "WHERE seq = :seq"
                ),
                values,
            )
