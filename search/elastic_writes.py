"""Writing to an Elasticsearch index (ghi chỉ mục): prepared bodies by external version, each in its class.

A restricted paper leaves a tombstone of its version in the ordinary index, so that a late ordinary version of
it stays out. Ordinary papers leave none in the restricted index, where nearly none of them ever was: one look
tells. Two writers may cross; whoever meets the higher version gives way.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from elasticsearch import ConflictError, NotFoundError
from elasticsearch.helpers import streaming_bulk

from records.states import Confidentiality
from search.document import INDEXED_CLASSES, IndexDocument
from search.elastic_base import wrapped
from search.elastic_care import ElasticCare
from search.elastic_schema import build_source
from search.errors import IndexUnavailable
from search.index import UpsertReport

CHUNK = 250
IN_FLIGHT = 2
_BULK_SECONDS = 30.0
_OF_AN_ERROR = frozenset({"error", "status"})

Action = dict[str, Any]
Targets = Mapping[Confidentiality, Sequence[str]]


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document as the server takes it (tài liệu đã chuẩn bị)."""

    id: str
    version: int
    secrecy: Confidentiality
    body: Mapping[str, Any]

    @property
    def key(self) -> Action:
        """What every action on it carries."""
        return {"_id": self.id, "version": self.version, "version_type": "external_gte"}


def prepare(document: IndexDocument) -> PreparedDocument:
    """Fold, split and key the text: the costly part of indexing, done where there is a core for it."""
    return PreparedDocument(document.id, document.version, document.secrecy, build_source(document))


class ElasticWrites(ElasticCare):
    """Writes and removals."""

    def _targets(self) -> dict[Confidentiality, list[str]]:
        """Indices that take writes now; asked anew each time, as a rebuild once begun must miss no write."""
        names = {secrecy: self._writing_alias(secrecy) for secrecy in INDEXED_CLASSES}
        with wrapped():
            patient = self._client.options(ignore_status=404)
            answer = patient.indices.get_alias(name=list(names.values())).body
        # Where one alias is missing, the answer holds the other beside the error.
        held = {index: value["aliases"] for index, value in answer.items() if index not in _OF_AN_ERROR}
        return {
            secrecy: sorted(index for index, aliases in held.items() if name in aliases)
            for secrecy, name in names.items()
        }

    def upsert(self, documents: Sequence[IndexDocument]) -> UpsertReport:
        """Write documents by external version (`SearchIndex`)."""
        return self.upsert_prepared([prepare(document) for document in documents])

    def upsert_prepared(self, documents: Sequence[PreparedDocument]) -> UpsertReport:
        """The same of documents whose bodies are made already."""
        stale = self._write(documents, self._targets())
        return UpsertReport(len(documents) - len(stale), len(stale))

    def _write(self, documents: Iterable[PreparedDocument], targets: Targets) -> set[str]:
        """Bulk write; returns the ids for which a later version was there already.

        While the server writes some, the next are prepared and sent; versions keep their order.
        """
        stale: set[str] = set()
        sent: deque[Future[set[str]]] = deque()
        stream = iter(documents)
        with ThreadPoolExecutor(IN_FLIGHT) as hands:
            while chunk := list(islice(stream, CHUNK)):
                if len(sent) == IN_FLIGHT:
                    stale |= sent.popleft().result()
                sent.append(hands.submit(self._write_chunk, chunk, targets))
            for one in sent:
                stale |= one.result()
        return stale

    def _write_chunk(self, documents: Sequence[PreparedDocument], targets: Targets) -> set[str]:
        held = self._find_restricted(documents, targets[Confidentiality.RESTRICTED])
        stale = {one.id for one in documents if held.get(one.id, 0) > one.version and _is_ordinary(one)}
        actions = (
            action
            for one in documents
            if one.id not in stale
            for action in _build_actions(one, targets, is_elsewhere=one.id in held)
        )
        refused = self._send(actions)
        stale |= {document_id for document_id, _operation in refused}
        outrun = {document_id for document_id, operation in refused if operation == "delete"}
        ousted = [one for one in documents if one.id in outrun and not _is_ordinary(one)]
        names = targets[Confidentiality.RESTRICTED]
        self._send({**one.key, "_op_type": "delete", "_index": name} for one in ousted for name in names)
        return stale

    def _find_restricted(self, documents: Sequence[PreparedDocument], names: Sequence[str]) -> dict[str, int]:
        """Versions of those ordinary documents that lie in the restricted indices."""
        ids = [one.id for one in documents if _is_ordinary(one)]
        held: dict[str, int] = {}
        for name in names if ids else ():
            with wrapped():
                answer = self._client.mget(index=name, ids=ids, source=False)
            for item in answer["docs"]:
                if item.get("found"):
                    held[item["_id"]] = max(held.get(item["_id"], 0), int(item["_version"]))
        return held

    def _send(self, actions: Iterable[Action]) -> set[tuple[str, str]]:
        """Send actions; (id, operation) of those that met a later version."""
        refused: set[tuple[str, str]] = set()
        with wrapped():
            # A timed-out bulk may have been applied; versions make sending it again harmless.
            client = self._client.options(request_timeout=_BULK_SECONDS)
            results = streaming_bulk(
                client, actions, chunk_size=4 * CHUNK, max_retries=3, initial_backoff=1, max_backoff=10,
                raise_on_error=False,
            )  # fmt: skip
            for is_done, item in results:
                if not is_done:
                    refused |= _read_failure(item)
        return refused

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


def _is_ordinary(document: PreparedDocument) -> bool:
    return document.secrecy is Confidentiality.NORMAL


def _build_actions(document: PreparedDocument, targets: Targets, *, is_elsewhere: bool) -> Iterator[Action]:
    """The document into its class; a tombstone of the same version where it was or must not come."""
    for secrecy, names in targets.items():
        for name in names:
            if secrecy is document.secrecy:
                yield {**document.key, "_op_type": "index", "_index": name, "_source": document.body}
            elif is_elsewhere or not _is_ordinary(document):
                yield {**document.key, "_op_type": "delete", "_index": name}


def _read_failure(item: Mapping[str, Any]) -> set[tuple[str, str]]:
    """A version conflict is an answer, a missing document at deletion too; anything else an outage."""
    [(operation, result)] = item.items()
    status = result.get("status")
    if status == 409:
        return {(str(result["_id"]), str(operation))}
    if operation == "delete" and status == 404:
        return set()
    raise IndexUnavailable("Máy chủ tìm kiếm không ghi được tài liệu.", status=status)
