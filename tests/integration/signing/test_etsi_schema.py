"""ETSI reports of real verifications against the standard's own schema."""

from typing import Any

import pytest
from demo_pki import DemoPki
from signed_samples import sign_with, tamper_after_signing

from signing.etsi import build_etsi
from signing.report import DocumentFacts, Policy
from signing.trust import TrustBundle
from signing.undecided import build_unreadable
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON
from tests.pki.shapes import sign_shapes
from tests.services.etsi import find_faults

pytestmark = pytest.mark.etsi


def build_reports(plain_pdf: bytes, pki: DemoPki, bundle: TrustBundle) -> dict[str, dict[str, Any]]:
    """Reports of each kind of file, as kept."""
    files = sign_shapes(pki, plain_pdf)
    stamped = files["stamped"]
    files |= {
        "altered": tamper_after_signing(files["office"]),
        "revoked": sign_with(plain_pdf, pki.signer("revoked"), "A"),
        "unsigned": plain_pdf,
        "no-pdf": b"khong phai pdf",
    }
    reports = {name: verify_pdf(data, trust=bundle, at=NOON).to_dict() for name, data in files.items()}
    reports["no-trust"] = verify_pdf(stamped, trust=None, at=NOON).to_dict()
    policy = Policy("sohoa-verify", "2", None, "", online=False)
    reports["not-read"] = build_unreadable(DocumentFacts("", 0), policy, "file_not_read").to_dict()
    old = verify_pdf(stamped, trust=bundle, at=NOON).to_dict()
    del old["requirements"], old["signatures"][0]["signed_sha256"]
    del old["signatures"][0]["time"]["signature_timestamps"][0]["sha256"]
    answer = {"kind": "ocsp", "url": "http://ocsp.example", "sha256": "9" * 64}
    return reports | {"older": old, "empty": {}, "fetched": reports["office"] | {"evidence": [answer]}}


def test_every_kind_of_report_fits_the_schema(plain_pdf: bytes, pki: DemoPki, bundle: TrustBundle) -> None:
    """Signed, stamped, altered, revoked, unsigned, unreadable and old reports are valid TS 119 102-2."""
    reports = build_reports(plain_pdf, pki, bundle)
    faults = {name: find_faults(build_etsi(report)) for name, report in reports.items()}
    assert not any(faults.values()), faults


def test_the_schema_does_judge(plain_pdf: bytes) -> None:
    """A report without its status is refused, so that the check above can fail."""
    xml = build_etsi(verify_pdf(plain_pdf, trust=None, at=NOON).to_dict())
    assert find_faults(xml.replace(b"MainIndication", b"OtherIndication"))
