"""Mapping and request bodies for Elasticsearch (ánh xạ): only parts of the core server, text folded here.

Field names follow the design: `kd` folded words, `cd` exact words, `td_kd` folded title, `.doi` pairs of
words, `so_khoa` number keys, `sap_so` and `sap_td` sort keys of number and title, `mat` class, `duong` unit
path.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from records.states import Confidentiality
from search.document import (
    IndexDocument,
    build_words,
    document_number_keys,
    document_number_order,
    document_title_order,
)
from search.drift import build_mark, find_range
from search.flow import Row, Selection, Where
from search.index import Facet, Filters, Order
from search.queries import WordPlan

SCHEMA = "3"
"""Version of the mapping; part of an index's name."""

FACET_FIELDS = {
    Facet.KIND: "loai",
    Facet.ISSUER: "co_quan",
    Facet.UNIT: "don_vi",
    Facet.RESULT_TYPE: "loai_kq",
    Facet.STATE: "trang_thai",
    Facet.YEAR: "nam",
}
ROW_FIELDS = ["tieu_de", "so", "co_quan", "loai", "ngay", "don_vi"]
WORD_FIELDS = ["kd", "cd", "td_kd"]
_FACET_SIZE = 50
_KEYWORDS = ("ma", "so_khoa", "sap_so", "sap_td", "don_vi", "duong", "mat", "loai", "co_quan", "nguoi_ky")

# `ngay` is missing for undated documents; they come last in both directions, as in the embedded index.
_BY_NEWEST = [{"ngay": {"order": "desc", "missing": "_last"}}, {"ma": "asc"}]
SORTS: dict[Order, list[dict[str, Any]]] = {
    Order.RELEVANCE: [{"_score": "desc"}, *_BY_NEWEST],
    Order.NEWEST: _BY_NEWEST,
    Order.OLDEST: [{"ngay": {"order": "asc", "missing": "_last"}}, {"ma": "asc"}],
    Order.NUMBER: [{"sap_so": "asc"}, *_BY_NEWEST],
    Order.TITLE: [{"sap_td": "asc"}, *_BY_NEWEST],
}


def _bm25(k1: float, b: float) -> dict[str, Any]:
    return {"type": "BM25", "k1": k1, "b": b}


def _stored() -> dict[str, Any]:
    """Kept for display, never searched."""
    return {"type": "keyword", "index": False, "doc_values": False}


def build_index_body(shards: int) -> dict[str, Any]:
    """Settings and mapping of one physical index."""
    pairs = {"type": "text", "analyzer": "vi_2", "index_options": "freqs"}
    keyword = {"type": "keyword", "ignore_above": 8000}
    words = {"type": "text", "analyzer": "vi_1"}
    return {
        "settings": {
            "number_of_shards": shards,
            # A copy on a second node as soon as there is one, and none asked for in vain before.
            "auto_expand_replicas": "0-1",
            # Named, though it is the default: an index that leaves it out stops refreshing when nobody has
            # searched for 30 s, and word counts, which are no search, would be those of that time.
            "refresh_interval": "1s",
            # Tombstones must outlive a rebuild and a long outage of the outbox.
            "gc_deletes": "24h",
            "analysis": {
                "filter": {
                    "vi_doi": {
                        "type": "shingle", "min_shingle_size": 2, "max_shingle_size": 2,
                        "output_unigrams": False,
                    }
                },
                "analyzer": {
                    "vi_1": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]},
                    "vi_2": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "vi_doi"]},
                },
            },
            "similarity": {"s1": _bm25(0.9, 0.5), "s2": _bm25(0.6, 0.5), "t1": _bm25(1.2, 0.5)},
        },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "kd": {**words, "similarity": "s1", "fields": {"doi": {**pairs, "similarity": "s2"}}},
                "cd": {**words, "similarity": "s1", "index_options": "freqs"},
                "td_kd": {
                    **words, "similarity": "t1", "index_options": "freqs",
                    "fields": {"doi": {**pairs, "similarity": "t1"}},
                },
                **dict.fromkeys((*_KEYWORDS, "loai_kq"), keyword),
                "trang_thai": keyword, "nam": keyword, "chu": keyword,
                "ngay": {"type": "date", "format": "yyyy-MM-dd"},
                "dai": {"type": "integer"},
                "khoang": {"type": "short"},
                "dau": {"type": "integer", "index": False},
                "tieu_de": _stored(), "noi_dung": _stored(), "so": _stored(),
            },
        },
    }  # fmt: skip


def build_source(document: IndexDocument) -> dict[str, Any]:
    """The stored body of a document."""
    words = build_words(document)
    source: dict[str, Any] = {
        "ma": document.id, "khoang": find_range(document.id),
        "dau": build_mark(document.id, document.version),
        "kd": words.folded, "cd": words.exact, "td_kd": words.title_folded, "dai": words.count,
        "tieu_de": document.title, "noi_dung": document.text, "so": document.number,
        "so_khoa": list(document_number_keys(document)), "sap_so": document_number_order(document),
        "sap_td": document_title_order(document),
        "don_vi": document.unit, "duong": sorted({*document.unit_path, document.unit} - {""}),
        "mat": document.secrecy.value, "loai": document.kind, "co_quan": document.issuer,
        "nguoi_ky": document.signer, "loai_kq": document.result_type, "trang_thai": document.state,
    }  # fmt: skip
    if document.issued:
        source |= {"ngay": document.issued.isoformat(), "nam": f"{document.issued.year:04d}"}
    if document.owner_key is not None:
        source["chu"] = document.owner_key
    return source


