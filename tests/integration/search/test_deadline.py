"""The whole interface before a database that hangs: an answer in time, never "none" (PostgreSQL)."""

import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from api.app import create_app
from api.settings import IntakeSettings, OcrSettings, Settings, StoreSettings
from api.wiring import Service, build_service
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.keys import NewKey, add_key
from records.actions.types import add_type
from records.actions.units import add_unit
from records.model import ResultType, Unit
from tests.factories import OWNER, TYPE, UNIT, build_result
from tests.services.postgres import PostgresServer

QUESTION = {
    "owner": {"id": OWNER},
    "type": TYPE,
    "purpose": {"dossier": "H15.03-260115-0042", "procedure": "1.011442"},
}


class Wire:
    """A wire to the database that can be held still: connections stay open and nothing passes."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._flows = threading.Event()
        self._flows.set()
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def held(self) -> Generator[None]:
        """Nothing passes in this block."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def wire(postgres_server: PostgresServer) -> Iterator[Wire]:
    """A wire to the test's server."""
    made = Wire(postgres_server.port)
    yield made
    made.close()


@pytest.fixture
def service(postgres_url: str, wire: Wire, tmp_path: Path, memory_dir: Path) -> Iterator[Service]:
    """A service whose database lies behind the wire, with one result in force."""
    url = make_url(postgres_url).set(port=wire.port).render_as_string(hide_password=False)
    store = StoreSettings(folder=tmp_path / "var", url=SecretStr(url), wait_seconds=5.0)
    intake = IntakeSettings(memory_folder=memory_dir)
    made = build_service(Settings(store=store, intake=intake, ocr=OcrSettings(jobs=1)))
    made.migrate()
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    add_unit(made.store, acting, Unit(UNIT, "Sở Tư pháp"))
    add_type(made.store, acting, ResultType(TYPE, "Giấy xác nhận"))
    with made.store.write() as work:
        work.results.add(build_result())
        work.commit()
    yield made
    made.close()


@pytest.mark.sql
@pytest.mark.postgres
def test_a_hung_server_ends_in_no_answer_yet(service: Service, wire: Wire) -> None:
    """Connections open, nothing answers: 503 with the same body within the deadline, and well again after."""
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    _key, token = add_key(service.store, acting, NewKey("Một cửa", UNIT, ("lookup",), None))
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(create_app(service, with_pages=False)) as client:

        def ask() -> tuple[int, str, float]:
            started = time.monotonic()
            answer = client.post("/api/v1/reuse/lookups", json=QUESTION, headers=headers)
            return answer.status_code, answer.json()["code"], time.monotonic() - started

        assert ask()[:2] == (200, "CO_GIA_TRI_TAI_SU_DUNG")
        with wire.held():
            for status, code, seconds in (ask(), ask()):
                assert (status, code) == (503, "TAM_THOI_KHONG_TRA_LOI")
                assert seconds < 3 * service.lookup.seconds
        assert service.journal.waiting() >= 2
        assert ask()[:2] == (200, "CO_GIA_TRI_TAI_SU_DUNG")
