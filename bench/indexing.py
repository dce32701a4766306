"""How fast prepared bodies reach the index (đo ghi chỉ mục): a bare bulk, and by outbox and versions.

Both write the same bodies into the same mapping with one connection; what the text costs to prepare is told
apart, a core. The outbox lies in PostgreSQL and is emptied by the worker's own `pump`.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from api.worker import pump
from bench.generated import Papers
from bench.stack import prepared_service
from records.model import OutboxEvent
from records.ports import UnitOfWork
from records.states import Confidentiality
from search.elastic import ElasticIndex
from search.elastic_writes import PreparedDocument, prepare
from tests.services.postgres import running_postgres

ROUNDS = 2
_KIND = "record.changed"


def measure_indexing(client: Elasticsearch, papers: Papers, count: int) -> dict[str, float]:
    """Bodies a second of both ways, best of two in turns, their ratio, and preparation a second and core."""
    bodies = [papers.build_body(number) for number in range(count)]
    bare: list[float] = []
    ours: list[float] = []
    for turn in range(ROUNDS):
        bare.append(count / _write_bare(client, f"bare{turn}", bodies))
        ours.append(count / _write_by_outbox(client, f"ours{turn}", bodies))
    found = {
        "bare_per_second": max(bare),
        "outbox_per_second": max(ours),
        "ratio": max(ours) / max(bare),
        "prepared_per_second_and_core": _measure_preparation(papers),
    }
    print(
        f"\nindexing {count} prepared bodies: bare {found['bare_per_second']:.0f}/s, by outbox and versions "
        f"{found['outbox_per_second']:.0f}/s, ratio {found['ratio']:.2f} (aim 0.8); text preparation "
        f"{found['prepared_per_second_and_core']:.0f}/s a core"
    )
    return found


def _write_bare(client: Elasticsearch, prefix: str, bodies: Sequence[Mapping[str, Any]]) -> float:
    index = ElasticIndex(client, prefix)
    index.ensure()
    begun = time.monotonic()
    actions = (
        {"_index": f"{prefix}-{body['mat'].replace('_', '-')}", "_id": body["ma"], "_source": body}
        for body in bodies
    )
    for _done in streaming_bulk(client, actions, chunk_size=500):
        pass
    seconds = time.monotonic() - begun
    index.remove()
    return seconds


def _write_by_outbox(client: Elasticsearch, prefix: str, bodies: Sequence[Mapping[str, Any]]) -> float:
    index = ElasticIndex(client, prefix)
    index.ensure()
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


def _measure_preparation(papers: Papers, count: int = 500) -> float:
    documents = [papers.build_document(number) for number in range(count)]
    begun = time.process_time()
    for document in documents:
        prepare(document)
    return count / (time.process_time() - begun)