def _class_clause(secrecy: Confidentiality, units: tuple[str, ...] | None) -> dict[str, Any]:
    clauses: list[dict[str, Any]] = [{"term": {"mat": secrecy.value}}]
    if units is not None:
        clauses.append({"terms": {"don_vi": list(units)}})
    return {"bool": {"filter": clauses}}


def _scope_clause(where: Where) -> dict[str, Any]:
    scope = where.scope
    allowed = [_class_clause(Confidentiality.NORMAL, scope.ordinary_units)]
    if scope.sees_restricted:
        allowed.append(_class_clause(Confidentiality.RESTRICTED, scope.restricted_units))
    return {"bool": {"should": allowed, "minimum_should_match": 1}}


def build_facet_filters(filters: Filters, facets: Iterable[Facet]) -> list[dict[str, Any]]:
    """The conditions of these facets' chosen values."""
    chosen = {FACET_FIELDS[facet]: filters.chosen(facet) for facet in facets}
    return [{"terms": {name: list(wanted)}} for name, wanted in chosen.items() if wanted]


def build_filters(where: Where) -> list[dict[str, Any]]:
    """Scope first, then the request's filters."""
    filters = where.filters
    clauses = [_scope_clause(where), *build_facet_filters(filters, Facet)]
    among = {"duong": filters.units, "nguoi_ky": filters.signers}
    clauses += [{"terms": {name: list(wanted)}} for name, wanted in among.items() if wanted]
    bounds = {"gte": filters.issued_from, "lte": filters.issued_to}
    given = {name: day.isoformat() for name, day in bounds.items() if day}
    if given:
        clauses.append({"range": {"ngay": given}})
    if filters.owner_key is not None:
        clauses.append({"term": {"chu": filters.owner_key}})
    return clauses


def _required_clause(plan: WordPlan) -> dict[str, Any]:
    words = " ".join(plan.distinct)
    return {"match": {"kd": {"query": words, "minimum_should_match": str(plan.required)}}}


def match_words(field: str, words: Iterable[str], boost: float) -> dict[str, Any]:
    """Any of the words in a field, weighted."""
    return {"match": {field: {"query": " ".join(words), "boost": boost}}}


def _ranking_clauses(plan: WordPlan) -> list[dict[str, Any]]:
    clauses = [match_words("kd", plan.folded, 1.0), match_words("td_kd", plan.folded, 0.35)]
    if plan.pairs:
        clauses += [match_words("kd.doi", plan.folded, 0.85), match_words("td_kd.doi", plan.folded, 0.2975)]
    if plan.others:
        clauses.append(match_words("kd", plan.others, 0.5))
    if plan.accented:
        clauses.append(match_words("cd", plan.accented, plan.exact_weight))
    return clauses


def build_query(selection: Selection, where: Where, order: Order) -> dict[str, Any]:
    """The whole query: selection and scope as filters, ranking only where it orders the hits."""
    filters = build_filters(where)
    if selection.keys:
        filters.append({"terms": {"so_khoa": list(selection.keys)}})
    if selection.words is None:
        return {"bool": {"filter": filters}}
    filters.append(_required_clause(selection.words))
    if order is not Order.RELEVANCE:
        return {"bool": {"filter": filters}}
    return {"bool": {"filter": filters, "should": _ranking_clauses(selection.words)}}


def build_aggregations(facets: tuple[Facet, ...], filters: Filters) -> dict[str, Any]:
    """Counts by facet under the choices in the other facets, most first, then by value.

    For a query without the filters of these facets; empty values are dropped by the reader.
    """
    order = [{"_count": "desc"}, {"_key": "asc"}]
    built: dict[str, Any] = {}
    for facet in facets:
        others = build_facet_filters(filters, (other for other in facets if other is not facet))
        counts = {"terms": {"field": FACET_FIELDS[facet], "size": _FACET_SIZE + 1, "order": order}}
        narrowed = {"filter": {"bool": {"filter": others}}, "aggs": {"n": counts}}
        built[facet.value] = narrowed if others else counts
    return built


def read_aggregations(
    answer: dict[str, Any], facets: tuple[Facet, ...]
) -> dict[Facet, tuple[tuple[str, int], ...]]:
    """Facet counts out of an answer."""
    found = answer.get("aggregations", {})
    return {
        facet: tuple(
            (str(bucket["key"]), int(bucket["doc_count"]))
            for bucket in found[facet.value].get("n", found[facet.value])["buckets"]
            if bucket["key"]
        )[:_FACET_SIZE]
        for facet in facets
    }


def read_row(hit: dict[str, Any]) -> Row:
    """A hit of an answer as a row."""
    source = hit["_source"]
    issued = date.fromisoformat(source["ngay"]) if source.get("ngay") else None
    return Row(
        hit["_id"], hit.get("_score") or 0.0, source["tieu_de"], source["so"], source["co_quan"],
        source["loai"], issued, source["don_vi"], source.get("kd", ""), source.get("cd", ""),
        source.get("td_kd", ""), tuple(hit.get("sort", ())), source.get("noi_dung", ""),
    )  # fmt: skip
