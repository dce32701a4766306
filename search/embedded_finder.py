"""Reading the embedded index (đọc chỉ mục nhúng): the primitives of a search and the words of the index.

Ranking and facets look at the newest 20,000 matches; beyond that a total is a lower bound.
"""
# ruff: noqa: S608 - only table names of search.embedded_schema are put into statements

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy import Row as SqlRow

from records.states import Confidentiality
from search.embedded_base import EmbeddedBase
from search.embedded_query import (
    Conditions,
    build_after,
    build_order,
    build_place,
    build_rank_query,
    build_source,
    visible_classes,
)
from search.embedded_schema import FACET_COLUMNS, RANK_WEIGHTS, Tables
from search.flow import Found, Row, Selection, Slice, Tail, Where
from search.index import Facet, Order
from search.queries import WordPlan
from search.ranking import WINDOW
from search.vocabulary import Statistics, Vocabulary

MATCH_CAP = 20_000
_FACET_SIZE = 50


class _EmbeddedVocabulary:
    """Word counts of the unrestricted documents, read from the FTS5 index itself."""

    def __init__(self, index: EmbeddedBase) -> None:
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


class EmbeddedFinder(EmbeddedBase):
    """The primitives of a search (`Finder`) on SQLite."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the index."""
        return _EmbeddedVocabulary(self)

    def count_each(self, selections: Sequence[Selection], where: Where) -> list[int]:
        """Counts up to the first selection that has any (`Finder`)."""
        counts: list[int] = []
        with self.reading() as (connection, tables):
            for selection in selections:
                counts.append(len(self._select(connection, tables, selection, where)))
                if counts[-1]:
                    break
        return counts

    @property
    def ranked(self) -> int:
        """How many of the best hits are ranked outside the database (`Finder`)."""
        return WINDOW

    def find(self, selection: Selection, where: Where, part: Slice) -> Found:
        """A slice of the selected documents (`Finder`)."""
        with self.reading() as (connection, tables):
            matched = self._select(connection, tables, selection, where)
            is_capped = len(matched) > MATCH_CAP
            matched = matched[:MATCH_CAP]
            rows = self._read_slice(connection, tables, selection, where, part, matched)
            facets = {
                facet: self._count_facet(
                    connection,
                    tables,
                    facet,
                    self._widen(connection, tables, selection, where, facet, matched),
                )
                for facet in part.facets
            }
        return Found(rows, len(matched), "gte" if is_capped else "eq", facets)

    def _widen(
        self, connection: Connection, tables: Tables, selection: Selection, where: Where, facet: Facet,
        matched: Sequence[int],
    ) -> Sequence[int]:  # fmt: skip
        """What would match if nothing of this facet were chosen."""
        if not where.filters.chosen(facet):
            return matched
        wider = replace(where, filters=where.filters.without([facet]))
        return self._select(connection, tables, selection, wider)[:MATCH_CAP]

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
        statement = text(
            f"SELECT *, {build_place(part.order)} FROM {tables.document} "
            "WHERE seq IN (SELECT value FROM json_each(:seqs)) "
            f"ORDER BY {build_order(part.order)} LIMIT :limit OFFSET :offset"
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

    def find_tail(self, selection: Selection, where: Where, tail: Tail) -> tuple[list[Row], str]:
        """Rows after a place; what changes meanwhile takes no place from what does not (`Finder`)."""
        with self.reading() as (connection, tables):
            conditions = Conditions(where, tables)
            source, parameters = build_source(tables, selection, where)
            after, place = build_after(tail.order, tail.after)
            statement = text(
                f"SELECT *, {build_place(tail.order)} FROM {tables.document} "
                f"WHERE {conditions.sql}{source}{after} "
                "AND id NOT IN (SELECT value FROM json_each(:excluded)) "
                f"ORDER BY {build_order(tail.order)} LIMIT :limit"
            )
            values = {**conditions.parameters, **parameters, **place}
            values |= {"excluded": json.dumps(list(tail.excluded)), "limit": tail.limit}
            rows = [_to_row(row, 0.0, with_words=False) for row in connection.execute(statement, values)]
        return rows, ""

    def close(self, opened: str) -> None:
        """Nothing is held open (`Finder`)."""

    def find_rows(self, ids: Sequence[str], where: Where) -> Mapping[str, Row]:
        """These documents with their words, within the scope (`Finder`)."""
        rows = self._read_each("*", ids, where)
        return {row.id: _to_row(row, 0.0, with_words=True) for row in rows}

    def read_texts(self, ids: Sequence[str], where: Where) -> Mapping[str, str]:
        """Texts of these documents, within the scope (`Finder`)."""
        return {str(row.id): str(row.body) for row in self._read_each("id, body", ids, where)}

    def _read_each(self, columns: str, ids: Sequence[str], where: Where) -> Sequence[SqlRow[Any]]:
        """Columns of these documents, within the scope."""
        with self.reading() as (connection, tables):
            conditions = Conditions(where, tables)
            statement = text(
                f"SELECT {columns} FROM {tables.document} WHERE {conditions.sql} "
                "AND id IN (SELECT value FROM json_each(:ids))"
            )
            given = {**conditions.parameters, "ids": json.dumps(list(ids))}
            return connection.execute(statement, given).all()


def _to_row(row: SqlRow[Any], score: float, *, with_words: bool) -> Row:
    issued = date.fromisoformat(row.issued) if row.issued else None
    words = (row.folded, row.exact, row.title_folded) if with_words else ("", "", "")
    place = tuple(json.loads(getattr(row, "place", "[]")))
    return Row(row.id, score, row.title, row.number, row.issuer, row.kind, issued, row.unit, *words, place)
