"""The index on Elasticsearch (chỉ mục Elasticsearch): client 8.19 against servers 8.19 and 9.

Two classes of documents lie in two indices, because term statistics would leak restricted text. Each class
has a reading alias `<prefix>-<class>` and a writing alias `<prefix>-<class>-ghi` that during a rebuild covers
the old and the new physical index.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

from elasticsearch import (
    ApiError,
    BadRequestError,
    ConflictError,
    Elasticsearch,
    NotFoundError,
    TransportError,
)
from elasticsearch.helpers import BulkIndexError, streaming_bulk

from records.states import Confidentiality
from search.document import INDEXED_CLASSES, IndexDocument
from search.elastic_check import check_server
from search.elastic_schema import (
    ROW_FIELDS,
    SCHEMA,
    SORTS,
    WORD_FIELDS,
    build_aggregations,
    build_filters,
    build_index_body,
    build_query,
    build_rescore,
    build_source,
    read_aggregations,
    read_row,
)
from search.errors import BadQuery, IndexUnavailable
from search.flow import Found, Selection, Slice, Where, run_search
from search.index import Order, SearchPage, SearchRequest, UpsertReport
from search.vocabulary import Statistics, Vocabulary

TOTAL_CAP = 10_000
_CHUNK = 500
_READ_SECONDS = 5.0
_BULK_SECONDS = 30.0
_MAX_RESULT_WINDOW = 10_000

Action = dict[str, Any]


@contextmanager
def _wrapped() -> Generator[None]:
    """Elasticsearch's exceptions as ours: a refused query is the caller's, everything else an outage."""
    try:
        yield
    except BadRequestError as exc:
        raise BadQuery("Máy chủ tìm kiếm từ chối yêu cầu.") from exc
    except ApiError as exc:
        raise IndexUnavailable(status=exc.status_code) from exc
    except (TransportError, BulkIndexError) as exc:
        raise IndexUnavailable from exc


def make_client(
    urls: Sequence[str],
    username: str = "",
    password: str = "",
    ca_file: str | None = None,
    seconds: float = _READ_SECONDS,
) -> Elasticsearch:
    """A client for these nodes that waits `seconds` for an answer; nothing is sent yet.

    TLS certificates are always verified.
    """
    options: dict[str, Any] = {"request_timeout": seconds, "max_retries": 3}
    if username:
        options["basic_auth"] = (username, password)
    if ca_file:
        options["ca_certs"] = ca_file
    return Elasticsearch(list(urls), **options)


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
        with _wrapped():
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


class ElasticIndex:
    """`SearchIndex` on Elasticsearch; `prefix` names its aliases and indices."""

    def __init__(
        self, client: Elasticsearch, prefix: str = "kq", *, shards: int = 1, replicas: int = 0
    ) -> None:
        self._client = client
        self.prefix = prefix
        self._body = build_index_body(shards, replicas)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the index."""
        return _ElasticVocabulary(self._client, self._alias(Confidentiality.NORMAL))

    def _alias(self, secrecy: Confidentiality) -> str:
        return f"{self.prefix}-{secrecy.value.replace('_', '-')}"

    def _writing_alias(self, secrecy: Confidentiality) -> str:
        return f"{self._alias(secrecy)}-ghi"

    def ensure(self) -> None:
        """Create the indices and aliases that are missing; safe to call again and from many processes."""
        with _wrapped():
            for secrecy in INDEXED_CLASSES:
                if self._client.indices.exists_alias(name=self._alias(secrecy)):
                    continue
                aliases = {self._alias(secrecy): {}, self._writing_alias(secrecy): {}}
                name = f"{self._alias(secrecy)}-{SCHEMA}-0"
                try:
                    self._client.indices.create(index=name, aliases=aliases, **self._body)
                except BadRequestError as exc:
                    if exc.error != "resource_already_exists_exception":
                        raise

    def _behind(self, alias: str) -> list[str]:
        """Physical indices behind an alias."""
        with _wrapped():
            try:
                return sorted(self._client.indices.get_alias(name=alias).body)
            except NotFoundError as exc:
                raise IndexUnavailable("Chưa tạo chỉ mục; hãy chạy `sohoa reindex`.", alias=alias) from exc

    def _targets(self) -> dict[Confidentiality, list[str]]:
        """Indices that take writes now, made when missing (a write must never create one by itself)."""
        with _wrapped():
            names = [self._writing_alias(secrecy) for secrecy in INDEXED_CLASSES]
            if not all(self._client.indices.exists_alias(name=name) for name in names):
                self.ensure()
        return {secrecy: self._behind(self._writing_alias(secrecy)) for secrecy in INDEXED_CLASSES}

    def remove(self) -> None:
        """Delete every index of this prefix (scratch indices of measurements and tests)."""
        with _wrapped():
            for secrecy in INDEXED_CLASSES:
                found = self._client.indices.get(index=f"{self._alias(secrecy)}-{SCHEMA}-*").body
                for name in found:
                    self._client.indices.delete(index=name)

    def upsert(self, documents: Sequence[IndexDocument]) -> UpsertReport:
        """Write documents by external version (`SearchIndex`)."""
        stale = self._write(documents, self._targets())
        return UpsertReport(len(documents) - len(stale), len(stale))

    def _write(
        self, documents: Iterable[IndexDocument], targets: Mapping[Confidentiality, Sequence[str]]
    ) -> set[str]:
        """Bulk write; returns the ids for which a later version was there already."""
        actions = (action for document in documents for action in self._actions(document, targets))
        stale: set[str] = set()
        with _wrapped():
            # A timed-out bulk may have been applied; versions make sending it again harmless.
            client = self._client.options(request_timeout=_BULK_SECONDS)
            results = streaming_bulk(
                client, actions, chunk_size=_CHUNK, max_retries=3, initial_backoff=1, max_backoff=10,
                raise_on_error=False,
            )  # fmt: skip
            for is_done, item in results:
                if not is_done:
                    self._note_failure(item, stale)
        return stale

    @staticmethod
    def _note_failure(item: Mapping[str, Any], stale: set[str]) -> None:
        """A version conflict is an answer, a missing document at deletion too; anything else an outage."""
        [(operation, result)] = item.items()
        status = result.get("status")
        if status == 409:
            stale.add(result["_id"])
        elif not (operation == "delete" and status == 404):
            raise IndexUnavailable("Máy chủ tìm kiếm không ghi được tài liệu.", status=status)

    @staticmethod
    def _actions(
        document: IndexDocument, targets: Mapping[Confidentiality, Sequence[str]]
    ) -> Iterator[Action]:
        """The document into its class; a tombstone of the same version into the other."""
        common: Action = {"_id": document.id, "version": document.version, "version_type": "external_gte"}
        source = build_source(document)
        for secrecy, names in targets.items():
            for name in names:
                if secrecy is document.secrecy:
                    yield {**common, "_op_type": "index", "_index": name, "_source": source}
                else:
                    yield {**common, "_op_type": "delete", "_index": name}

    def delete(self, document_id: str, version: int) -> bool:
        """Remove by external version (`SearchIndex`); the tombstone lives 24 hours."""
        is_removed = True
        with _wrapped():
            for name in (name for names in self._targets().values() for name in names):
                try:
                    self._client.delete(
                        index=name, id=document_id, version=version, version_type="external_gte"
                    )
                except NotFoundError:
                    continue
                except ConflictError:
                    is_removed = False
        return is_removed

    def rebuild(self, documents: Iterable[IndexDocument]) -> int:
        """Fill new indices that take writes meanwhile, then switch both aliases at once (`SearchIndex`)."""
        self.ensure()
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        built = {secrecy: f"{self._alias(secrecy)}-{SCHEMA}-{stamp}" for secrecy in INDEXED_CLASSES}
        with _wrapped():
            for secrecy, name in built.items():
                self._client.indices.create(
                    index=name, aliases={self._writing_alias(secrecy): {}}, **self._body
                )
        self._fill(documents, built)
        self._switch(built)
        self.refresh()
        return self.count()

    def _fill(self, documents: Iterable[IndexDocument], built: Mapping[Confidentiality, str]) -> None:
        targets = {secrecy: [name] for secrecy, name in built.items()}
        stream = iter(documents)
        while chunk := list(islice(stream, _CHUNK)):
            self._write(chunk, targets)

    def _switch(self, built: Mapping[Confidentiality, str]) -> None:
        """Point every alias at the new indices in one request, then remove the old ones."""
        actions: list[dict[str, Any]] = []
        old: set[str] = set()
        for secrecy, name in built.items():
            for alias in (self._alias(secrecy), self._writing_alias(secrecy)):
                others = [index for index in self._behind(alias) if index != name]
                old.update(others)
                actions += [{"remove": {"index": index, "alias": alias}} for index in others]
            actions.append({"add": {"index": name, "alias": self._alias(secrecy)}})
        with _wrapped():
            for name in built.values():
                self._client.indices.refresh(index=name)
            self._client.indices.update_aliases(actions=actions)
            for name in old:
                self._client.options(ignore_status=404).indices.delete(index=name)

    def search(self, request: SearchRequest) -> SearchPage:
        """Hits within the request's scope (`SearchIndex`)."""
        return run_search(self, request)

    def _indices(self, where: Where) -> list[str]:
        classes = INDEXED_CLASSES if where.scope.sees_restricted else INDEXED_CLASSES[:1]
        return [self._alias(secrecy) for secrecy in classes]

    def count(self) -> int:
        """Documents in the index (`SearchIndex`)."""
        with _wrapped():
            return int(
                self._client.count(index=[self._alias(secrecy) for secrecy in INDEXED_CLASSES])["count"]
            )

    def refresh(self) -> None:
        """Make all writes so far visible (`SearchIndex`)."""
        with _wrapped():
            self._client.indices.refresh(index=[self._alias(secrecy) for secrecy in INDEXED_CLASSES])

    def ids_with_versions(self) -> Iterator[tuple[str, int]]:
        """Every (id, version), ordered by id, on one point in time (`SearchIndex`)."""
        names = [self._alias(secrecy) for secrecy in INDEXED_CLASSES]
        with _wrapped():
            opened = self._client.open_point_in_time(index=names, keep_alive="2m")["id"]
            try:
                yield from self._iter_versions(opened)
            finally:
                self._client.close_point_in_time(id=opened)

    def _iter_versions(self, opened: str) -> Iterator[tuple[str, int]]:
        after: list[Any] | None = None
        while True:
            answer = self._client.search(
                pit={"id": opened, "keep_alive": "2m"}, size=1000, sort=[{"ma": "asc"}], source=False,
                version=True, search_after=after, track_total_hits=False,
            )  # fmt: skip
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield from ((hit["_id"], int(hit["_version"])) for hit in hits)
            after = hits[-1]["sort"]

    def count_each(self, selections: Sequence[Selection], where: Where) -> list[int]:
        """Counts of every selection in one request (`Finder`)."""
        searches: list[dict[str, Any]] = []
        for selection in selections:
            query = build_query(selection, where, Order.NEWEST)
            searches += [{"index": self._indices(where)}, {"size": 0, "track_total_hits": 1, "query": query}]
        with _wrapped():
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
        with _wrapped():
            answer = cast(dict[str, Any], self._client.search(index=self._indices(where), body=body).body)
        if answer["timed_out"] or answer["_shards"]["failed"]:
            # Part of an answer would be taken for all of it.
            raise IndexUnavailable("Một phần chỉ mục không trả lời.", failed=answer["_shards"]["failed"])
        total = answer["hits"]["total"]
        rows = [read_row(hit) for hit in answer["hits"]["hits"]]
        return Found(rows, int(total["value"]), total["relation"], read_aggregations(answer, part.facets))

    @staticmethod
    def _build_body(selection: Selection, where: Where, part: Slice) -> dict[str, Any]:
        body: dict[str, Any] = {
            "from": part.offset, "size": part.limit, "track_total_hits": TOTAL_CAP,
            "_source": ROW_FIELDS + (WORD_FIELDS if part.with_words else []),
            "query": build_query(selection, where, part.order),
        }  # fmt: skip
        if part.facets:
            body["aggs"] = build_aggregations(part.facets)
        if selection.words is not None and part.order is Order.RELEVANCE:
            # A rescore excludes any sort but the score; the shared ranking breaks ties within the window.
            body["rescore"] = build_rescore(selection)
        else:
            body["sort"] = SORTS[part.order]
        return body

    def read_texts(self, ids: Sequence[str], where: Where) -> Mapping[str, str]:
        """Texts of these documents, within the scope (`Finder`)."""
        query = {"bool": {"filter": [*build_filters(where), {"ids": {"values": list(ids)}}]}}
        with _wrapped():
            answer = self._client.search(
                index=self._indices(where),
                query=query,
                size=len(ids),
                source_includes=["noi_dung"],
                track_total_hits=False,
            )
        return {hit["_id"]: hit["_source"]["noi_dung"] for hit in answer["hits"]["hits"]}

    def check(self) -> str:
        """Server and version after trying every part in use on a scratch index (`SearchIndex`)."""
        with _wrapped():
            return check_server(self._client, f"{self.prefix}-kiem-tra", self._body, _attempt)


def _attempt(part: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except ApiError as exc:
        raise IndexUnavailable(
            f"Máy chủ Elasticsearch thiếu: {part}.", part=part, status=exc.status_code
        ) from exc
