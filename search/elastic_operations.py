"""Operating an Elasticsearch index (vận hành chỉ mục): making, writing, rebuilding, listing, checking."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from elasticsearch import ApiError, BadRequestError, ConflictError, NotFoundError
from elasticsearch.helpers import streaming_bulk

from records.states import Confidentiality
from search.document import INDEXED_CLASSES, IndexDocument
from search.elastic_base import wrapped
from search.elastic_care import ElasticCare
from search.elastic_check import check_server
from search.elastic_schema import SCHEMA, build_source
from search.errors import IndexUnavailable
from search.index import UpsertReport

_CHUNK = 500
_BULK_SECONDS = 30.0

Action = dict[str, Any]


class ElasticOperations(ElasticCare):
    """The writing half of `SearchIndex` on Elasticsearch, and what operating it needs."""

    def ensure(self) -> None:
        """Create the indices and aliases that are missing; safe to call again and from many processes."""
        with wrapped():
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
        self.adapt_old()

    def _targets(self) -> dict[Confidentiality, list[str]]:
        """Indices that take writes now, made when missing (a write must never create one by itself)."""
        with wrapped():
            names = [self._writing_alias(secrecy) for secrecy in INDEXED_CLASSES]
            if not all(self._client.indices.exists_alias(name=name) for name in names):
                self.ensure()
        return {secrecy: self._behind(self._writing_alias(secrecy)) for secrecy in INDEXED_CLASSES}

    def remove(self) -> None:
        """Delete every index of this prefix (scratch indices of measurements and tests)."""
        with wrapped():
            for secrecy in INDEXED_CLASSES:
                found = self._client.indices.get(index=f"{self._alias(secrecy)}-*").body
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
        with wrapped():
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
        with wrapped():
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
        self._drop_unfinished()
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        built = {secrecy: f"{self._alias(secrecy)}-{SCHEMA}-{stamp}" for secrecy in INDEXED_CLASSES}
        with wrapped():
            for secrecy, name in built.items():
                self._client.indices.create(
                    index=name, aliases={self._writing_alias(secrecy): {}}, **self._body
                )
        self._fill(documents, built)
        self._switch(built)
        self.refresh()
        return self.count()

    def _drop_unfinished(self) -> None:
        """Remove what a rebuild that died left behind; a second rebuild at the same time takes over."""
        with wrapped():
            read = {name for alias in self._names() for name in self._behind(alias)}
            for name in {name for alias in self._names() for name in self._behind(f"{alias}-ghi")} - read:
                self._client.options(ignore_status=404).indices.delete(index=name)

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
        with wrapped():
            for name in built.values():
                self._client.indices.refresh(index=name)
            self._client.indices.update_aliases(actions=actions)
            for name in old:
                self._client.options(ignore_status=404).indices.delete(index=name)

    def count(self) -> int:
        """Documents in the index (`SearchIndex`)."""
        with wrapped():
            return int(
                self._client.count(index=[self._alias(secrecy) for secrecy in INDEXED_CLASSES])["count"]
            )

    def refresh(self) -> None:
        """Make all writes so far visible (`SearchIndex`)."""
        with wrapped():
            self._client.indices.refresh(index=[self._alias(secrecy) for secrecy in INDEXED_CLASSES])

    def check(self) -> str:
        """Server and version after trying every part in use on a scratch index (`SearchIndex`)."""
        with wrapped():
            return check_server(self._client, f"{self.prefix}-kiem-tra", self._body, _attempt)


def _attempt(part: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except ApiError as exc:
        raise IndexUnavailable(
            f"Máy chủ Elasticsearch thiếu: {part}.", part=part, status=exc.status_code
        ) from exc
