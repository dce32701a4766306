"""Looking after an Elasticsearch index (chăm sóc chỉ mục): ranges for drift, status, old mappings."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from elasticsearch import BadRequestError

from search.document import INDEXED_CLASSES
from search.drift import RANGES, RangeSum, find_range, sum_ranges
from search.elastic_base import ElasticBase, wrapped
from search.elastic_check import read_version
from search.elastic_schema import SCHEMA
from search.errors import IndexUnavailable
from search.index import IndexStatus

_PAGE = 1000


class ElasticCare(ElasticBase):
    """What operations ask of the index."""

    def _names(self) -> list[str]:
        return [self._alias(secrecy) for secrecy in INDEXED_CLASSES]

    def ids_with_versions(self) -> Iterator[tuple[str, int]]:
        """Every (id, version), ordered by id, on one point in time (`SearchIndex`)."""
        return self._iter_versions({"match_all": {}})

    def sum_ranges(self) -> Mapping[int, RangeSum]:
        """Sums of every range, added up by the server (`SearchIndex`)."""
        if self._find_schema() != SCHEMA:
            # Documents of an older mapping have no marks.
            return sum_ranges(self.ids_with_versions())
        totals = {"n": {"sum": {"field": "dau"}}}
        ranges = {"k": {"terms": {"field": "khoang", "size": RANGES}, "aggs": totals}}
        with wrapped():
            self._patient.indices.refresh(index=self._names())
            answer = self._client.search(index=self._names(), size=0, aggs=ranges, request_cache=False)
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise IndexUnavailable("Một phần chỉ mục không trả lời.")
        buckets = answer["aggregations"]["k"]["buckets"]
        return {int(b["key"]): RangeSum(int(b["doc_count"]), round(b["n"]["value"])) for b in buckets}

    def list_range(self, number: int) -> Iterable[tuple[str, int]]:
        """Every (id, version) of a range (`SearchIndex`)."""
        if self._find_schema() != SCHEMA:
            return (pair for pair in self.ids_with_versions() if find_range(pair[0]) == number)
        return self._iter_versions({"term": {"khoang": number}})

    def _iter_versions(self, query: dict[str, Any]) -> Iterator[tuple[str, int]]:
        with wrapped():
            opened = self._client.open_point_in_time(index=self._names(), keep_alive="2m")["id"]
            try:
                yield from self._iter_opened(opened, query)
            finally:
                self._client.close_point_in_time(id=opened)

    def _iter_opened(self, opened: str, query: dict[str, Any]) -> Iterator[tuple[str, int]]:
        after: list[Any] | None = None
        while True:
            answer = self._client.search(
                pit={"id": opened, "keep_alive": "2m"}, size=_PAGE, sort=[{"ma": "asc"}], source=False,
                query=query, version=True, search_after=after, track_total_hits=False,
            )  # fmt: skip
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield from ((hit["_id"], int(hit["_version"])) for hit in hits)
            after = hits[-1]["sort"]

    def _find_schema(self) -> str:
        """The oldest mapping version that is read; part of an index's name."""
        found = [self._read_schema(name) for alias in self._names() for name in self._behind(alias)]
        return min(found, key=int)

    def _read_schema(self, name: str) -> str:
        part = name.removeprefix(self.prefix).split("-")[-2]
        return part if part.isdecimal() else "0"

    def adapt_old(self) -> None:
        """Let indices of an older mapping take today's documents: new fields are added to their mapping.

        They go on serving while a new index is built beside them; what their documents lack, they lack until
        then. A field whose kind changed cannot be adapted: writes then wait in the outbox for the rebuild.
        """
        properties = self._body["mappings"]["properties"]
        with wrapped():
            for name in {name for alias in self._names() for name in self._behind(f"{alias}-ghi")}:
                if self._read_schema(name) == SCHEMA:
                    continue
                known = self._client.indices.get_mapping(index=name)[name]["mappings"]["properties"]
                fresh = {field: kind for field, kind in properties.items() if field not in known}
                try:
                    self._patient.indices.put_mapping(index=name, properties=fresh)
                except BadRequestError as exc:
                    raise IndexUnavailable(
                        "Chỉ mục thuộc bản cũ; hãy chạy `sohoa index rebuild`.", index=name
                    ) from exc

    def find_status(self) -> IndexStatus:
        """How the index stands (`SearchIndex`)."""
        with wrapped():
            version = read_version(self._client)
            nodes = self._client.nodes.info(filter_path="nodes.*.name,nodes.*.roles")["nodes"].values()
            health = self._client.cluster.health(timeout="1s")
            stats = self._client.indices.stats(index=self._names(), metric="docs,store")["_all"]["primaries"]
            building = self._count_building()
        roles = sorted(f"{node['name']} ({', '.join(sorted(node['roles'])[:4])})" for node in nodes)
        return IndexStatus(
            f"Elasticsearch {version}", self._find_schema(), SCHEMA, int(stats["docs"]["count"]),
            int(stats["store"]["size_in_bytes"]), building, tuple(roles), str(health["status"]),
        )  # fmt: skip

    def _count_building(self) -> int | None:
        """Documents in an index that takes writes and is not read yet."""
        read = {name for alias in self._names() for name in self._behind(alias)}
        built = {name for alias in self._names() for name in self._behind(f"{alias}-ghi")} - read
        if not built:
            return None
        stats = self._client.indices.stats(index=sorted(built), metric="docs")
        return int(stats["_all"]["primaries"]["docs"]["count"])
