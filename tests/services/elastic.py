"""A real Elasticsearch for tests: fetched from Maven Central, started as a user other than root, stopped.

`python tests/services/elastic.py start|stop|status [--version 8.19.9]`. Elastic publishes its server for
integration tests there; it is the real server without the optional modules. 8.19 runs on Java 17; 9.5 needs
a full JDK of 21 or later (with jdk.jlink). One server a machine: it is shared under a file lock by everyone
who asks for it, and ends when the last one lets go or with `stop`.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VERSIONS = ("8.19.9", "9.5.0")
ARTIFACT = "org.elasticsearch.distribution.integ-test-zip:elasticsearch:{version}:zip"
USER = "sohoa-es"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "sohoa-tests"
# Not in the home folder: the server's user could not enter root's.
HOME = Path(tempfile.gettempdir()) / f"sohoa-tests-elastic-{os.getuid()}"
PINNED = 0
"""Stands for a holder that is no process: `start` on the command line, let go by `stop`."""
JVM_FOLDERS = ("/usr/lib/jvm", "/opt")
START_SECONDS = 120
State = dict[str, Any]


class ServiceError(RuntimeError):
    """The server cannot be fetched or does not come up; the text says what to do."""


@contextmanager
def locked() -> Iterator[None]:
    """One process at a time looks after the server."""
    HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    if HOME.stat().st_uid != os.getuid():
        raise ServiceError(f"{HOME} belongs to somebody else; remove it")
    with (HOME / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def find_java(version: str) -> Path | None:
    """A JDK that can run this server version, or None."""
    least = 17 if version.startswith("8.") else 21
    found: list[tuple[int, Path]] = []
    for folder in JVM_FOLDERS:
        for java in Path(folder).glob("*/bin/java"):
            number = _java_number(java, needs_jlink=least >= 21)
            if number is not None and number >= least:
                found.append((number, java.parent.parent))
    return min(found)[1] if found else None


def _java_number(java: Path, *, needs_jlink: bool) -> int | None:
    """The feature number of a JVM; None when it does not run or lacks the modules 9.x needs."""
    result = subprocess.run([java, "-XshowSettings:properties", "-version"], capture_output=True, text=True)
    for line in result.stderr.splitlines():
        name, _, value = line.strip().partition(" = ")
        if name == "java.specification.version" and value.isdigit():
            if needs_jlink and not _has_modules(java):
                return None
            return int(value)
    return None


def _has_modules(java: Path) -> bool:
    listed = subprocess.run([java, "--list-modules"], capture_output=True, text=True).stdout
    return "jdk.jlink@" in listed and "jdk.incubator.vector@" in listed


def fetch(version: str) -> Path:
    """The server's archive, from the cache or Maven Central."""
    archive = CACHE / f"elasticsearch-{version}.zip"
    if archive.is_file():
        return archive
    if shutil.which("mvn") is None:
        raise ServiceError("Maven is missing: apt-get install maven, or set SOHOA_TEST_ELASTIC_URL")
    CACHE.mkdir(parents=True, exist_ok=True)
    artifact = f"-Dartifact={ARTIFACT.format(version=version)}"
    command = ["mvn", "-q", "-B", "dependency:copy", artifact, f"-DoutputDirectory={CACHE}"]
    result = subprocess.run(command, capture_output=True, text=True)
    if not archive.is_file():
        raise ServiceError(f"Maven could not fetch Elasticsearch {version}: {result.stdout[-2000:]}")
    return archive


def free_port() -> int:
    """A port nobody listens on, and never Elasticsearch's own, where a user's server may be."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in (9200, 9300):
            return port


def _state_file() -> Path:
    return HOME / "state.json"


def read_state() -> State | None:
    """What is known of the running server: url, version, pid; None when none runs."""
    try:
        state = json.loads(_state_file().read_text())
    except (FileNotFoundError, ValueError):
        return None
    return state if _is_ours(int(state["pid"])) else None


def _is_ours(pid: int) -> bool:
    """Whether the process is still the server we started (a pid may be given to another)."""
    try:
        return str(HOME).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def demote() -> dict[str, int | str]:
    """Arguments that run a child as a user other than root; the user is made when missing."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER]
        subprocess.run(command, check=True)
        entry = pwd.getpwnam(USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _unpack(archive: Path, version: str) -> Path:
    """The server's folder, unpacked afresh by unzip (Python's zipfile drops the run bits)."""
    folder = HOME / f"elasticsearch-{version}"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["unzip", "-q", "-o", archive, "-d", HOME], check=True)
    return folder


