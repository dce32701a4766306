"""Statements of the embedded index (câu lệnh SQL của chỉ mục nhúng): conditions, matching rule, values."""
# ruff: noqa: S608 - only table names of search.embedded_schema are put into statements

import json
from collections.abc import Iterable, Sequence
from typing import Any

from records.states import Confidentiality
from search.document import (
    INDEXED_CLASSES,
    IndexDocument,
    IndexedWords,
    document_number_order,
    document_title_order,
)
from search.embedded_schema import FACET_COLUMNS, Tables
from search.errors import BadQuery
from search.flow import Selection, Where
from search.index import Facet, Order
from search.queries import WordPlan

_WORD_CAP = 200_000

_BY_NEWEST = (("coalesce(issued, '')", "DESC"), ("id", "ASC"))
PLACES: dict[Order, tuple[tuple[str, str], ...]] = {
    Order.NEWEST: _BY_NEWEST,
    Order.OLDEST: (("coalesce(issued, '~')", "ASC"), ("id", "ASC")),
    Order.NUMBER: (("number_order", "ASC"), *_BY_NEWEST),
    Order.TITLE: (("title_order", "ASC"), *_BY_NEWEST),
}
"""What each order sorts by, with the direction; the id makes every place different."""


def build_order(order: Order) -> str:
    """An ORDER BY; beyond the ranked hits relevance goes by date."""
    return ", ".join(f"{column} {direction}" for column, direction in _places(order))


def build_place(order: Order) -> str:
    """A row's place in the order, as one JSON column."""
    return f"json_array({', '.join(column for column, _ in _places(order))}) AS place"


def _places(order: Order) -> tuple[tuple[str, str], ...]:
    return PLACES.get(order, _BY_NEWEST)


def build_after(order: Order, after: Sequence[str | int | None]) -> tuple[str, dict[str, Any]]:
    """The condition that a row stands after a place, and its parameters; nothing without a place."""
    if not after:
        return "", {}
    places = _places(order)
    if len(after) != len(places):
        raise BadQuery("Danh sách này không đọc tiếp được; hãy tìm lại.")
    steps: list[str] = []
    for at, (column, direction) in enumerate(places):
        same = [f"{before} = :after{number}" for number, (before, _) in enumerate(places[:at])]
        beyond = f"{column} {'<' if direction == 'DESC' else '>'} :after{at}"
        steps.append(f"({' AND '.join([*same, beyond])})")
    return f" AND ({' OR '.join(steps)})", {f"after{at}": value for at, value in enumerate(after)}


def join_pairs(pairs: Iterable[str]) -> str:
    """Pairs as single FTS5 tokens."""
    return " ".join(pair.replace(" ", "_") for pair in pairs)


def _quoted(terms: Iterable[str], operator: str) -> str:
    """Terms as FTS5 strings; they hold letters and digits only, so nothing can be an operator."""
    return f" {operator} ".join(f'"{term}"' for term in terms)


def build_rank_query(plan: WordPlan) -> str:
    """Everything that may raise a document, by column."""
    words = _quoted(dict.fromkeys((*plan.distinct, *plan.others)), "OR")
    parts = [f"{{folded title}} : ({words})"]
    if plan.pairs:
        pairs = _quoted((pair.replace(" ", "_") for pair in plan.pairs), "OR")
        parts.append(f"{{pairs title_pairs}} : ({pairs})")
    if plan.accented:
        parts.append(f"{{exact}} : ({_quoted(dict.fromkeys(plan.accented), 'OR')})")
    return " OR ".join(parts)


def visible_classes(where: Where) -> tuple[Confidentiality, ...]:
    """Classes whose full-text tables a request may read."""
    return INDEXED_CLASSES if where.scope.sees_restricted else INDEXED_CLASSES[:1]


class Conditions:
    """WHERE of a request: scope first, then filters; values bound, lists as JSON."""

    def __init__(self, where: Where, tables: Tables) -> None:
        self.parameters: dict[str, Any] = {}
        self._parts = ["deleted = 0", self._scope(where)]
        filters = where.filters
        chosen = [(FACET_COLUMNS[facet], filters.chosen(facet)) for facet in Facet]
        for column, wanted in (("signer", filters.signers), *chosen):
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


def build_source(tables: Tables, selection: Selection, where: Where) -> tuple[str, dict[str, str | int]]:
    """The selection as a condition to append, and its parameters."""
    if selection.keys:
        keys = json.dumps(selection.keys)
        return (
            f" AND seq IN (SELECT seq FROM {tables.key} WHERE key IN (SELECT value FROM json_each(:keys)))",
            {"keys": keys},
        )
    if selection.words is None:
        return "", {}
    return _word_source(tables, selection.words, where)


def _word_source(tables: Tables, plan: WordPlan, where: Where) -> tuple[str, dict[str, str | int]]:
    """Documents with at least `required` of the distinct words."""
    names = [tables.words(secrecy) for secrecy in visible_classes(where)]
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


def build_values(document: IndexDocument, words: IndexedWords) -> dict[str, Any]:
    """Columns of the document table but its number."""
    return {
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
        "title_order": document_title_order(document),
        "title": document.title,
        "body": document.text,
        "folded": words.folded,
        "exact": words.exact,
        "title_folded": words.title_folded,
        "length": words.count,
    }
