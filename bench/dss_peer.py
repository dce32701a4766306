"""EU DSS, the reference validator, as an outside peer (LGPL 2.1: run in benchmarks only, never linked).

Maven fetches the jars once; they are compared with the hashes kept beside the project file. One JVM judges
all files, so that its start is counted once. Every certificate inside a file counts as trusted: what is
compared is the judgement of the signature and of what followed it.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).with_name("dss")
VERSION = "6.3"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "sohoa" / f"dss-{VERSION}"
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
# Chain, revocation and age of certificates, which a comparison without trust leaves aside.
_TRUST_ASIDE = {
    "NO_CERTIFICATE_CHAIN_FOUND", "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "CERTIFICATE_CHAIN_GENERAL_FAILURE",
    "CHAIN_CONSTRAINTS_FAILURE", "OUT_OF_BOUNDS_NO_POE", "OUT_OF_BOUNDS_NOT_REVOKED", "REVOKED_NO_POE",
    "REVOKED_CA_NO_POE", "REVOCATION_OUT_OF_BOUNDS_NO_POE", "TRY_LATER", "NO_POE",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "REVOKED", "EXPIRED", "NOT_YET_VALID",
}  # fmt: skip


class PeerMissing(RuntimeError):
    """DSS cannot be run here; the message says what to install."""


@dataclass(frozen=True)
class PeerVerdict:
    """DSS on one file: by its status alone, with its warnings of changes read as alarms, and its words."""

    by_status: str
    with_warnings: str
    seconds: float
    words: str


def judge_files(files: Iterable[Path]) -> list[PeerVerdict]:
    """Judge files in one JVM, in order; raises PeerMissing."""
    fetch_jars()
    command = ["java", "-Xmx1g", "-cp", f"{CACHE}/*", str(HERE / "Judge.java")]
    paths = "".join(f"{path.resolve()}\n" for path in files)
    done = subprocess.run(command, input=paths, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerMissing(f"EU DSS stopped: {done.stderr[-1000:]}")
    return [read_verdict(json.loads(line)) for line in done.stdout.splitlines()]


def read_verdict(line: dict[str, Any]) -> PeerVerdict:
    """The verdict in the classes of this bench: intact, altered, unsigned, indeterminate or exception."""
    if "exception" in line:
        return PeerVerdict("exception", "exception", line["seconds"], str(line["exception"]))
    judged = [*line["signatures"], *line["timestamps"]]
    words = "; ".join(_words(item) for item in judged) or "no signature"
    if not judged:
        return PeerVerdict("unsigned", "unsigned", line["seconds"], words)
    status = _worst([_read_status(item) for item in judged])
    alarmed = any(item.get("undefined_changes") or item.get("pages_touched") for item in judged)
    warned = "altered" if alarmed and status == "intact" else status
    return PeerVerdict(status, warned, line["seconds"], words)


def _read_status(item: dict[str, Any]) -> str:
    if item["indication"] in ("TOTAL_PASSED", "PASSED") or item["sub"] in _TRUST_ASIDE:
        return "intact"
    return "altered" if item["indication"] in ("TOTAL_FAILED", "FAILED") else "indeterminate"


def _worst(states: list[str]) -> str:
    return min(states, key=["altered", "indeterminate", "intact"].index)


def _words(item: dict[str, Any]) -> str:
    parts = [str(item["indication"]), item["sub"] or ""]
    parts += [f"{name} {item[name]}" for name in ("undefined_changes", "pages_touched") if item.get(name)]
    return " ".join(part for part in parts if part)


def fetch_jars() -> None:
    """Bring the jars once; raises PeerMissing without Java, Maven or the expected files."""
    if not shutil.which("java") or not shutil.which("mvn"):
        raise PeerMissing("Java 17 and Maven are missing: apt-get install openjdk-17-jre-headless maven")
    if CACHE.exists():
        return
    folder = CACHE.with_suffix(".part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = ["mvn", "-B", "-q", "-f", HERE / "pom.xml", _PLUGIN, f"-DoutputDirectory={folder}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise PeerMissing(f"Maven could not fetch EU DSS {VERSION}: {done.stdout[-1000:]}")
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.jar")}
    lines = (HERE / "jars.sha256").read_text().splitlines()
    expected = {name: digest for digest, name in (line.split() for line in lines)}
    if found != expected:
        raise PeerMissing(f"EU DSS's files differ: {sorted(set(found.items()) ^ set(expected.items()))}")
    folder.rename(CACHE)
