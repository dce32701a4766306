"""The embedded index on SQLite FTS5 (chỉ mục nhúng): in the service's own database or a file of its own.

Ranking and facets look at the newest 20,000 matches; beyond that a total is a lower bound.
"""
# ruff: noqa: S608 - only table names of search.embedded_schema are put into statements

import json
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy import Row as SqlRow
from sqlalchemy.exc import SQLAlchemyError

from records.sql.engine import READ_ONLY
from records.states import Confidentiality
from search.document import IndexDocument, IndexedWords, build_words, document_number_keys
from search.embedded_query import (
    ORDERS,
    Conditions,
    build_rank_query,
    build_source,
    build_values,
    join_pairs,
    visible_classes,
)
from search.embedded_schema import FACET_COLUMNS, RANK_WEIGHTS, STATE_TABLE, Tables
from search.errors import IndexUnavailable
from search.flow import Found, Row, Selection, Slice, Where, run_search
from search.index import Facet, Order, SearchPage, SearchRequest, UpsertReport
from search.queries import WordPlan
from search.text import word_pairs
from search.vocabulary import Statistics, Vocabulary

MATCH_CAP = 20_000
_FACET_SIZE = 50
_CHUNK = 200


class _EmbeddedVocabulary:
    """Word counts of the unrestricted documents, read from the FTS5 index itself."""

    def __init__(self, index: "EmbeddedIndex") -> None:
        self._index = index

    def read_statistics(self, words: Collection[str], pairs: Collection[str]) -> Statistics:
        """Counts for these words and pairs (`Vocabulary`)."""
        with self._index.reading() as (connection, tables):
            documents, mean = connection.execute(
                text(
                    f"SELECT count(*), avg(length) FROM {tables.document} WHERE secrecy = :s AND deleted = 0"
                ),
                {"s": Confidentiality.NORMAL.value},
            ).one()
            found = self._counts(connection, tables, "folded", list(words))
            joined = self._counts(connection, tables, "pairs", [pair.replace(" ", "_") for pair in pairs])
        found.update({pair.replace("_", " "): count for pair, count in joined.items()})
        return Statistics(documents, mean or 1.0, found)

    def _counts(
        self, connection: Connection, tables: Tables, column: str, terms: list[str]
    ) -> dict[str, int]:
        if not terms:
            return {}
        statement = text(
            f"SELECT term, doc FROM {tables.vocabulary} "
            "WHERE term IN (SELECT value FROM json_each(:terms)) AND col = :column"
        )
        rows = connection.execute(statement, {"terms": json.dumps(terms), "column": column})
        return {str(term): int(count) for term, count in rows}


