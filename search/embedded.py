"""The embedded index on SQLite FTS5 (chỉ mục nhúng): in the service's own database or a file of its own.

Ranking and facets look at the newest 20,000 matches; beyond that a total is a lower bound.
"""
# ruff: noqa: S608 - only table names of search.embedded_schema are put into statements

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row as SqlRow, text
from sqlalchemy.exc import SQLAlchemyError

from records.sql.engine import READ_ONLY
from records.states import Confidentiality
from search.document import (
    INDEXED_CLASSES,
    IndexDocument,
    build_words,
    document_number_keys,
    document_number_order,
)
from search.embedded_schema import FACET_COLUMNS, RANK_WEIGHTS, STATE_TABLE, Tables
from search.errors import IndexUnavailable
from search.flow import Found, Row, Selection, Slice, Where, run_search
from search.index import Facet, Order, SearchPage, SearchRequest, UpsertReport
from search.queries import WordPlan
from search.text import word_pairs
from search.vocabulary import Statistics, Vocabulary

MATCH_CAP = 20_000
_WORD_CAP = 200_000
_FACET_SIZE = 50
_CHUNK = 200

_ORDERS = {
    Order.NEWEST: "issued IS NULL, issued DESC, id",
    Order.OLDEST: "issued IS NULL, issued, id",
    Order.NUMBER: "number_order, issued IS NULL, issued DESC, id",
}


def _joined(pairs: Iterable[str]) -> str:
    return " ".join(pair.replace(" ", "_") for pair in pairs)


def _quoted(terms: Iterable[str], operator: str) -> str:
    """Terms as FTS5 strings; they hold letters and digits only, so nothing can be an operator."""
    return f" {operator} ".join(f'"{term}"' for term in terms)


def _rank_query(plan: WordPlan) -> str:
    """Everything that may raise a document, by column."""
    words = _quoted(dict.fromkeys((*plan.distinct, *plan.others)), "OR")
    parts = [f"{{folded title}} : ({words})"]
    if plan.pairs:
        pairs = _quoted((pair.replace(" ", "_") for pair in plan.pairs), "OR")
        parts.append(f"{{pairs title_pairs}} : ({pairs})")
    if plan.accented:
        parts.append(f"{{exact}} : ({_quoted(dict.fromkeys(plan.accented), 'OR')})")
    return " OR ".join(parts)


def _classes(where: Where) -> tuple[Confidentiality, ...]:
    return INDEXED_CLASSES if where.scope.sees_restricted else INDEXED_CLASSES[:1]


