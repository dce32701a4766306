"""Two Elasticsearch nodes: one stopped, a rebuild under load, a snapshot and its restore, an old mapping."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from api.worker import Send, pump
from records.access import Scope
from records.model import OutboxEvent
from records.ports import UnitOfWork
from search.access import AccessScope
from search.drift import find_drift
from search.elastic import ElasticIndex, make_client
from search.elastic_schema import SCHEMA
from search.index import SearchRequest
from tests.fakes import FixedClock
from tests.parity import build_documents
from tests.rebuilding import Load
from tests.services import elastic
from tests.services.elastic_cluster import Node, running_cluster
from tests.stores import sqlite_store

# Nodes that are stopped and started take their time on a busy machine.
pytestmark = [pytest.mark.elastic, pytest.mark.slow, pytest.mark.timeout(600)]

SCOPE = AccessScope(Scope(None))
DOCUMENTS = build_documents()
VERSIONS = {document.id: document.version for document in DOCUMENTS}


@pytest.fixture(scope="module")
def nodes() -> Iterator[Sequence[Node]]:
    """Two nodes that both hold data and both vote."""
    version = os.environ.get("SOHOA_TEST_ELASTIC_VERSION", elastic.VERSIONS[0])
    with running_cluster(version, 2, heap="256m") as started:
        yield started


@pytest.fixture
def empty(nodes: Sequence[Node]) -> Iterator[ElasticIndex]:
    """An index without papers."""
    client = make_client([node.url for node in nodes], seconds=20)
    made = ElasticIndex(client, f"c{uuid4().hex[:8]}")
    made.ensure()
    yield made
    made.remove()
    client.close()


@pytest.fixture
def index(nodes: Sequence[Node], empty: ElasticIndex) -> ElasticIndex:
    """An index with the invented papers and a copy of it on the other node."""
    empty.upsert(DOCUMENTS)
    empty.refresh()
    await_green(nodes[0], empty)
    return empty


def await_green(node: Node, index: ElasticIndex) -> None:
    """Return when both nodes hold everything."""
    with make_client([node.url], seconds=40) as client:
        client.cluster.health(index=f"{index.prefix}-*", wait_for_status="green", timeout="30s")


def find(index: ElasticIndex, text: str = "quy hoạch chi tiết") -> int:
    """How many papers a search finds."""
    return index.search(SearchRequest(text, SCOPE)).total


def find_elected(node: Node) -> str:
    """The name of the node that leads the cluster."""
    with make_client([node.url], seconds=20) as client:
        return str(client.cat.master(format="json").body[0]["node"])


@pytest.mark.parametrize("is_elected", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_searches_go_on_without_either_node_and_writes_follow(
    nodes: Sequence[Node], index: ElasticIndex, tmp_path: Path, is_elected: bool
) -> None:
    """A second after a node is gone no search fails; what is not taken waits in the outbox and follows."""
    before, clock, elected = find(index), FixedClock(), find_elected(nodes[0])
    stopped = next(node for node in nodes if (node.name == elected) is is_elected)
    changed = replace(DOCUMENTS[0], version=2)

    def deliver(_work: UnitOfWork, events: Sequence[OutboxEvent]) -> Send:
        assert [event.subject_id for event in events] == [changed.id]
        return lambda: index.upsert([changed])

    with sqlite_store(tmp_path, clock) as store:
        stopped.stop()
        time.sleep(1.0)
        for _ in range(20):
            assert find(index) == before
        with store.write() as work:
            work.outbox.add("record.changed", changed.id, changed.version, clock.now())
            work.commit()
        delivered = pump(store, clock, deliver)
        with store.read() as work:
            assert work.outbox.lag().waiting == 1 - delivered
        assert find(index) == before
        stopped.start()
        stopped.await_answer(2)
        deadline = time.monotonic() + 60
        while not delivered:
            assert time.monotonic() < deadline
            clock.move(seconds=301)
            delivered = pump(store, clock, deliver)
    index.refresh()
    assert dict(index.ids_with_versions()) == VERSIONS | {changed.id: 2}
    assert find(index) == before


def test_rebuild_under_load_fails_no_search_and_loses_nothing(empty: ElasticIndex) -> None:
    """Searches find the same while an index is built anew; what is written meanwhile survives, once each."""
    Load(empty).run(rebuilds=2)


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
