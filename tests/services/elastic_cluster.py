"""A private Elasticsearch cluster of one or more nodes, for measurements and for tests that stop nodes.

Unlike `tests.services.elastic`, which one server a machine is shared by, this one belongs to whoever opens
it: own folder, own ports, gone afterwards. A third node with the role `master` alone is the small voter.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import elastic

START_SECONDS = 120
_STOP_SECONDS = 30


@dataclass
class Node:
    """One node: where it answers, its own configuration and data, and the environment it starts with."""

    name: str
    port: int
    transport: int
    home: Path
    folder: Path
    environment: dict[str, str]
    pid: int | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; returns when its process runs, not yet when it answers."""
        pid_file = self.folder / "pid"
        pid_file.unlink(missing_ok=True)
        with (self.folder / "start.txt").open("wb") as output:
            subprocess.run(
                [self.home / "bin" / "elasticsearch", "-d", "-p", pid_file],
                env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                timeout=180, **elastic.demote(),
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not pid_file.is_file():
            if time.monotonic() > deadline:
                raise elastic.ServiceError(f"{self.name} did not start: {self._tail()}")
            time.sleep(0.1)
        self.pid = int(pid_file.read_text())

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End its process and wait until it is gone; nothing when it does not run."""
        if self.pid is None:
            return
        pid, self.pid = self.pid, None
        if not self._is_mine(pid):
            return
        os.kill(pid, number)
        deadline = time.monotonic() + _STOP_SECONDS
        while self._is_mine(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._is_mine(pid):
            os.kill(pid, signal.SIGKILL)

    def await_answer(self, nodes: int) -> None:
        """Return when it answers as part of a cluster of that many nodes."""
        question = f"{self.url}/_cluster/health?wait_for_nodes={nodes}&wait_for_status=yellow&timeout=1s"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(question, timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise elastic.ServiceError(f"{self.name} did not answer: {self._tail()}")

    def _is_mine(self, pid: int) -> bool:
        """Whether the process is still this node (a pid may be given to another)."""
        try:
            return str(self.home).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False

    def _tail(self) -> str:
        found = sorted((self.folder / "logs").glob("*.log"))
        return found[0].read_text(errors="replace")[-3000:] if found else "no log"


@contextmanager
def running_cluster(
    version: str, nodes: int = 1, *, heap: str = "512m", voters: int = 0
) -> Iterator[Sequence[Node]]:
    """A running cluster: `nodes` that hold data, then `voters` that only elect; stopped at the end.

    `snapshots` below the common folder may hold snapshots. Raises `elastic.ServiceError` without a JDK.
    """
    java = elastic.find_java(version)
    if java is None:
        raise elastic.ServiceError(f"No JDK for Elasticsearch {version}.")
    folder = Path(tempfile.mkdtemp(prefix="sohoa-cluster-", dir=tempfile.gettempdir()))
    made: list[Node] = []
    try:
        folder.chmod(0o755)
        archive = elastic.fetch(version)
        subprocess.run(["unzip", "-q", "-o", archive, "-d", folder], check=True)
        home = folder / f"elasticsearch-{version}"
        ports = [elastic.free_port() for _ in range(2 * (nodes + voters))]
        made = [
            _make(folder, home, f"node-{at}", ports[2 * at : 2 * at + 2], java, heap, is_voter=at >= nodes)
            for at in range(nodes + voters)
        ]
        for node in made:
            _configure(node, made, folder / "snapshots", is_voter=made.index(node) >= nodes)
        (folder / "snapshots").mkdir()
        elastic.own(folder, elastic.demote())
        # Side by side: a node alone would wait for the others to elect it.
        with ThreadPoolExecutor(len(made)) as hands:
            list(hands.map(Node.start, made))
        for node in made:
            node.await_answer(len(made))
        yield made
    finally:
        for node in made:
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _make(
    folder: Path, home: Path, name: str, ports: Sequence[int], java: Path, heap: str, *, is_voter: bool
) -> Node:
    own = folder / name
    shutil.copytree(home / "config", own / "config")
    for part in ("data", "logs", "tmp"):
        (own / part).mkdir()
    size = "128m" if is_voter else heap
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(own),
        "ES_JAVA_HOME": str(java),
        "ES_JAVA_OPTS": f"-Xms{size} -Xmx{size}",
        "ES_TMPDIR": str(own / "tmp"),
        "ES_PATH_CONF": str(own / "config"),
    }
    return Node(name, ports[0], ports[1], home, own, environment)


def _configure(node: Node, nodes: Sequence[Node], snapshots: Path, *, is_voter: bool) -> None:
    seeds = [f"127.0.0.1:{other.transport}" for other in nodes]
    settings: dict[str, object] = {
        "cluster.name": "sohoa-cluster",
        "node.name": node.name,
        "network.host": "127.0.0.1",
        "http.port": node.port,
        "transport.port": node.transport,
        "path.data": node.folder / "data",
        "path.logs": node.folder / "logs",
        "path.repo": snapshots,
        "xpack.security.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    if len(nodes) == 1:
        settings["discovery.type"] = "single-node"
    else:
        settings["discovery.seed_hosts"] = f"[{', '.join(seeds)}]"
        settings["cluster.initial_master_nodes"] = f"[{', '.join(other.name for other in nodes)}]"
    if is_voter:
        settings["node.roles"] = "[master]"
    lines = "".join(f"{name}: {value}\n" for name, value in settings.items())
    (node.folder / "config" / "elasticsearch.yml").write_text(lines)