class _Conditions:
    """WHERE of a request: scope first, then filters; values bound, lists as JSON."""

    def __init__(self, where: Where, tables: Tables) -> None:
        self.parameters: dict[str, Any] = {}
        self._parts = ["deleted = 0", self._scope(where)]
        filters = where.filters
        for column, wanted in (
            ("kind", filters.kinds),
            ("issuer", filters.issuers),
            ("signer", filters.signers),
            ("result_type", filters.result_types),
            ("state", filters.states),
        ):
            if wanted:
                self._parts.append(self._among(column, wanted))
        if filters.units:
            self._parts.append(
                f"seq IN (SELECT seq FROM {tables.unit} WHERE {self._among('unit', filters.units)})"
            )
        self._compare("issued >= ", filters.issued_from and filters.issued_from.isoformat())
        self._compare("issued <= ", filters.issued_to and filters.issued_to.isoformat())
        self._compare("owner_key = ", filters.owner_key)

    @property
    def sql(self) -> str:
        """The condition, to stand after WHERE or AND."""
        return " AND ".join(self._parts)

    def _bind(self, value: str) -> str:
        name = f"c{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _among(self, column: str, wanted: Sequence[str]) -> str:
        return f"{column} IN (SELECT value FROM json_each({self._bind(json.dumps(wanted))}))"

    def _compare(self, left: str, value: str | None) -> None:
        if value is not None:
            self._parts.append(left + self._bind(value))

    def _class(self, secrecy: Confidentiality, units: tuple[str, ...] | None) -> str:
        inside = "" if units is None else f" AND {self._among('unit', units)}"
        return f"(secrecy = '{secrecy.value}'{inside})"

    def _scope(self, where: Where) -> str:
        scope = where.scope
        ordinary = self._class(Confidentiality.NORMAL, scope.ordinary_units)
        if not scope.sees_restricted:
            return ordinary
        return f"({ordinary} OR {self._class(Confidentiality.RESTRICTED, scope.restricted_units)})"


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
    def writing(self) -> Iterator[Connection]:
        """A writing transaction; database errors become `IndexUnavailable`."""
        try:
            with self._writer.begin() as connection:
                yield connection
        except SQLAlchemyError as exc:
            raise IndexUnavailable from exc

    @contextmanager
    def reading(self) -> Iterator[tuple[Connection, Tables]]:
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

    # ------------------------------------------------------------------ writes

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
        """Remove what is indexed of the document; its seq, -1 for a new one, None if a later version is there."""
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
        values = {
            "seq": None if seq < 0 else seq,
            "id": document.id,
            "version": document.version,
            "secrecy": document.secrecy.value,
            "unit": document.unit,
            "kind": document.kind,
            "issuer": document.issuer,
            "signer": document.signer,
            "result_type": document.result_type,
            "state": document.state,
            "issued": document.issued.isoformat() if document.issued else None,
            "owner_key": document.owner_key,
            "number": document.number,
            "number_order": document_number_order(document),
            "title": document.title,
            "body": document.text,
            "folded": words.folded,
            "exact": words.exact,
            "title_folded": words.title_folded,
            "length": words.count,
        }
        columns = ", ".join(values)
        places = ", ".join(f":{name}" for name in values)
        result = connection.execute(
            text(f"INSERT INTO {tables.document} ({columns}) VALUES ({places})"), values
        )
        seq = result.lastrowid if seq < 0 else seq
        self._write_words(connection, tables, document, seq)
        return True

    def _write_words(self, connection: Connection, tables: Tables, document: IndexDocument, seq: int) -> None:
        words = build_words(document)
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
                "p": _joined(word_pairs(words.folded.split())),
                "tp": _joined(word_pairs(words.title_folded.split())),
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

    # ------------------------------------------------------------------ reads

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

    def refresh(self) -> None:
        """Writes are visible with their commit; nothing to do (`SearchIndex`)."""

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
        conditions = _Conditions(where, tables)
        source, parameters = self._source(tables, selection, where)
        statement = text(
            f"SELECT seq FROM {tables.document} WHERE {conditions.sql}{source} ORDER BY seq DESC LIMIT {MATCH_CAP + 1}"
        )
        return list(connection.execute(statement, {**conditions.parameters, **parameters}).scalars())

    def _source(self, tables: Tables, selection: Selection, where: Where) -> tuple[str, dict[str, str | int]]:
        if selection.keys:
            keys = json.dumps(selection.keys)
            return (
                f" AND seq IN (SELECT seq FROM {tables.key} WHERE key IN (SELECT value FROM json_each(:keys)))",
                {"keys": keys},
            )
        if selection.words is None:
            return "", {}
        return self._word_source(tables, selection.words, where)

    def _word_source(self, tables: Tables, plan: WordPlan, where: Where) -> tuple[str, dict[str, str | int]]:
        """Documents with at least `required` of the distinct words."""
        names = [tables.words(secrecy) for secrecy in _classes(where)]
        if plan.required == len(plan.distinct):
            each = [f"SELECT rowid FROM {name} WHERE {name} MATCH :all" for name in names]
            return f" AND seq IN ({' UNION ALL '.join(each)})", {
                "all": f"{{folded}} : ({_quoted(plan.distinct, 'AND')})"
            }
        parameters: dict[str, str | int] = {"required": plan.required}
        parts: list[str] = []
        for at, word in enumerate(plan.distinct):
            parameters[f"w{at}"] = f'{{folded}} : "{word}"'
            parts.extend(
                f"SELECT r FROM (SELECT rowid AS r FROM {name} WHERE {name} MATCH :w{at} "
                f"ORDER BY rowid DESC LIMIT {_WORD_CAP})"
                for name in names
            )
        union = " UNION ALL ".join(parts)
        return f" AND seq IN (SELECT r FROM ({union}) GROUP BY r HAVING count(*) >= :required)", parameters

    def _read_slice(
        self, connection: Connection, tables: Tables, selection: Selection, where: Where, part: Slice,
        matched: Sequence[int],
    ) -> list[Row]:  # fmt: skip
        if selection.words is not None and part.order is Order.RELEVANCE:
            scored = self._score(connection, tables, selection.words, where, matched)
            chosen = scored[part.offset : part.offset + part.limit]
            rows = {row.seq: row for row in self._read_rows(connection, tables, [seq for seq, _ in chosen])}
            return [_to_row(rows[seq], -score, with_words=part.with_words) for seq, score in chosen]
        order = _ORDERS.get(part.order, _ORDERS[Order.NEWEST])
        statement = text(
            f"SELECT * FROM {tables.document} WHERE seq IN (SELECT value FROM json_each(:seqs)) "
            f"ORDER BY {order} LIMIT :limit OFFSET :offset"
        )
        values = {"seqs": json.dumps(list(matched)), "limit": part.limit, "offset": part.offset}
        return [
            _to_row(row, 0.0, with_words=part.with_words) for row in connection.execute(statement, values)
        ]

    def _score(
        self, connection: Connection, tables: Tables, plan: WordPlan, where: Where, matched: Sequence[int]
    ) -> list[tuple[int, float]]:
        """(seq, bm25) best first; lower is better in FTS5."""
        scored: list[tuple[int, float]] = []
        values = {"query": _rank_query(plan), "exact": plan.exact_weight, "seqs": json.dumps(list(matched))}
        for secrecy in _classes(where):
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
    ) -> Sequence[SqlRow[Any]]:
        statement = text(f"SELECT * FROM {tables.document} WHERE seq IN (SELECT value FROM json_each(:seqs))")
        return connection.execute(statement, {"seqs": json.dumps(list(seqs))}).all()

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
            conditions = _Conditions(where, tables)
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
