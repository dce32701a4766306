"""veraPDF, the outside judge of PDF/A: fetched once by Maven, each file checked by its command line.

Used in tests only and never linked in. The jars that Maven brings are compared with the hashes kept beside
this file, so that a changed artefact is noticed.
"""

import fcntl
import hashlib
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple

from tests.services.parts import CACHE, report_missing

VERSION = "1.28.2"
MAIN_CLASS = "org.verapdf.apps.GreenfieldCliWrapper"
FOLDER = CACHE / f"verapdf-{VERSION}"
HASHES = Path(__file__).with_name("verapdf.sha256")
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
PROJECT = f"""<project><modelVersion>4.0.0</modelVersion>
<groupId>vn.sohoa</groupId><artifactId>verapdf-fetch</artifactId><version>1</version>
<dependencies><dependency><groupId>org.verapdf.apps</groupId><artifactId>greenfield-apps</artifactId>
<version>{VERSION}</version></dependency></dependencies></project>"""


class Judgement(NamedTuple):
    """What veraPDF says of one file: whether it complies, and its whole report (XML)."""

    compliant: bool
    report: str


def judge_pdfa(path: Path, flavour: str = "2b") -> Judgement:
    """Check `path` against a PDF/A flavour (`2b`, `3b`, ...); raises RuntimeError without a verdict."""
    _fetch()
    done = subprocess.run(
        [
            "java",
            "-Xmx256m",
            "-cp",
            f"{FOLDER}/*",
            MAIN_CLASS,
            "-f",
            flavour,
            path,
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    try:
        verdict = ElementTree.fromstring(done.stdout).find(".//validationReport")
    except ElementTree.ParseError as error:
        raise RuntimeError(f"veraPDF gave no report: {done.stderr[-2000:]}") from error
    if verdict is None:
        raise RuntimeError(f"veraPDF gave no verdict: {done.stdout[-2000:]}")
    return Judgement(verdict.get("isCompliant") == "true", done.stdout)


def _fetch() -> None:
    """Bring the jars once, whichever test process is first."""
    if not shutil.which("java") or not shutil.which("mvn"):
        report_missing("Java 17 and Maven")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "verapdf.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not FOLDER.exists():
            _download(FOLDER.with_suffix(".part"))
            FOLDER.with_suffix(".part").rename(FOLDER)


def _download(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    project = folder / "pom.xml"
    project.write_text(PROJECT)
    command = [
        "mvn",
        "-B",
        "-q",
        "-f",
        project,
        PLUGIN,
        f"-DoutputDirectory={folder}",
        "-DincludeScope=runtime",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise RuntimeError(
            f"Maven could not fetch veraPDF {VERSION}: {done.stdout[-2000:]}{done.stderr[-500:]}"
        )
    project.unlink()
    found = hash_jars(folder)
    expected = dict(reversed(line.split()) for line in HASHES.read_text().splitlines())
    if found != expected:
        changed = sorted(set(found.items()) ^ set(expected.items()))
        raise RuntimeError(f"veraPDF's files differ from {HASHES.name}: {changed}")


def hash_jars(folder: Path) -> dict[str, str]:
    """Name to SHA-256 of every jar in `folder`."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.jar"))}
