"""The ETSI report: its words for our verdicts, and nothing that reads better than our own report."""

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from signing.etsi import build_etsi
from signing.etsi_elements import OWN, REPORT, SIGNATURE
from signing.report import Indication

NAMES = {"v": REPORT, "ds": SIGNATURE, "o": OWN}
SIGNER, ROOT, STAMP, SIGNED = "a" * 64, "b" * 64, "c" * 64, "d" * 64
MAIN = "urn:etsi:019102:mainindication:"


def make_stamp(**changes: Any) -> dict[str, Any]:
    """A time-stamp that holds and is trusted."""
    stamp = {
        "time": "2026-03-01T02:00:00+00:00", "tsa": "TSA Mẫu", "digest": True, "value": True,
        "trust": "trusted", "sha256": STAMP,
    }  # fmt: skip
    return stamp | changes


def make_entry(**changes: Any) -> dict[str, Any]:
    """A signature that passed, with its chain."""
    chain = [{"sha256": ROOT}, {"sha256": SIGNER}]
    entry = {
        "field": "NguoiKy", "type": "approval", "subfilter": "ETSI.CAdES.detached", "signed_sha256": SIGNED,
        "indication": "TOTAL-PASSED", "sub_indication": None, "integrity": {"weak": []},
        "coverage": {"byte_range": [0, 10, 20, 30]},
        "signer": {"subject": "Trần Văn A", "sha256": SIGNER, "chain": chain, "trust": "trusted"},
        "time": {"claimed": "2026-03-01T01:59:00+00:00", "signature_timestamps": []},
        "rows": [{"key": "integrity", "state": "good", "code": "INTEGRITY_GOOD", "text_vi": "Đúng."}],
    }  # fmt: skip
    return entry | changes


def make_report(*entries: dict[str, Any], indication: str = "TOTAL-PASSED") -> dict[str, Any]:
    """A report as kept, with the document's indication."""
    return {
        "document": {"sha256": "e" * 64},
        "summary": {"indication": indication, "sub_indication": None},
        "policy": {"id": "sohoa-verify", "version": "2", "time_of_check": "2026-06-15T12:00:00+00:00"},
        "signatures": list(entries),
        "warnings": ["hybrid_references"],
    }


def build(report: dict[str, Any]) -> Element:
    """The XML, parsed."""
    return ElementTree.fromstring(build_etsi(report))


def read_indications(root: Element) -> list[str | None]:
    """The main indication of every SignatureValidationReport, in order."""
    path = "v:SignatureValidationReport/v:SignatureValidationStatus/v:MainIndication"
    return [found.text for found in root.findall(path, NAMES)]


@pytest.mark.parametrize(
    ("indication", "uri"),
    [
        ("TOTAL-PASSED", f"{MAIN}total-passed"),
        ("TOTAL-FAILED", f"{MAIN}total-failed"),
        ("INDETERMINATE", f"{MAIN}indeterminate"),
        ("SOMETHING-NEW", f"{MAIN}indeterminate"),
    ],
)
def test_each_indication_has_its_uri(indication: str, uri: str) -> None:
    """The words of EN 319 102-1; what is not known is indeterminate, never passed."""
    assert read_indications(build(make_report(make_entry(indication=indication), indication=indication))) == [
        uri
    ]


def test_every_signature_stands_in_it() -> None:
    """Two signatures, one failed: both with their own verdict, sub-indication and identifier."""
    failed = make_entry(indication="TOTAL-FAILED", sub_indication="HASH_FAILURE")
    root = build(make_report(make_entry(), failed, indication="TOTAL-FAILED"))
    assert read_indications(root) == [f"{MAIN}total-passed", f"{MAIN}total-failed"]
    assert [found.text for found in root.iter(f"{{{REPORT}}}SubIndication")] == [
        "urn:etsi:019102:subindication:HASH_FAILURE"
    ]
    assert len(root.findall(".//v:SignatureIdentifier/v:DigestAlgAndValue/ds:DigestValue", NAMES)) == 2


def test_a_lost_signature_does_not_read_as_passed() -> None:
    """A document worse than each of its signatures adds its own verdict."""
    assert read_indications(build(make_report(make_entry(), indication="INDETERMINATE"))) == [
        f"{MAIN}total-passed",
        f"{MAIN}indeterminate",
    ]


