"""Reading an Elasticsearch index (đọc chỉ mục): the primitives of a search and the words of the index."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

from records.states import Confidentiality
from search.document import INDEXED_CLASSES
from search.elastic_base import ElasticBase, wrapped
from search.elastic_best import BEST, COUNTED, RANKED, build_best_body, keep_within_rule
from search.elastic_schema import (
    ROW_FIELDS,
    SORTS,
    WORD_FIELDS,
    build_aggregations,
    build_facet_filters,
    build_filters,
    build_query,
    read_aggregations,
    read_row,
)
from search.elastic_words import ElasticVocabulary
from search.errors import BadQuery, IndexUnavailable
from search.flow import Found, Row, Selection, Slice, Tail, Where
from search.index import Order
from search.queries import WordPlan
from search.vocabulary import Vocabulary

TOTAL_CAP = 10_000
_MAX_RESULT_WINDOW = 10_000
_KEEP_ALIVE = "10m"
_GONE = 404


class ElasticFinder(ElasticBase):
    """The primitives of a search (`Finder`) on Elasticsearch."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the index."""
        return self._words

    @property
    def ranked(self) -> int:
        """How many of the best hits are ranked outside the server (`Finder`)."""
        return RANKED

    @cached_property
    def _words(self) -> ElasticVocabulary:
        return ElasticVocabulary(self._client, self._alias(Confidentiality.NORMAL))

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
        if selection.words is not None and part.order is Order.RELEVANCE and part.limit:
            return self._find_relevant(selection.words, where, part)
        body = self._build_body(selection, where, part)
        answer = self._answer(body, self._indices(where))
        total = answer["hits"]["total"]
        rows = [read_row(hit) for hit in answer["hits"]["hits"]]
        return Found(rows, int(total["value"]), total["relation"], read_aggregations(answer, part.facets))

    def _find_relevant(self, plan: WordPlan, where: Where, part: Slice) -> Found:
        """Hits by relevance, in one order for every slice: the best of two phases, then the rest."""
        count = self._build_body(Selection(words=plan), where, replace(part, order=Order.NEWEST, limit=0))
        count["track_total_hits"] = TOTAL_CAP if part.facets else COUNTED
        end = part.offset + part.limit
        best, counted = self._answer_each([build_best_body(plan, where, min(end, BEST)), count], where)
        total = counted["hits"]["total"]
        rows = _keep_best(plan, best)
        if len(rows) < min(end, int(total["value"])) and end < BEST:
            # Some of the first break the matching rule: as many again are behind them.
            rows = _keep_best(plan, self._answer(build_best_body(plan, where, BEST), self._indices(where)))
        found = rows[part.offset : end]
        if len(rows) < min(end, int(total["value"])) or end > BEST:
            found = [*found, *self._find_rest(plan, where, part, rows)]
        return Found(found, int(total["value"]), total["relation"], read_aggregations(counted, part.facets))

    def _find_rest(self, plan: WordPlan, where: Where, part: Slice, best: Sequence[Row]) -> list[Row]:
        """What of the slice lies behind the best."""
        begin = max(part.offset, len(best))
        body = self._build_body(
            Selection(words=plan), where, replace(part, offset=begin - len(best), facets=())
        )
        body["size"] = max(0, part.offset + part.limit - begin)
        body["track_total_hits"] = False
        body["query"] = _leave_out(body["query"], [row.id for row in best])
        return [read_row(hit) for hit in self._answer(body, self._indices(where))["hits"]["hits"]]

    def _answer_each(self, bodies: Sequence[dict[str, Any]], where: Where) -> list[dict[str, Any]]:
        """Whole answers to searches that the server carries out side by side."""
        searches = [part for body in bodies for part in ({"index": self._indices(where)}, body)]
        with wrapped():
            answers: list[dict[str, Any]] = self._client.msearch(searches=searches)["responses"]
        for answer in answers:
            if "error" in answer or answer["timed_out"] or answer["_shards"]["failed"]:
                raise IndexUnavailable("Một phần chỉ mục không trả lời.", status=answer.get("status"))
        return answers

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
        body["sort"] = SORTS[part.order]
        return body

    def find_tail(self, selection: Selection, where: Where, tail: Tail) -> tuple[list[Row], str]:
        """Rows after a place, read on one point in time (`Finder`)."""
        opened = tail.opened or self._open(where)
        query = build_query(selection, where, tail.order)
        query = _leave_out(query, tail.excluded)
        body: dict[str, Any] = {
            "pit": {"id": opened, "keep_alive": _KEEP_ALIVE}, "size": tail.limit, "track_total_hits": False,
            "_source": ROW_FIELDS, "query": query, "sort": SORTS[tail.order],
        }  # fmt: skip
        if tail.after:
            body["search_after"] = list(tail.after)
        try:
            answer = self._answer(body)
        except IndexUnavailable as exc:
            if exc.context.get("status") != _GONE:
                raise
            raise BadQuery("Danh sách này đã để quá lâu; hãy tìm lại.") from exc
        return [read_row(hit) for hit in answer["hits"]["hits"]], answer["pit_id"]

    def _open(self, where: Where) -> str:
        with wrapped():
            opened = self._client.open_point_in_time(index=self._indices(where), keep_alive=_KEEP_ALIVE)
        return str(opened["id"])

    def close(self, opened: str) -> None:
        """Let go of a point in time (`Finder`)."""
        if opened:
            with wrapped():
                self._client.options(ignore_status=404).close_point_in_time(id=opened)

    def find_rows(self, ids: Sequence[str], where: Where) -> Mapping[str, Row]:
        """These documents with their words, within the scope (`Finder`)."""
        query = {"bool": {"filter": [*build_filters(where), {"ids": {"values": list(ids)}}]}}
        body = {
            "size": len(ids), "track_total_hits": False, "_source": ROW_FIELDS + WORD_FIELDS, "query": query,
        }  # fmt: skip
        answer = self._answer(body, self._indices(where))
        rows = [read_row(hit) for hit in answer["hits"]["hits"]]
        return {row.id: row for row in rows}

    def _answer(self, body: dict[str, Any], indices: Sequence[str] | None = None) -> dict[str, Any]:
        """A whole answer; part of one would be taken for all of it."""
        with wrapped():
            answer = cast(dict[str, Any], self._client.search(index=indices, body=body).body)
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise IndexUnavailable("Một phần chỉ mục không trả lời.", failed=answer["_shards"]["failed"])
        return answer

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


def _keep_best(plan: WordPlan, answer: Mapping[str, Any]) -> list[Row]:
    return keep_within_rule(plan, [read_row(hit) for hit in answer["hits"]["hits"]])


def _leave_out(query: dict[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    return {"bool": {"must": [query], "must_not": [{"ids": {"values": list(ids)}}]}} if ids else query
