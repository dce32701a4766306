"""How fast prepared bodies reach the index (đo ghi chỉ mục): a bare bulk, and by outbox and versions.

Both write the same bodies into the same mapping; the bare bulk once with one request at a time, once with as
many as the index has in flight. What the text costs to prepare is told apart, a core. The outbox lies in
PostgreSQL and is emptied by the worker's own `pump`.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk, streaming_bulk

from api.worker import pump
from bench.generated import Papers
from bench.stack import prepared_service
from records.model import OutboxEvent
from records.ports import UnitOfWork
from records.states import Confidentiality
from search.elastic import ElasticIndex
from search.elastic_writes import IN_FLIGHT, PreparedDocument, prepare
from tests.services.postgres import running_postgres

ROUNDS = 2
_KIND = "record.changed"


def measure_indexing(client: Elasticsearch, papers: Papers, count: int) -> dict[str, float]:
    """Bodies a second of both ways, best of two in turns, their ratio, and preparation a second and core."""
    bodies = [papers.build_body(number) for number in range(count)]
    bare: dict[int, list[float]] = {1: [], IN_FLIGHT: []}
    ours: list[float] = []
    for turn in range(ROUNDS):
        for connections, rates in bare.items():
            rates.append(count / _write_bare(client, f"bare{turn}", bodies, connections))
        ours.append(count / _write_by_outbox(client, f"ours{turn}", bodies))
    found = {
        "bare_per_second": max(bare[1]),
        "bare_per_second_in_flight": max(bare[IN_FLIGHT]),
        "outbox_per_second": max(ours),
        "ratio": max(ours) / max(bare[1]),
        "ratio_in_flight": max(ours) / max(bare[IN_FLIGHT]),
        "prepared_per_second_and_core": _measure_preparation(papers),
    }
    print(
        f"\nindexing {count} prepared bodies: bare {found['bare_per_second']:.0f}/s (two requests at a "
        f"time {found['bare_per_second_in_flight']:.0f}/s), by outbox and versions "
        f"{found['outbox_per_second']:.0f}/s, ratio {found['ratio']:.2f} (aim 0.8) and "
        f"{found['ratio_in_flight']:.2f}; text preparation "
        f"{found['prepared_per_second_and_core']:.0f}/s a core"
    )
    return found


def _write_bare(
    client: Elasticsearch, prefix: str, bodies: Sequence[Mapping[str, Any]], connections: int
) -> float:
    index = _make_empty(client, prefix)
    begun = time.monotonic()
    actions = (
        {"_index": f"{prefix}-{body['mat'].replace('_', '-')}", "_id": body["ma"], "_source": body}
        for body in bodies
    )
    if connections == 1:
        sent = streaming_bulk(client, actions, chunk_size=500)
    else:
        sent = parallel_bulk(client, actions, thread_count=connections, chunk_size=500)
    for _done in sent:
        pass
    seconds = time.monotonic() - begun
    index.remove()
    return seconds


def _write_by_outbox(client: Elasticsearch, prefix: str, bodies: Sequence[Mapping[str, Any]]) -> float:
    index = _make_empty(client, prefix)
    by_id = {
        body["ma"]: PreparedDocument(body["ma"], 1, Confidentiality(body["mat"]), body) for body in bodies
    }
    with (
        tempfile.TemporaryDirectory(prefix="sohoa-bench-") as folder,
        running_postgres() as postgres,
        postgres.fresh_database() as database,
        prepared_service(database, Path(folder), {}) as (service, _tokens),
    ):
        with service.store.write() as work:
            for name in by_id:
                work.outbox.add(_KIND, name, 1, datetime.now(UTC))
            work.commit()

        def deliver(_work: UnitOfWork, events: Sequence[OutboxEvent]) -> None:
            index.upsert_prepared([by_id[event.subject_id] for event in events])

        begun = time.monotonic()
        delivered = pump(service.store, service.clock, deliver)
        seconds = time.monotonic() - begun
        if delivered != len(by_id) or index.find_status().building is not None:
            raise RuntimeError(f"{delivered} of {len(by_id)} delivered")
    index.remove()
    return seconds


def _make_empty(client: Elasticsearch, prefix: str) -> ElasticIndex:
    """An index that does not refresh meanwhile: when it would is chance, and falls on either side."""
    index = ElasticIndex(client, prefix)
    index.remove()
    index.ensure()
    client.indices.put_settings(index=f"{prefix}-*", settings={"index.refresh_interval": "-1"})
    return index


def _measure_preparation(papers: Papers, count: int = 500) -> float:
    documents = [papers.build_document(number) for number in range(count)]
    begun = time.process_time()
    for document in documents:
        prepare(document)
    return count / (time.process_time() - begun)
