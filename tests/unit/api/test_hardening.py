"""Bad luck and bad will at the edge: full memory, many senders, defects, sessions that ended."""

import errno
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from api.progress import iter_progress
from api.wiring import Service
from ingest.batches import Intake
from ingest.memory import WORKING_ROOM
from records.access import SYSTEM, Role
from records.actions.acting import Acting
from records.actions.batches import NewBatch, open_batch
from tests.unit.api.conftest import COMMUNE, SignIn

API = "/api/v1"
MB = 1024 * 1024


def open_one(client: TestClient) -> str:
    """Address of the files of a new batch."""
    batch = client.post(f"{API}/batches", json={"unit": COMMUNE, "label": "Lô"}).json()
    return f"{API}/batches/{batch['id']}/files"


def test_waiting_senders_keep_nobody_from_working(signed_in: SignIn, service: Service) -> None:
    """Fifty uploads wait for memory; whoever asks for something else is answered meanwhile."""
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    address = open_one(client)
    cap = service.settings.intake.memory_mb * MB
    with ThreadPoolExecutor(50) as senders:
        with service.memory.room(cap - WORKING_ROOM):
            waiting = [
                senders.submit(client.post, address, files={"files": (f"{n}.xyz", b"khong phai tep quet")})
                for n in range(50)
            ]
            with ThreadPoolExecutor(1) as other:
                assert other.submit(client.get, f"{API}/batches").result(timeout=20).status_code == 200
            assert not any(one.done() for one in waiting)
        answers = [one.result(timeout=120) for one in waiting]
    assert {answer.status_code for answer in answers} == {201}
    counts = client.get(address.removesuffix("/files")).json()["counts"]
    assert counts["received"] == 50


def test_memory_that_fills_up_while_files_come_in_is_an_outage(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender is told to come again, not that something broke."""

    def fill(*_values: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    address = open_one(client)
    monkeypatch.setattr(Intake, "receive_upload", fill)
    answer = client.post(address, files={"files": ("a.pdf", b"x")})
    assert (answer.status_code, answer.json()["code"]) == (503, "NO_ROOM_FOR_UPLOAD")
    assert answer.headers["Retry-After"]


def test_a_defect_tells_its_place_and_not_what_it_choked_on(
    signed_in: SignIn, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Foreign messages quote values: neither the answer nor any log has them."""
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)

    class Broken:
        """An index that fails like a foreign library."""

        def walk(self, _request: object, _at: object = None) -> None:
            """Fail, quoting a name."""
            raise ValueError("Nguyễn Văn An 001203000123")

    vars(service)["index"] = Broken()
    with caplog.at_level(logging.DEBUG):
        answer = client.get(f"{API}/search", params={"q": "quyet dinh"})
    assert (answer.status_code, answer.json()["code"]) == (500, "SERVICE_ERROR")
    assert "ValueError at" in caplog.text
    assert "test_hardening.py" in caplog.text
    assert "001203000123" not in caplog.text + answer.text


@pytest.mark.anyio
async def test_a_stream_ends_so_that_its_reader_is_looked_at_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that ended meanwhile watches no batch for ever; the browser comes back by itself."""
    monkeypatch.setattr("api.progress.PERIOD_SECONDS", 0.01)
    monkeypatch.setattr("api.progress.LONGEST_PERIODS", 3)
    acting = Acting(SYSTEM, service.clock.now(), "test")
    batch = open_batch(service.store, acting, NewBatch(COMMUNE, "Lô"))
    events = [event async for event in iter_progress(service.store, acting, batch.id, None)]
    assert len(events) == 2
    assert "event: end" not in "".join(events)


@pytest.fixture
def anyio_backend() -> str:
    """The loop the server runs on."""
    return "asyncio"
