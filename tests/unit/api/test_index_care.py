"""Looking after the index: what leaves it, drift, repair through the outbox, the page and the numbers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.index_care import check_drift, read_care, rebuild_index, repair_drift
from api.indexing import build_documents
from api.wiring import Service
from api.worker import pump
from ocr.sidecar import page_texts_to_json
from ocr.types import Box, PageText, Quality, QualityVerdict, Word
from records.access import SYSTEM, Principal, Role
from records.actions.acting import Acting
from records.actions.records import RECORD_CHANGED
from records.actions.withdrawal import cancel_batch
from records.errors import AccessDenied
from records.model import Record
from records.states import CaptureState
from search.document import IndexDocument
from tests.factories import add_record
from tests.unit.api.conftest import COMMUNE, PASSWORD, AddPerson

ACTING = Acting(SYSTEM, datetime(2026, 3, 2, tzinfo=UTC), "test")


def read_as_page(text: str) -> bytes:
    """A page text as recognition leaves it."""
    words = tuple(Word(word, word, 0.9, Box(0, 0, 9, 9), 0) for word in text.split())
    return page_texts_to_json([PageText(900, 1200, 100, 0, 0.0, Quality(QualityVerdict.GOOD, ()), words)])


def add_papers(service: Service, *ids: str) -> list[Record]:
    """Records in review with their events in the outbox."""
    service.prepare_index()
    made: list[Record] = []
    with service.store.write() as work:
        for record_id in ids:
            record = add_record(
                work, {"batch_changes": {"unit": COMMUNE}}, id=record_id, unit=COMMUNE,
                text_sha256=service.blobs.put(read_as_page(f"Quyết định giao đất {record_id}")),
            )  # fmt: skip
            file = work.batches.get_file(record.file_id)
            in_review = replace(file, state=CaptureState.VERIFY, record_id=record.id)
            work.batches.save_file(in_review)
            work.outbox.add(RECORD_CHANGED, record.id, record.version, ACTING.at)
            made.append(record)
        work.commit()
    return made


def deliver(service: Service) -> int:
    """Deliver what waits in the outbox; how many events."""
    return pump(service.store, service.clock, service.deliver)


def test_cancelled_papers_leave_the_index(service: Service) -> None:
    """Papers of a batch that is cancelled are no longer found, by delivery and by rebuild alike."""
    records = add_papers(service, "r1", "r2")
    deliver(service)
    assert service.index.count() == 2
    cancel_batch(service.store, ACTING, records[0].batch_id)
    deliver(service)
    assert "r1" not in dict(service.index.ids_with_versions())
    left = rebuild_index(service, ACTING)
    assert "r1" not in dict(service.index.ids_with_versions())
    assert left == service.index.count()
    assert check_drift(service, ACTING).count == 0


def test_drift_is_repaired_through_the_outbox(service: Service) -> None:
    """What the index lacks, holds too long or in an old version is found, queued and put right."""
    add_papers(service, "r1", "r2", "r3")
    deliver(service)
    service.index.delete("r1", 1)
    document = next(iter_documents(service, "r2"))
    service.index.upsert([replace(document, id="ghost", version=4)])
    with service.store.write() as work:
        work.records.save(replace(work.records.get("r3"), title="Tên mới"))
        work.commit()
    found = check_drift(service, ACTING)
    assert (set(found.missing), set(found.outdated), set(found.extra)) == ({"r1"}, {"r3"}, {"ghost"})
    repair_drift(service, ACTING)
    assert read_care(service, ACTING).lag.waiting == 3
    deliver(service)
    assert check_drift(service, ACTING).count == 0
    assert sorted(dict(service.index.ids_with_versions())) == ["r1", "r2", "r3"]


def iter_documents(service: Service, *ids: str) -> Iterator[IndexDocument]:
    """Index documents of these records."""
    with service.store.read() as work:
        yield from build_documents(work, service.blobs, service.owner_secret, ids)


def test_care_needs_the_right(service: Service) -> None:
    """Somebody without the right to manage the index learns and changes nothing."""
    nobody = replace(ACTING, principal=Principal("x", "X", "person", {}))
    for act in (read_care, check_drift, repair_drift, rebuild_index):
        with pytest.raises(AccessDenied):
            act(service, nobody)


def test_metrics_tell_the_lag(service: Service, client: TestClient) -> None:
    """The numbers for monitoring hold how many changes wait and for how long."""
    add_papers(service, "r1")
    text = client.get("/metrics").text
    assert "sohoa_outbox_waiting 1\n" in text
    assert "sohoa_outbox_lag_seconds 0" not in text
    deliver(service)
    assert "sohoa_outbox_waiting 0\n" in client.get("/metrics").text


def test_page_checks_and_repairs(service: Service, add_person: AddPerson) -> None:
    """The administrator's page shows drift after a check and none after repair and delivery."""
    add_papers(service, "r1")
    add_person("chi-muc", Role.ADMINISTRATOR, None)
    with TestClient(create_app(service), raise_server_exceptions=False) as page:
        page.post("/api/v1/session", json={"login": "chi-muc", "password": PASSWORD})
        look_through(service, page)


def look_through(service: Service, page: TestClient) -> None:
    """Check, repair and check again on the page."""
    assert "Chưa kiểm tra lần nào" in page.get("/quan-tri/chi-muc").text
    page.post("/quan-tri/chi-muc/kiem-tra")
    assert "lệch</span>" in page.get("/quan-tri/chi-muc").text.replace("\n", "")
    page.post("/quan-tri/chi-muc/sua")
    deliver(service)
    page.post("/quan-tri/chi-muc/kiem-tra")
    assert "1 trên 1 hồ sơ" in page.get("/quan-tri/chi-muc").text
