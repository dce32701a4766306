"""Evidence on the line: fetched in a child, kept as blobs, enough for a later check without a network."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from signed_samples import sign_with

from ingest.signatures import TrustSource
from signing.fetch import FetchRules
from tests.line import FixedClock, Line, open_line
from tests.pki.fixtures import NOON, build_pdf
from tests.pki.network import Network, run_network


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """The invented services."""
    folder = tmp_path / "keys"
    folder.mkdir()
    with run_network(folder) as network:
        yield network


@pytest.fixture
def trust(tmp_path: Path, network: Network) -> TrustSource:
    """The network's root and CA, fetching allowed."""
    folder = tmp_path / "trust"
    folder.mkdir()
    for role in ("root", "sub-ca"):
        (folder / f"{role}.crt").write_bytes(network.certificate(role).dump())
    (folder / "bundle.toml").write_text('name = "net"\nversion = "1"\ndate = "2026-06-15"\nsource = "x"\n')
    rules = FetchRules(online=True, folder=tmp_path / "evidence", allowed=frozenset({network.host}))
    return TrustSource(folder, fetch=rules)


@pytest.fixture
def line(tmp_path: Path, trust: TrustSource) -> Iterator[Line]:
    """A line with one child."""
    (tmp_path / "line").mkdir()
    with open_line(
        tmp_path / "line", tmp_path / "memory", trust=trust, workers=1, clock=FixedClock(NOON)
    ) as line:
        yield line


def test_evidence_is_kept_and_serves_without_network(
    line: Line, trust: TrustSource, network: Network, tmp_path: Path
) -> None:
    """The blobs beside the report make the second check good, though folder and servers are gone."""
    paper = line.blobs.put(sign_with(build_pdf(), network.signer("good"), "NguoiKy"))
    first = line.steps.verify_blob(paper)
    assert first.report_sha256 is not None
    report = json.loads(line.blobs.read(first.report_sha256))
    assert sorted(item["kind"] for item in report["evidence"]) == ["crl", "ocsp"]
    assert all(line.blobs.has(item["sha256"]) for item in report["evidence"])

    shutil.rmtree(tmp_path / "evidence")
    network.asked.clear()
    offline = replace(line.steps, trust=replace(trust, fetch=replace(trust.fetch, online=False)))
    assert _revocation(line, offline.verify_blob(paper).report_sha256) == "unknown"
    again = offline.verify_blob(paper, earlier=first.report_sha256)
    assert _revocation(line, again.report_sha256) == "good"
    assert network.asked == []


def _revocation(line: Line, report_sha256: str | None) -> str:
    assert report_sha256 is not None
    return json.loads(line.blobs.read(report_sha256))["signatures"][0]["revocation"]["status"]