class EmbeddedIndex:
    """`SearchIndex` on SQLite; `engine` is one of `records.sql.engine.make_engine`."""

    def __init__(self, engine: Engine) -> None:
        self._writer = engine
        self._reader = engine.execution_options(**{READ_ONLY: True})
        with self.writing() as connection:
            connection.execute(text(STATE_TABLE))
            connection.execute(text("INSERT OR IGNORE INTO search_state VALUES ('live', 1)"))
            self._create(connection, Tables(self._generation(connection, "live") or 1))

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the index."""
        return _EmbeddedVocabulary(self)

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

    def search(self, request: SearchRequest) -> SearchPage:
        """Hits within the request's scope (`SearchIndex`)."""
        return run_search(self, request)

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

    def count_each(self, selections: Sequence[Selection], where: Where) -> list[int]:
        """Counts up to the first selection that has any (`Finder`)."""
        counts: list[int] = []
        with self.reading() as (connection, tables):
            for selection in selections:
                counts.append(len(self._select(connection, tables, selection, where)))
                if counts[-1]:
                    break
        return counts

    def find(self, selection: Selection, where: Where, part: Slice) -> Found:
        """A slice of the selected documents (`Finder`)."""
        with self.reading() as (connection, tables):
            matched = self._select(connection, tables, selection, where)
            is_capped = len(matched) > MATCH_CAP
            matched = matched[:MATCH_CAP]
            rows = self._read_slice(connection, tables, selection, where, part, matched)
            facets = {facet: self._count_facet(connection, tables, facet, matched) for facet in part.facets}
        return Found(rows, len(matched), "gte" if is_capped else "eq", facets)

    def _select(
        self, connection: Connection, tables: Tables, selection: Selection, where: Where
    ) -> list[int]:
        """Row numbers of the matching documents, newest first, one more than the cap at most."""
        conditions = Conditions(where, tables)
        source, parameters = build_source(tables, selection, where)
        statement = text(
            f"SELECT seq FROM {tables.document} WHERE {conditions.sql}{source} "
            f"ORDER BY seq DESC LIMIT {MATCH_CAP + 1}"
        )
        return list(connection.execute(statement, {**conditions.parameters, **parameters}).scalars())

    def _read_slice(
        self, connection: Connection, tables: Tables, selection: Selection, where: Where, part: Slice,
        matched: Sequence[int],
    ) -> list[Row]:  # fmt: skip
        if selection.words is not None and part.order is Order.RELEVANCE:
            scored = self._score(connection, tables, selection.words, where, matched)
            chosen = scored[part.offset : part.offset + part.limit]
            rows = self._read_rows(connection, tables, [seq for seq, _ in chosen])
            return [_to_row(rows[seq], -score, with_words=part.with_words) for seq, score in chosen]
        order = ORDERS.get(part.order, ORDERS[Order.NEWEST])
        statement = text(
            f"SELECT * FROM {tables.document} WHERE seq IN (SELECT value FROM json_each(:seqs)) "
            f"ORDER BY {order} LIMIT :limit OFFSET :offset"
        )
        values = {"seqs": json.dumps(list(matched)), "limit": part.limit, "offset": part.offset}
        found = connection.execute(statement, values)
        return [_to_row(row, 0.0, with_words=part.with_words) for row in found]

    def _score(
        self, connection: Connection, tables: Tables, plan: WordPlan, where: Where, matched: Sequence[int]
    ) -> list[tuple[int, float]]:
        """(seq, bm25) best first; lower is better in FTS5."""
        scored: list[tuple[int, float]] = []
        values = {"query": build_rank_query(plan), "exact": plan.exact_weight}
        values["seqs"] = json.dumps(list(matched))
        for secrecy in visible_classes(where):
            name = tables.words(secrecy)
            # The plus keeps SQLite from looking up each rowid in the full-text index one by one.
            statement = text(
                f"SELECT rowid, bm25({name}, {RANK_WEIGHTS}) AS score FROM {name} WHERE {name} MATCH :query "
                "AND +rowid IN (SELECT value FROM json_each(:seqs))"
            )
            scored.extend((int(seq), float(score)) for seq, score in connection.execute(statement, values))
        return sorted(scored, key=lambda pair: (pair[1], -pair[0]))

    def _read_rows(
        self, connection: Connection, tables: Tables, seqs: Sequence[int]
    ) -> dict[int, SqlRow[Any]]:
        statement = text(f"SELECT * FROM {tables.document} WHERE seq IN (SELECT value FROM json_each(:seqs))")
        return {row.seq: row for row in connection.execute(statement, {"seqs": json.dumps(list(seqs))})}

    def _count_facet(
        self, connection: Connection, tables: Tables, facet: Facet, matched: Sequence[int]
    ) -> tuple[tuple[str, int], ...]:
        column = FACET_COLUMNS[facet]
        statement = text(
            f"SELECT {column} AS value, count(*) AS number FROM {tables.document} "
            f"WHERE seq IN (SELECT value FROM json_each(:seqs)) AND {column} <> '' "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_FACET_SIZE}"
        )
        rows = connection.execute(statement, {"seqs": json.dumps(list(matched))})
        return tuple((str(value), int(number)) for value, number in rows)

    def read_texts(self, ids: Sequence[str], where: Where) -> Mapping[str, str]:
        """Texts of these documents, within the scope (`Finder`)."""
        with self.reading() as (connection, tables):
            conditions = Conditions(where, tables)
            statement = text(
                f"SELECT id, body FROM {tables.document} WHERE {conditions.sql} "
                "AND id IN (SELECT value FROM json_each(:ids))"
            )
            rows = connection.execute(statement, {**conditions.parameters, "ids": json.dumps(list(ids))})
            return {str(row.id): str(row.body) for row in rows}


def _to_row(row: SqlRow[Any], score: float, *, with_words: bool) -> Row:
    issued = date.fromisoformat(row.issued) if row.issued else None
    words = (row.folded, row.exact, row.title_folded) if with_words else ("", "", "")
    return Row(row.id, score, row.title, row.number, row.issuer, row.kind, issued, row.unit, *words)
