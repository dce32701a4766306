"""Reading an Elasticsearch index (đọc chỉ mục): the primitives of a search and the words of the index."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from elasticsearch import Elasticsearch

from records.states import Confidentiality
from search.document import INDEXED_CLASSES
from search.elastic_base import ElasticBase, wrapped
from search.elastic_schema import (
    ROW_FIELDS,
    SORTS,
    WORD_FIELDS,
    build_aggregations,
    build_facet_filters,
    build_filters,
    build_query,
    build_rescore,
    read_aggregations,
    read_row,
)
from search.errors import BadQuery, IndexUnavailable
from search.flow import Found, Selection, Slice, Where
from search.index import Order
from search.vocabulary import Statistics, Vocabulary

TOTAL_CAP = 10_000
_MAX_RESULT_WINDOW = 10_000


class _ElasticVocabulary:
    """Word counts of the unrestricted documents, asked from the server as term vectors of a made-up text."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self._alias = alias

    def read_statistics(self, words: Collection[str], pairs: Collection[str]) -> Statistics:
        """Counts for these words and pairs (`Vocabulary`)."""
        ordered = sorted(set(words) | {word for pair in pairs for word in pair.split(" ")})
        found, documents, mean = self._vectors("kd", " ".join(ordered) or "a")
        if pairs:
            joined, _, _ = self._vectors("kd.doi", " ".join(sorted(pairs)))
            found |= joined
        return Statistics(documents, mean, found)

    def _vectors(self, field: str, words: str) -> tuple[dict[str, int], int, float]:
        """Documents a term, documents in all and mean length, from the first index behind the alias."""
        with wrapped():
            answer = self._client.termvectors(
                index=self._alias,
                doc={"kd": words},
                fields=[field],
                term_statistics=True,
                field_statistics=True,
                offsets=False,
                positions=False,
            ).body
        vectors = answer.get("term_vectors", {}).get(field)
        if vectors is None:
            return {}, 0, 1.0
        statistics = vectors["field_statistics"]
        documents = max(int(statistics["doc_count"]), 0)
        mean = max(statistics["sum_ttf"], 0) / max(documents, 1)
        counts = {
            term: int(value["doc_freq"]) for term, value in vectors["terms"].items() if value.get("doc_freq")
        }
        return counts, documents, mean or 1.0


class ElasticFinder(ElasticBase):
    """The primitives of a search (`Finder`) on Elasticsearch."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the index."""
        return _ElasticVocabulary(self._client, self._alias(Confidentiality.NORMAL))

    def _indices(self, where: Where) -> list[str]:
        classes = INDEXED_CLASSES if where.scope.sees_restricted else INDEXED_CLASSES[:1]
        return [self._alias(secrecy) for secrecy in classes]

    def count_each(self, selections: Sequence[Selection], where: Where) -> list[int]:
        """Counts of every selection in one request (`Finder`)."""
        searches: list[dict[str, Any]] = []
        for selection in selections:
            query = build_query(selection, where, Order.NEWEST)
            searches += [{"index": self._indices(where)}, {"size": 0, "track_total_hits": 1, "query": query}]
        with wrapped():
            answers = self._client.msearch(searches=searches)["responses"]
        failed = next((answer for answer in answers if "error" in answer), None)
        if failed is not None:
            raise IndexUnavailable(status=failed.get("status"))
        return [int(answer["hits"]["total"]["value"]) for answer in answers]

    def find(self, selection: Selection, where: Where, part: Slice) -> Found:
        """A slice of the selected documents (`Finder`)."""
        if part.offset + part.limit > _MAX_RESULT_WINDOW:
            raise BadQuery("Chỉ xem được 10000 kết quả đầu; hãy lọc hẹp hơn.", offset=part.offset)
        body = self._build_body(selection, where, part)
        with wrapped():
            answer = cast(dict[str, Any], self._client.search(index=self._indices(where), body=body).body)
        if answer["timed_out"] or answer["_shards"]["failed"]:
            # Part of an answer would be taken for all of it.
            raise IndexUnavailable("Một phần chỉ mục không trả lời.", failed=answer["_shards"]["failed"])
        total = answer["hits"]["total"]
        rows = [read_row(hit) for hit in answer["hits"]["hits"]]
        return Found(rows, int(total["value"]), total["relation"], read_aggregations(answer, part.facets))

    @staticmethod
    def _build_body(selection: Selection, where: Where, part: Slice) -> dict[str, Any]:
        counted = replace(where, filters=where.filters.without(part.facets))
        body: dict[str, Any] = {
            "from": part.offset, "size": part.limit, "track_total_hits": TOTAL_CAP,
            "_source": ROW_FIELDS + (WORD_FIELDS if part.with_words else []),
            "query": build_query(selection, counted, part.order),
        }  # fmt: skip
        if part.facets:
            # A facet's own choice narrows the hits, not its counts.
            body["aggs"] = build_aggregations(part.facets, where.filters)
            body["post_filter"] = {"bool": {"filter": build_facet_filters(where.filters, part.facets)}}
        if selection.words is not None and part.order is Order.RELEVANCE:
            # A rescore excludes any sort but the score; the shared ranking breaks ties within the window.
            body["rescore"] = build_rescore(selection)
        else:
            body["sort"] = SORTS[part.order]
        return body

    def read_texts(self, ids: Sequence[str], where: Where) -> Mapping[str, str]:
        """Texts of these documents, within the scope (`Finder`)."""
        query = {"bool": {"filter": [*build_filters(where), {"ids": {"values": list(ids)}}]}}
        with wrapped():
            answer = self._client.search(
                index=self._indices(where),
                query=query,
                size=len(ids),
                source_includes=["noi_dung"],
                track_total_hits=False,
            )
        return {hit["_id"]: hit["_source"]["noi_dung"] for hit in answer["hits"]["hits"]}
