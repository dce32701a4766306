"""The whole service for measurements (dịch vụ để đo): PostgreSQL, `sohoa serve`, machines with keys."""

import http.client
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from api.settings import load_settings
from api.wiring import Service, build_service
from records.access import SYSTEM, Permission
from records.actions.acting import Acting
from records.actions.keys import NewKey, import_keys
from records.actions.types import add_type
from records.actions.units import add_unit
from records.model import ResultType, Unit
from tests.services.postgres import running_postgres

ROOT = Path(__file__).resolve().parent.parent
PROVINCE = "H15"
_CLIENTS = 32
_START_SECONDS = 60
# Limits and alarms are on, and set so that one client may ask as fast as it can.
_RELAXED = {
    "SOHOA_CLIENTS__LOOKUPS_PER_SECOND": "10000",
    "SOHOA_CLIENTS__LOOKUP_BURST": "100000",
    "SOHOA_CLIENTS__PERSON_PER_SECOND": "10000",
    "SOHOA_CLIENTS__PERSON_BURST": "100000",
    "SOHOA_CLIENTS__ALARM_OWNERS_PER_DOSSIER": "100",
    "SOHOA_CLIENTS__ALARM_MISS_SHARE": "1",
    "SOHOA_CLIENTS__ALARM_NEAR": "0",
}


@dataclass
class Caller:
    """Machine clients (bên gọi): each thread keeps one connection and takes the next one's key."""

    host: str
    port: int
    tokens: Sequence[str]
    _local: threading.local = field(default_factory=threading.local)
    _turns: Iterator[int] = field(default_factory=itertools.count)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Status and body of an answer."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
            self._local.connection = connection
            self._local.token = self.tokens[next(self._turns) % len(self.tokens)]
        headers = {"Authorization": f"Bearer {self._local.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def expect(self, method: str, path: str, body: object = None) -> bytes:
        """The body of an answer that must be 200."""
        status, data = self.ask(method, path, body)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {data[:300]!r}")
        return data


@dataclass(frozen=True)
class Stack:
    """What runs: the service's parts in this process, and the server's caller and process number."""

    service: Service
    caller: Caller
    database: str
    pid: int


@contextmanager
def prepared_service(
    database: str, folder: Path, more: Mapping[str, str]
) -> Iterator[tuple[Service, list[str]]]:
    """A service on a migrated database with a province, a type and machines' keys; and their tokens."""
    settings = {
        "SOHOA_ENVIRONMENT": "development",
        "SOHOA_STORE__FOLDER": str(folder / "var"),
        "SOHOA_STORE__URL": database,
        "SOHOA_INTAKE__MEMORY_FOLDER": str(folder / "memory"),
        "SOHOA_OCR__PROFILE": "tesseract",
        **_RELAXED,
        **more,
    }
    os.environ.update(settings)
    service = build_service(load_settings())
    try:
        service.migrate()
        acting = Acting(SYSTEM, service.clock.now(), "bench")
        add_unit(service.store, acting, Unit(PROVINCE, "Tỉnh", None, None))
        add_type(service.store, acting, ResultType("2.000815", "Chứng thực bản sao", None))
        scopes = (Permission.LOOKUP.value, Permission.SEARCH.value)
        made = [NewKey(f"bench-{number}", None, scopes, None) for number in range(_CLIENTS)]
        yield service, [token for _key, token in import_keys(service.store, acting, made)]
    finally:
        service.close()


@contextmanager
def running_server(*options: str) -> Iterator[tuple[str, int, int]]:
    """`sohoa serve`, and an empty route, with this process's environment: host, port, process number."""
    command = [sys.executable, "-m", "bench.empty", "serve", "--port", "0", *options]
    with tempfile.NamedTemporaryFile() as words:
        server = subprocess.Popen(command, cwd=ROOT, stdout=words, stderr=words)
        try:
            yield *_await_address(server, Path(words.name)), server.pid
        finally:
            server.terminate()
            server.wait(timeout=30)


def _await_address(server: "subprocess.Popen[bytes]", words: Path) -> tuple[str, int]:
    """Host and port the server says it listens on."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        found = re.search(r"http://([^ :]+):(\d+)", words.read_text())
        if found:
            return found[1], int(found[2])
        time.sleep(0.1)
    raise RuntimeError(f"sohoa serve did not start: {words.read_text()[-2000:]}")


@contextmanager
def running_stack(more: Mapping[str, str] | None = None, processes: int = 1) -> Iterator[Stack]:
    """Everything, started now, with so many serving processes; `more` are further settings."""
    with (
        tempfile.TemporaryDirectory(prefix="sohoa-bench-") as folder,
        running_postgres() as postgres,
        postgres.fresh_database() as database,
        prepared_service(database, Path(folder), more or {}) as (service, tokens),
        running_server("--no-worker", "--processes", str(processes)) as (host, port, pid),
    ):
        yield Stack(service, Caller(host, port, tokens), database, pid)
