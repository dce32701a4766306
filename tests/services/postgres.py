"""A private PostgreSQL server for one test process: own folder, own port, gone afterwards.

Never runs as root (the server refuses to) and never touches a server that is already there. Written for
speed, not safety: fsync is off, which a SIGKILL of a client or of the server's own processes does not notice.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.services.parts import RUNNING, find_postgres_folder, report_missing

START_SECONDS = 60.0
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server: where it listens and the password of its owner."""

    port: int
    password: str

    def url(self, database: str) -> str:
        """The address of one database, as SQLAlchemy 2.1 and libpq read it."""
        return f"postgresql://sohoa:{self.password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The address of a new, empty database that is dropped at the end, whoever is still connected."""
        name = f"test_{secrets.token_hex(6)}"
        self._run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
        try:
            yield self.url(name)
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _run(self, statement: str, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server started now and stopped at the end, its folder removed."""
    programs = find_postgres_folder()
    if programs is None:
        report_missing("a PostgreSQL server")
    # Under /tmp and short: a UNIX socket's path may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="sohoa-pg-", dir="/tmp"))
    pid_file = RUNNING / f"{folder.name}.pid"
    user = "postgres" if os.geteuid() == 0 else None
    process = None
    try:
        server = _initialise(programs, folder, user)
        process = _start(programs, folder, user, server.port)
        pid_file.parent.mkdir(parents=True, exist_ok=True)
        pid_file.write_text(str(process.pid))
        _await(server, process, folder)
        yield server
    finally:
        if process is not None:
            process.send_signal(2)  # SIGINT: "fast" shutdown, clients are cut off
            process.wait(timeout=30)
        pid_file.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(programs: Path, folder: Path, user: str | None) -> PostgresServer:
    password = secrets.token_hex(16)
    password_file = folder / "password"
    password_file.write_text(password)
    if user is not None:
        shutil.chown(folder, user)
        shutil.chown(password_file, user)
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--username=sohoa"]
    done = subprocess.run(
        [programs / "initdb", f"--pwfile={password_file}", "--pgdata", folder / "data", *options],
        user=user,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    password_file.unlink()
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr}")
    return PostgresServer(_free_port(), password)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start(programs: Path, folder: Path, user: str | None, port: int) -> "subprocess.Popen[bytes]":
    settings = SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *arguments],
            user=user,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            # Ctrl+C in the terminal ends the tests first; the server is stopped by the fixture.
            start_new_session=True,
        )


def _await(server: PostgresServer, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (folder / "log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start: {log[-2000:]}") from None
            time.sleep(0.1)
