"""Signature checks that keep nothing: who may ask, what comes back, what is left behind."""

from pathlib import Path
from typing import cast

import pytest
from demo_pki import DemoPki
from fastapi.testclient import TestClient
from signed_samples import sign_as_office

from api.wiring import Service
from ingest import signatures
from ingest.signatures import TrustSource, verify_in_child
from ocr.errors import EngineCrashed
from ocr.pool import PagePool
from records.access import Role
from tests.pki.fixtures import NOON, pki, plain_pdf
from tests.unit.api.conftest import COMMUNE, SignIn

__all__ = ["pki", "plain_pdf"]
ADDRESS = "/api/v1/verifications"


@pytest.fixture
def office(pki: DemoPki, plain_pdf: bytes) -> bytes:
    """A document signed by leader and agency."""
    return sign_as_office(plain_pdf, pki)


@pytest.fixture
def clerk(signed_in: SignIn) -> TestClient:
    """A clerk, who may check signatures."""
    return signed_in("thu", Role.CLERK, COMMUNE)


def test_a_signed_file_is_judged_and_nothing_is_kept(
    clerk: TestClient, service: Service, office: bytes
) -> None:
    """Six lines, a headline and a next step; no file, blob or row is left."""
    answer = clerk.post(ADDRESS, files={"file": ("quyet-dinh.pdf", office)})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    report = answer.json()
    assert report["summary"]["integrity"] == "extended"
    assert [row["key"] for row in report["summary"]["rows"]] == [
        "integrity", "coverage", "changes", "signer", "revocation", "time",
    ]  # fmt: skip
    assert len(report["signatures"]) == 2
    assert report["requirements"][0]["id"] == "nd30-2020"
    blobs = [path for path in (service.folder / "blobs").rglob("*") if path.is_file()]
    waiting = list(service.memory.path.rglob("*.pdf"))
    assert (blobs, waiting) == ([], [])


def test_the_report_comes_as_xml_to_who_asks(clerk: TestClient, plain_pdf: bytes) -> None:
    """`format=etsi` or XML named first in `Accept` gives ETSI's form; anything else stays JSON."""
    asked = [
        ({"format": "etsi"}, "*/*", "application/xml"),
        ({}, "application/xml, */*;q=0.5", "application/xml"),
        ({"format": "json"}, "application/xml", "application/json"),
        ({}, "text/html, application/xml;q=0.9", "application/json"),
    ]
    for parameters, accept, kind in asked:
        files = {"file": ("a.pdf", plain_pdf)}
        answer = clerk.post(ADDRESS, params=parameters, headers={"Accept": accept}, files=files)
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
        assert answer.headers["cache-control"] == "no-store"
        assert (b"noSignatureFound" in answer.content) == (kind == "application/xml")


def test_rubbish_is_an_answer_too(clerk: TestClient) -> None:
    """What is no PDF is unreadable, with advice; a request without a file is wrong."""
    report = clerk.post(ADDRESS, files={"file": ("a.pdf", b"khong phai pdf")}).json()
    assert report["summary"]["integrity"] == "unreadable"
    assert clerk.post(ADDRESS, files={"khac": ("a.pdf", b"x")}).status_code == 422
    assert clerk.post(ADDRESS, params={"at": "2026-01-01T00:00:00"}, files={"file": b"x"}).status_code == 422


def test_who_may_not_check_is_refused(signed_in: SignIn) -> None:
    """An auditor reads logs and checks no files."""
    answer = signed_in("kiem", Role.AUDITOR, None).post(ADDRESS, files={"file": ("a.pdf", b"x")})
    assert answer.status_code == 403


def test_a_verifier_that_hangs_ends_in_a_reason(
    tmp_path: Path, office: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of time is INDETERMINATE with its reason, and never "unsigned"."""
    path = tmp_path / "a.pdf"
    path.write_bytes(office)
    monkeypatch.setattr(signatures, "_SECONDS", 0.0)
    monkeypatch.setattr(signatures, "_SECONDS_A_MEGABYTE", 0.0)
    with PagePool(1, 2 * 1024**3, tmp_path) as pool:
        verified = verify_in_child(pool, path, TrustSource(), NOON)
    assert (verified.indication, verified.is_signed) == ("INDETERMINATE", True)
    assert b"timed_out" in verified.report


class DyingPool:
    """A pool whose child dies of every file."""

    def run(self, *_values: object, timeout: float) -> None:
        """As `PagePool.run` does when its child is gone."""
        raise EngineCrashed(status=-9)


def test_a_verifier_that_dies_ends_in_a_reason(tmp_path: Path, office: bytes) -> None:
    """A child killed by a file costs that file a verdict, not the caller an exception."""
    path = tmp_path / "a.pdf"
    path.write_bytes(office)
    verified = verify_in_child(cast("PagePool", DyingPool()), path, TrustSource(), NOON)
    assert (verified.indication, verified.is_signed) == ("INDETERMINATE", True)
    assert b"verifier_crashed" in verified.report