@pytest.mark.parametrize("indication", [Indication.NO_SIGNATURE, Indication.INDETERMINATE])
def test_a_file_without_signatures_has_a_verdict(indication: Indication) -> None:
    """Unsigned and unreadable files have one report, without identifier, which is not green."""
    root = build(make_report(indication=indication))
    assert root.find(".//v:SignatureIdentifier", NAMES) is None
    assert len(read_indications(root)) == 1
    assert "passed" not in str(read_indications(root))


def test_a_trusted_stamp_proves_the_time() -> None:
    """The earliest trusted time-stamp is the best time, and its object says which signature it proves."""
    late, early = make_stamp(), make_stamp(time="2026-02-01T02:00:00+00:00", sha256="f" * 64)
    root = build(make_report(make_entry(time={"signature_timestamps": [late, early]})))
    assert root.findtext(".//v:BestSignatureTime/v:POETime", "", NAMES) == "2026-02-01T02:00:00+00:00"
    best = root.find(".//v:BestSignatureTime/v:POEObject", NAMES)
    assert best is not None
    proof = root.find(f".//v:ValidationObject[@id='{best.get('VOReference')}']", NAMES)
    assert proof is not None
    assert proof.findtext(".//v:SignatureReference/v:DigestValue", "", NAMES) == root.findtext(
        ".//v:SignatureIdentifier/v:DigestAlgAndValue/ds:DigestValue", "", NAMES
    )


def test_document_stamp_gives_the_best_time_without_an_object() -> None:
    """What a time-stamp of the whole document proves earlier than the signature's own counts."""
    times = {"signature_timestamps": [make_stamp()], "best_time": "2026-01-01T00:00:00+00:00"}
    best = build(make_report(make_entry(time=times))).find(".//v:BestSignatureTime", NAMES)
    assert best is not None
    assert best.findtext("v:POETime", "", NAMES) == "2026-01-01T00:00:00+00:00"
    assert best.find("v:POEObject", NAMES) is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"trust": "unknown_chain"}, "indeterminate"),
        ({"digest": None}, "indeterminate"),
        ({"value": False}, "failed"),
    ],
)
def test_no_other_stamp_proves_anything(changes: dict[str, Any], word: str) -> None:
    """Without trust, or broken, the best time is the check's own, and nothing is provisioned."""
    root = build(make_report(make_entry(time={"signature_timestamps": [make_stamp(**changes)]})))
    assert root.findtext(".//v:BestSignatureTime/v:POETime", "", NAMES) == "2026-06-15T12:00:00+00:00"
    assert root.find(".//v:POEProvisioning", NAMES) is None
    verdict = ".//v:ValidationObject/v:ValidationReport/v:SignatureValidationStatus/v:MainIndication"
    assert root.findtext(verdict, "", NAMES) == f"{MAIN}{word}"


def test_the_root_is_an_anchor_only_under_trust() -> None:
    """The chain's root is a TrustAnchor where the chain is trusted, else one more certificate."""
    trusted = build(make_report(make_entry()))
    entry = make_entry()
    foreign = build(make_report(make_entry(signer=entry["signer"] | {"trust": "wrong_chain"})))
    for root, name in ((trusted, "TrustAnchor"), (foreign, "IntermediateCertificate")):
        assert [found.tag for found in root.findall(".//v:CertificateChain/*", NAMES)] == [
            f"{{{REPORT}}}SigningCertificate",
            f"{{{REPORT}}}{name}",
        ]


def test_fetched_evidence_is_named_by_digest() -> None:
    """An answer fetched for the verdict is an object of its kind, once, however often it served."""
    answer = {"kind": "ocsp", "sha256": "9" * 64}
    root = build(make_report(make_entry()) | {"evidence": [answer, answer, {"kind": "crl", "sha256": ""}]})
    kinds = [str(found.text).rsplit(":", 1)[-1] for found in root.iter(f"{{{REPORT}}}ObjectType")]
    assert kinds == ["certificate", "certificate", "OCSPResponse"]


def test_names_that_xml_cannot_hold_are_shown_as_far_as_they_go() -> None:
    """Control characters and half characters from certificates are replaced, markup is escaped."""
    signer = {"subject": "A\x00<b>\ud800&", "sha256": SIGNER}
    root = build(make_report(make_entry(signer=signer, field="\x1b]Ký")))
    assert root.findtext(".//v:Signer", "", NAMES) == "A\ufffd<b>\ufffd&"
    assert root.findtext(".//o:field", "", NAMES) == "\ufffd]Ký"


def test_an_empty_report_is_indeterminate() -> None:
    """A report of which nothing can be read is no reason to stop, and no verdict either."""
    assert read_indications(build({})) == [f"{MAIN}indeterminate"]