def _configure(folder: Path, port: int, transport: int) -> None:
    settings = {
        "cluster.name": "sohoa-tests",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": transport,
        "xpack.security.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in settings.items())
    (folder / "config" / "elasticsearch.yml").write_text(lines)


def own(folder: Path, demoted: dict[str, int | str]) -> None:
    """Give a folder to the user that `demote` names."""
    if demoted:
        subprocess.run(["chown", "-R", f"{demoted['user']}:{demoted['group']}", folder], check=True)


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health?timeout=1s", timeout=3) as answer:
            return json.load(answer)["status"] in ("green", "yellow")
    except (OSError, ValueError):
        return False


def _await(url: str, pid_file: Path, folder: Path) -> int:
    """The server's pid once it answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if pid_file.is_file() and _is_healthy(url):
            return int(pid_file.read_text())
        time.sleep(0.3)
    log = folder / "logs" / "sohoa-tests.log"
    tail = log.read_text()[-3000:] if log.is_file() else "no log"
    raise ServiceError(f"Elasticsearch did not answer within {START_SECONDS} s: {tail}")


def _launch(version: str, java: Path) -> State:
    folder = _unpack(fetch(version), version)
    port, transport, demoted = free_port(), free_port(), demote()
    _configure(folder, port, transport)
    own(folder, demoted)
    pid_file = folder / "logs" / "pid"
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "ES_JAVA_HOME": str(java),
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        "ES_TMPDIR": str(folder / "logs"),
    }
    with (folder / "logs" / "start.txt").open("wb") as output:
        subprocess.run(
            [folder / "bin" / "elasticsearch", "-d", "-p", pid_file],
            env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=180,
            **demoted,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    return {"url": url, "version": version, "pid": _await(url, pid_file, folder), "folder": str(folder)}


def start(version: str = VERSIONS[0], holder: int | None = None) -> str:
    """URL of a running server of this version, started if there is none; this process holds it."""
    with locked():
        state = read_state()
        if state is not None and state["version"] != version:
            raise ServiceError(f"Elasticsearch {state['version']} is running; stop it first")
        if state is None:
            java = find_java(version)
            if java is None:
                raise ServiceError(
                    f"No JDK for Elasticsearch {version}: apt-get install openjdk-17-jre-headless"
                )
            state = {**_launch(version, java), "holders": []}
        state["holders"] = [*_living(state), os.getpid() if holder is None else holder]
        _state_file().write_text(json.dumps(state))
        return str(state["url"])


def _living(state: State) -> list[int]:
    """Holders that still run."""
    return [pid for pid in state["holders"] if pid == PINNED or Path(f"/proc/{pid}").exists()]


def release() -> None:
    """This process lets go; the last holder stops the server. Killed holders do not count."""
    with locked():
        state = read_state()
        if state is None:
            return
        state["holders"] = [pid for pid in _living(state) if pid != os.getpid()]
        _state_file().write_text(json.dumps(state))
        if not state["holders"]:
            _end(state)


def stop() -> bool:
    """Stop the server whoever holds it; False when none runs."""
    with locked():
        state = read_state()
        if state is None:
            return False
        _end(state)
        return True


def _end(state: State) -> None:
    pid = int(state["pid"])
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while _is_ours(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    if _is_ours(pid):
        os.kill(pid, signal.SIGKILL)
    _state_file().unlink(missing_ok=True)
    shutil.rmtree(str(state["folder"]), ignore_errors=True)


def available_versions() -> tuple[str, ...]:
    """Versions this machine can run; a version that is left out is announced in one loud line."""
    found = tuple(version for version in VERSIONS if find_java(version))
    for version in sorted(set(VERSIONS) - set(found)):
        sys.stderr.write(
            f"!!! Elasticsearch {version} is NOT tested here: no JDK of 21 or later with jdk.jlink\n"
        )
    return found


def main() -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(description="Elasticsearch for tests")
    parser.add_argument("action", choices=("start", "stop", "status", "versions"))
    parser.add_argument("--version", default=VERSIONS[0], choices=VERSIONS)
    arguments = parser.parse_args()
    try:
        if arguments.action == "start":
            print(start(arguments.version, PINNED))
        elif arguments.action == "stop":
            print("stopped" if stop() else "not running")
        elif arguments.action == "versions":
            print("\n".join(available_versions()))
        else:
            print(json.dumps(read_state()))
    except ServiceError as exc:
        sys.stderr.write(f"{exc}\n")
        return 3
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
