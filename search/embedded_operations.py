"""Operating the embedded index (vận hành chỉ mục nhúng): writing, rebuilding, listing, checking."""
# ruff: noqa: S608 - only table names of search.embedded_schema are put into statements

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection, text

from records.states import Confidentiality
from search.document import IndexDocument, IndexedWords, build_words, document_number_keys
from search.drift import RangeSum, find_range, sum_ranges
from search.embedded_base import EmbeddedBase
from search.embedded_query import build_values, join_pairs
from search.embedded_schema import SCHEMA, Tables
from search.index import IndexStatus, UpsertReport
from search.text import word_pairs

_CHUNK = 200


class EmbeddedOperations(EmbeddedBase):
    """The writing half of `SearchIndex` on SQLite, and what operating it needs."""

    def upsert(self, documents: Sequence[IndexDocument]) -> UpsertReport:
        """Write documents by version (`SearchIndex`)."""
        with self.writing() as connection:
            return self.upsert_in(connection, documents)

    def upsert_in(self, connection: Connection, documents: Sequence[IndexDocument]) -> UpsertReport:
        """The same within the caller's transaction on this database."""
        live, *others = self._written(connection)
        for tables in others:
            for document in documents:
                self._write(connection, tables, document)
        written = sum(self._write(connection, live, document) for document in documents)
        return UpsertReport(written, len(documents) - written)

    def _make_room(
        self, connection: Connection, tables: Tables, document_id: str, version: int
    ) -> int | None:
        """Remove what is indexed of it; its seq, -1 for a new one, None if a later version is there."""
        row = connection.execute(
            text(f"SELECT seq, version, secrecy, deleted FROM {tables.document} WHERE id = :id"),
            {"id": document_id},
        ).first()
        if row is None:
            return -1
        if row.version > version:
            return None
        if not row.deleted:
            words = tables.words(Confidentiality(row.secrecy))
            connection.execute(text(f"DELETE FROM {words} WHERE rowid = :seq"), {"seq": row.seq})
        for table in (tables.unit, tables.key, tables.document):
            connection.execute(text(f"DELETE FROM {table} WHERE seq = :seq"), {"seq": row.seq})
        return row.seq

    def _write(self, connection: Connection, tables: Tables, document: IndexDocument) -> bool:
        seq = self._make_room(connection, tables, document.id, document.version)
        if seq is None:
            return False
        words = build_words(document)
        values = {"seq": None if seq < 0 else seq, **build_values(document, words)}
        columns = ", ".join(values)
        places = ", ".join(f":{name}" for name in values)
        result = connection.execute(
            text(f"INSERT INTO {tables.document} ({columns}) VALUES ({places})"), values
        )
        seq = result.lastrowid if seq < 0 else seq
        self._write_words(connection, tables, document, words, seq)
        return True

    def _write_words(
        self, connection: Connection, tables: Tables, document: IndexDocument, words: IndexedWords, seq: int
    ) -> None:
        connection.execute(
            text(
                f"INSERT INTO {tables.words(document.secrecy)} "
                "(rowid, folded, exact, title, pairs, title_pairs) VALUES (:seq, :f, :e, :t, :p, :tp)"
            ),
            {
                "seq": seq,
                "f": words.folded,
                "e": words.exact,
                "t": words.title_folded,
                "p": join_pairs(word_pairs(words.folded.split())),
                "tp": join_pairs(word_pairs(words.title_folded.split())),
            },
        )
        units = {*document.unit_path, document.unit} - {""}
        for table, column, found in (
            (tables.unit, "unit", units),
            (tables.key, "key", document_number_keys(document)),
        ):
            if found:
                connection.execute(
                    text(f"INSERT INTO {table} ({column}, seq) VALUES (:value, :seq)"),
                    [{"value": value, "seq": seq} for value in found],
                )

    def delete(self, document_id: str, version: int) -> bool:
        """Remove, leaving a tombstone with the version (`SearchIndex`)."""
        with self.writing() as connection:
            return all(
                [self._bury(connection, t, document_id, version) for t in self._written(connection)][:1]
            )

    def _bury(self, connection: Connection, tables: Tables, document_id: str, version: int) -> bool:
        seq = self._make_room(connection, tables, document_id, version)
        if seq is None:
            return False
        connection.execute(
            text(f"INSERT INTO {tables.document} (id, version, deleted) VALUES (:id, :version, 1)"),
            {"id": document_id, "version": version},
        )
        return True

    def rebuild(self, documents: Iterable[IndexDocument]) -> int:
        """Fill a new generation while the live one serves, then switch (`SearchIndex`).

        A second rebuild at the same time takes over; the first then fails.
        """
        with self.writing() as connection:
            written = self._written(connection)
            for stale in written[1:]:
                self._drop(connection, stale)
            built = Tables(max(tables.generation for tables in written) + 1)
            self._create(connection, built)
            connection.execute(
                text("INSERT OR REPLACE INTO search_state VALUES ('building', :g)"), {"g": built.generation}
            )
        stream = iter(documents)
        while chunk := list(islice(stream, _CHUNK)):
            with self.writing() as connection:
                for document in chunk:
                    self._write(connection, built, document)
        return self._switch(built)

    def _switch(self, built: Tables) -> int:
        with self.writing() as connection:
            old = Tables(self._generation(connection, "live") or 1)
            connection.execute(
                text("UPDATE search_state SET generation = :g WHERE name = 'live'"), {"g": built.generation}
            )
            connection.execute(text("DELETE FROM search_state WHERE name = 'building'"))
            self._drop(connection, old)
            return connection.execute(
                text(f"SELECT count(*) FROM {built.document} WHERE deleted = 0")
            ).scalar_one()

    @staticmethod
    def _drop(connection: Connection, tables: Tables) -> None:
        for statement in tables.drop():
            connection.execute(text(statement))

    def count(self) -> int:
        """Documents in the index (`SearchIndex`)."""
        with self.reading() as (connection, tables):
            return connection.execute(
                text(f"SELECT count(*) FROM {tables.document} WHERE deleted = 0")
            ).scalar_one()

    def ids_with_versions(self) -> Iterator[tuple[str, int]]:
        """Every (id, version), ordered by id (`SearchIndex`)."""
        last = ""
        while True:
            with self.reading() as (connection, tables):
                rows = connection.execute(
                    text(
                        f"SELECT id, version FROM {tables.document} WHERE deleted = 0 AND id > :last "
                        "ORDER BY id LIMIT 1000"
                    ),
                    {"last": last},
                ).all()
            if not rows:
                return
            yield from ((str(row.id), int(row.version)) for row in rows)
            last = rows[-1].id

    def sum_ranges(self) -> Mapping[int, RangeSum]:
        """Sums of every range, added up here (`SearchIndex`)."""
        return sum_ranges(self.ids_with_versions())

    def list_range(self, number: int) -> Iterable[tuple[str, int]]:
        """Every (id, version) of a range (`SearchIndex`)."""
        return (pair for pair in self.ids_with_versions() if find_range(pair[0]) == number)

    def find_status(self) -> IndexStatus:
        """How the index stands (`SearchIndex`); opening it makes today's tables."""
        with self.reading() as (connection, tables):
            engine = f"SQLite FTS5 {connection.execute(text('SELECT sqlite_version()')).scalar_one()}"
            live = f"SELECT count(*) FROM {tables.document} WHERE deleted = 0"
            documents = connection.execute(text(live)).scalar_one()
            pages = connection.execute(
                text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            )
            size = pages.scalar_one()
            generation = self._generation(connection, "building")
            building = None
            if generation:
                built = Tables(generation).document
                building = connection.execute(text(f"SELECT count(*) FROM {built}")).scalar_one()
        return IndexStatus(engine, SCHEMA, SCHEMA, documents, size, building)

    def delete_in(self, connection: Connection, removals: Iterable[tuple[str, int]]) -> None:
        """Remove within the caller's transaction on this database."""
        written = self._written(connection)
        for document_id, version in removals:
            for tables in written:
                self._bury(connection, tables, document_id, version)

    def ensure(self) -> None:
        """Nothing to do: opening makes the tables (`SearchIndex`)."""

    def refresh(self) -> None:
        """Nothing to do: writes are visible with their commit (`SearchIndex`)."""

    def check(self) -> str:
        """SQLite's version after a query of the kind used (`SearchIndex`)."""
        with self.reading() as (connection, tables):
            version = connection.execute(text("SELECT sqlite_version()")).scalar_one()
            words = tables.words(Confidentiality.NORMAL)
            connection.execute(text(f"SELECT rowid FROM {words} WHERE {words} MATCH 'sohoa' LIMIT 1")).all()
            connection.execute(text(f"SELECT term FROM {tables.vocabulary} LIMIT 1")).all()
        return f"SQLite FTS5 {version}"
