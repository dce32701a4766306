"""The schema of ETSI TS 119 102-2, as EU DSS ships it: fetched once by Maven, read from the jars by lxml.

Used in tests only and never linked in. The jars are compared with the hashes kept beside this file.
"""

import fcntl
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from tests.services.parts import CACHE, report_missing
from tests.services.verapdf import PLUGIN, hash_jars

VERSION = "6.3"
FOLDER = CACHE / f"etsi-schemas-{VERSION}"
HASHES = Path(__file__).with_name("etsi.sha256")
GROUP = "eu.europa.ec.joinup.sd-dss"
PROJECT = f"""<project><modelVersion>4.0.0</modelVersion>
<groupId>vn.sohoa</groupId><artifactId>etsi-fetch</artifactId><version>1</version>
<dependencies><dependency><groupId>{GROUP}</groupId><artifactId>specs-validation-report</artifactId>
<version>{VERSION}</version></dependency></dependencies></project>"""
SCHEMAS = ("specs-validation-report", "specs-xades", "specs-xmldsig", "specs-trusted-list")
ROOT = "1910202xmlSchema.xsd"
# The address in an import, by its last part, to the file in the jars (their own catalogue says the same).
_RENAMED = {"ts_119612v020201_201601xsd.xsd": "ts_119612v020301_xsd.xsd"}


class _Jars(etree.Resolver):
    """Answers every import from the jars, so that the network is never asked."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        super().__init__()
        self._texts = texts

    def resolve(self, url: str, _public: str | None, context: Any) -> Any:
        """The schema of that name; raises KeyError for one the jars do not hold."""
        name = url.rsplit("/", 1)[-1]
        return self.resolve_string(self._texts[_RENAMED.get(name, name)], context)


@cache
def load_schema() -> etree.XMLSchema:
    """The schema of a validation report, ready to check documents."""
    _fetch()
    texts: dict[str, bytes] = {}
    for jar in sorted(FOLDER.glob("*.jar")):
        with zipfile.ZipFile(jar) as held:
            texts |= {Path(name).name: held.read(name) for name in held.namelist() if name.endswith(".xsd")}
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=True)
    parser.resolvers.add(_Jars(texts | {"XMLSchema.dtd": b""}))
    return etree.XMLSchema(etree.fromstring(texts[ROOT], parser))


def find_faults(xml: bytes) -> list[str]:
    """What the schema says against a document; empty when it is valid."""
    schema = load_schema()
    schema.validate(etree.fromstring(xml))
    return [str(entry) for entry in schema.error_log]


def _fetch() -> None:
    """Bring the jars once, whichever test process is first."""
    if not shutil.which("java") or not shutil.which("mvn"):
        report_missing("Java 17 and Maven")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "etsi.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not FOLDER.exists():
            _download(FOLDER.with_suffix(".part"))
            FOLDER.with_suffix(".part").rename(FOLDER)


def _download(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    project = folder / "pom.xml"
    project.write_text(PROJECT)
    options = [f"-DoutputDirectory={folder}", f"-DincludeArtifactIds={','.join(SCHEMAS)}"]
    command = ["mvn", "-B", "-q", "-f", project, PLUGIN, *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(f"Maven could not fetch the schemas: {done.stdout[-2000:]}{done.stderr[-500:]}")
    project.unlink()
    found = hash_jars(folder)
    expected = dict(reversed(line.split()) for line in HASHES.read_text().splitlines())
    if found != expected:
        raise RuntimeError(
            f"The schemas differ from {HASHES.name}: {set(found.items()) ^ set(expected.items())}"
        )
