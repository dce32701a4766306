"""Two Elasticsearch nodes: one stopped, a rebuild under load, a snapshot and its restore, an old mapping."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import uuid4

import pytest

from records.access import Scope
from records.errors import ServiceError
from search.access import AccessScope
from search.drift import find_drift
from search.elastic import ElasticIndex, make_client
from search.elastic_schema import SCHEMA
from search.errors import IndexUnavailable
from search.index import SearchRequest
from tests.parity import build_documents
from tests.services import elastic
from tests.services.elastic_cluster import Node, running_cluster

pytestmark = [pytest.mark.elastic, pytest.mark.slow]

SCOPE = AccessScope(Scope(None))
DOCUMENTS = build_documents()
VERSIONS = {document.id: document.version for document in DOCUMENTS}


@pytest.fixture(scope="module")
def nodes() -> Iterator[Sequence[Node]]:
    """Two nodes that both hold data and both vote."""
    with running_cluster(elastic.VERSIONS[0], 2, heap="256m") as started:
        yield started


@pytest.fixture
def index(nodes: Sequence[Node]) -> Iterator[ElasticIndex]:
    """An index with the invented papers and a copy of it on the other node."""
    client = make_client([node.url for node in nodes], seconds=20)
    made = ElasticIndex(client, f"c{uuid4().hex[:8]}")
    made.ensure()
    made.upsert(DOCUMENTS)
    made.refresh()
    client.cluster.health(index=f"{made.prefix}-*", wait_for_status="green", timeout="30s")
    yield made
    made.remove()
    client.close()


def find(index: ElasticIndex, text: str = "quy hoạch chi tiết") -> int:
    """How many papers a search finds."""
    return index.search(SearchRequest(text, SCOPE)).total


@pytest.mark.soak
@pytest.mark.parametrize("number", [0, 1])
def test_searches_go_on_without_either_node_and_writes_follow(
    nodes: Sequence[Node], index: ElasticIndex, number: int
) -> None:
    """A second after a node is gone no search fails; a write that is refused then succeeds later."""
    before, stopped = find(index), nodes[number]
    stopped.stop()
    time.sleep(1.0)
    for _ in range(20):
        assert find(index) == before
    changed = replace(DOCUMENTS[0], version=2)
    try:
        index.upsert([changed])
    except IndexUnavailable as refused:
        assert refused.retryable
    stopped.start()
    stopped.await_answer(2)
    write_when_possible(index, changed.version)
    assert dict(index.ids_with_versions())[changed.id] == 2
    assert find(index) == before


def write_when_possible(index: ElasticIndex, version: int) -> None:
    """As the outbox does: again until it is taken."""
    deadline = time.monotonic() + 60
    while True:
        try:
            index.upsert([replace(DOCUMENTS[0], version=version)])
            index.refresh()
            return
        except ServiceError as refused:
            assert refused.retryable
            assert time.monotonic() < deadline
            time.sleep(0.5)


class Searchers:
    """Two users who search without pause; keeps whatever they were not to see."""

    def __init__(self, index: ElasticIndex) -> None:
        self._index = index
        self._expected = find(index)
        self._done = threading.Event()
        self.failures: list[object] = []
        self._threads = [threading.Thread(target=self._search) for _ in range(2)]
        for thread in self._threads:
            thread.start()

    def _search(self) -> None:
        while not self._done.is_set():
            try:
                found = find(self._index)
            except ServiceError as error:
                self.failures.append(error)
            else:
                self.failures += [found] if found != self._expected else []

    def stop(self) -> None:
        """End both."""
        self._done.set()
        for thread in self._threads:
            thread.join()


def test_rebuild_under_load_fails_no_search_and_loses_nothing(index: ElasticIndex) -> None:
    """Searches find the same while an index is built anew; versions written meanwhile survive, once each."""
    searchers, database = Searchers(index), {document.id: document for document in DOCUMENTS}

    def write() -> None:
        for version in range(2, 6):
            changed = [replace(document, version=version) for document in DOCUMENTS[:40]]
            database.update({document.id: document for document in changed})
            index.upsert(changed)

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(2):
        index.rebuild(database[document.id] for document in DOCUMENTS)
    writer.join()
    searchers.stop()
    index.refresh()
    held = list(index.ids_with_versions())
    assert searchers.failures == []
    assert len(held) == len(DOCUMENTS)
    assert dict(held) == VERSIONS | {document.id: 5 for document in DOCUMENTS[:40]}


def test_ranges_agree_with_what_is_held(index: ElasticIndex) -> None:
    """The server's sums are those of the documents; a difference is found in its range alone."""
    held = index.sum_ranges()
    assert find_drift(VERSIONS.items, held, index.list_range).count == 0
    wanted = VERSIONS | {"r999": 1, "r001": 7}
    drift = find_drift(wanted.items, held, index.list_range)
    assert (dict(drift.missing), dict(drift.outdated)) == ({"r999": 1}, {"r001": 7})
    assert drift.ranges == 2


def test_snapshot_brings_a_lost_index_back(nodes: Sequence[Node], index: ElasticIndex) -> None:
    """The steps of the operations page, repository, snapshot, loss, restore, leave nothing missing."""
    client = make_client([nodes[0].url], seconds=60)
    location = str(nodes[0].folder.parent / "snapshots")
    files = {"type": "fs", "settings": {"location": location}}
    client.snapshot.create_repository(name="sohoa", repository=files)
    client.snapshot.create(
        repository="sohoa", snapshot=index.prefix, indices=f"{index.prefix}-*", include_global_state=False,
        wait_for_completion=True,
    )  # fmt: skip
    before = find(index)
    index.remove()
    client.snapshot.restore(
        repository="sohoa", snapshot=index.prefix, indices=f"{index.prefix}-*", wait_for_completion=True
    )
    client.cluster.health(index=f"{index.prefix}-*", wait_for_status="yellow", timeout="30s")
    assert find(index) == before
    assert find_drift(VERSIONS.items, index.sum_ranges(), index.list_range).count == 0


def test_old_mapping_serves_until_it_is_rebuilt(nodes: Sequence[Node], index: ElasticIndex) -> None:
    """An index of an older mapping takes writes and asks to be rebuilt; afterwards it is current."""
    client = make_client([nodes[0].url], seconds=30)
    for alias in (f"{index.prefix}-thuong", f"{index.prefix}-han-che"):
        current = f"{alias}-{SCHEMA}-0"
        mapping = client.indices.get_mapping(index=current)[current]["mappings"]
        for name in ("khoang", "dau", "sap_td"):
            del mapping["properties"][name]
        settings = client.indices.get_settings(index=current)[current]["settings"]["index"]
        kept = {name: settings[name] for name in ("analysis", "similarity", "auto_expand_replicas")}
        client.indices.delete(index=current)
        aliases = {alias: {}, f"{alias}-ghi": {}}
        client.indices.create(index=f"{alias}-1-0", mappings=mapping, settings=kept, aliases=aliases)
    index.ensure()
    index.upsert(DOCUMENTS)
    index.refresh()
    assert (index.find_status().schema, index.find_status().is_current) == ("1", False)
    assert find_drift(VERSIONS.items, index.sum_ranges(), index.list_range).count == 0
    index.rebuild(DOCUMENTS)
    assert index.find_status().is_current
    assert find(index) > 0
