"""Verification of whole files: every kind of file ends in its own verdict, none in an exception."""

import io
import json
import re
from datetime import timedelta

import pikepdf
import pytest
from demo_pki import DemoPki
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signed_samples import sign_as_office, sign_with, tamper_after_signing

from signing.report import Indication, IntegrityVerdict, SignatureReport
from signing.trust import TrustBundle
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON, build_pdf

GREEN = {IntegrityVerdict.INTACT, IntegrityVerdict.EXTENDED}


@pytest.fixture(scope="module")
def office(plain_pdf: bytes, pki: DemoPki) -> bytes:
    """A document signed by leader and agency."""
    return sign_as_office(plain_pdf, pki)


@pytest.fixture(scope="module")
def single(plain_pdf: bytes, pki: DemoPki) -> bytes:
    """A document with one invisible signature."""
    return sign_with(plain_pdf, pki.signer("leader"), "NguoiKy")


def check(data: bytes, bundle: TrustBundle | None = None) -> SignatureReport:
    """Verify at the frozen moment."""
    return verify_pdf(data, trust=bundle, at=NOON)


def test_one_valid_signature_is_intact_and_passes(single: bytes, bundle: TrustBundle) -> None:
    """A signature that covers the whole file under a trusted chain is intact and TOTAL-PASSED."""
    report = check(single, bundle)
    assert report.summary.integrity == IntegrityVerdict.INTACT
    assert report.summary.indication == Indication.TOTAL_PASSED
    assert report.summary.counts.signatures == 1
    assert report.signatures[0].signer.subject.startswith("Trần Văn Lãnh Đạo")
    assert report.signatures[0].level == "B-B"


def test_leader_then_agency_is_extended_and_passes(office: bytes, bundle: TrustBundle) -> None:
    """The agency's seal after the leader's signature is a permitted addition."""
    report = check(office, bundle)
    assert report.summary.integrity == IntegrityVerdict.EXTENDED
    assert report.summary.indication == Indication.TOTAL_PASSED
    assert [entry.state for entry in report.signatures] == ["extended", "intact"]
    assert [entry.appearance.page for entry in report.signatures] == [1, 1]


def test_without_trust_the_integrity_is_told_and_the_signer_is_not(single: bytes) -> None:
    """With no bundle the file is intact and the indication says that no chain was found."""
    summary = check(single).summary
    assert summary.integrity == IntegrityVerdict.INTACT
    assert (summary.indication, summary.sub_indication) == (
        Indication.INDETERMINATE,
        "NO_CERTIFICATE_CHAIN_FOUND",
    )


def test_text_written_over_a_signed_page_is_altered(office: bytes, bundle: TrustBundle) -> None:
    """A later revision that changes what the page shows fails the whole document."""
    summary = check(tamper_after_signing(office), bundle).summary
    assert summary.integrity == IntegrityVerdict.ALTERED
    assert summary.indication == Indication.TOTAL_FAILED


def test_one_changed_byte_inside_the_range_is_altered(single: bytes) -> None:
    """A byte changed inside the signed range breaks the digest."""
    position = single.index(b"/MediaBox") + len(b"/MediaBox [ 0 0 5")
    changed = single[:position] + b"7" + single[position + 1 :]
    assert check(changed).summary.integrity == IntegrityVerdict.ALTERED


def test_unsigned_file_is_unsigned(plain_pdf: bytes) -> None:
    """A PDF without signature says so."""
    summary = check(plain_pdf).summary
    assert summary.integrity == IntegrityVerdict.UNSIGNED
    assert summary.indication == Indication.NO_SIGNATURE


def test_encrypted_file_asks_for_the_password() -> None:
    """A file that needs a password is unreadable and the text names the password."""
    summary = check(build_pdf(password="mat-khau")).summary
    assert summary.integrity == IntegrityVerdict.UNREADABLE
    assert "mật khẩu" in summary.headline_vi


@pytest.mark.parametrize("data", [b"", b"khong phai PDF", b"\x00" * 5000, b"%PDF-1.7\n%%EOF"])
def test_garbage_is_unreadable(data: bytes) -> None:
    """What is no PDF at all is unreadable."""
    assert check(data).summary.integrity == IntegrityVerdict.UNREADABLE


def test_truncated_signed_file_is_never_green_nor_unsigned(single: bytes) -> None:
    """A signed file cut anywhere within or after its signature is altered or undecided."""
    start = single.index(b"/Contents <") + 500
    for cut in range(start, len(single) - 2, 1500):
        verdict = check(single[:cut]).summary.integrity
        assert verdict not in GREEN | {IntegrityVerdict.UNSIGNED}


def test_objects_without_cross_reference_are_never_green(single: bytes) -> None:
    """Incremental saving attack: an object appended without xref or trailer is not passed over."""
    verdict = check(single + b"\n1 0 obj\n<</Type/Catalog>>\nendobj\n").summary.integrity
    assert verdict not in GREEN | {IntegrityVerdict.UNSIGNED}


def test_removed_form_does_not_hide_the_signature(single: bytes) -> None:
    """A later revision without /AcroForm leaves the signature listed as removed."""
    reader = pikepdf.open(io.BytesIO(single))
    root = reader.trailer.Root.objgen[0]
    pages = reader.Root.Pages.objgen[0]
    size = int(reader.trailer.Size)
    previous = int(re.findall(rb"startxref\s+(\d+)", single)[-1])
    at = len(single) + 1
    catalog = f"\n{root} 0 obj\n<</Type/Catalog/Pages {pages} 0 R>>\nendobj\n".encode()
    xref_at = at + len(catalog) - 1
    tail = (
        f"xref\n0 1\n0000000000 65535 f \n{root} 1\n{at:010d} 00000 n \n"
        f"trailer\n<</Size {size}/Root {root} 0 R/Prev {previous}>>\nstartxref\n{xref_at}\n%%EOF\n"
    ).encode()
    report = check(single + catalog + tail)
    assert report.summary.integrity in (IntegrityVerdict.ALTERED, IntegrityVerdict.INDETERMINATE)
    assert report.summary.counts.unreferenced == 1


def test_legacy_subfilter_is_listed_and_undecided(single: bytes) -> None:
    """A sub-filter the engine drops is listed; unreadable contents are undecided, not unsigned."""
    legacy = single.replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 ", 1)
    start = legacy.index(b"/Contents <") + len(b"/Contents <")
    broken = legacy[:start] + b"04" + legacy[start + 2 :]
    report = check(broken)
    assert report.summary.counts.signatures == 1
    assert report.summary.integrity == IntegrityVerdict.INDETERMINATE
    assert report.signatures[0].subfilter == "adbe.x509.rsa_sha1"


def test_expired_certificate_keeps_integrity_and_says_expired(
    plain_pdf: bytes, pki: DemoPki, bundle: TrustBundle
) -> None:
    """After the certificate's end, without a time-stamp, nothing proves the signature's time."""
    summary = check(sign_with(plain_pdf, pki.signer("expired"), "A"), bundle).summary
    assert summary.integrity == IntegrityVerdict.INTACT
    assert (summary.indication, summary.sub_indication) == (Indication.INDETERMINATE, "OUT_OF_BOUNDS_NO_POE")
    assert "hết hạn" in summary.headline_vi


def test_check_at_an_earlier_date_finds_the_certificate_valid(
    plain_pdf: bytes, pki: DemoPki, bundle: TrustBundle
) -> None:
    """As of a day within its time the now expired certificate passes."""
    signed = sign_with(plain_pdf, pki.signer("expired"), "A")
    report = verify_pdf(signed, trust=bundle, at=NOON - timedelta(days=100))
    assert report.summary.indication == Indication.TOTAL_PASSED


def test_revoked_certificate_is_never_passed(plain_pdf: bytes, pki: DemoPki, bundle: TrustBundle) -> None:
    """A revoked certificate does not pass, with a fresh revocation list or a stale one."""
    signed = sign_with(plain_pdf, pki.signer("revoked"), "A")
    for moment in (NOON, NOON + timedelta(days=90)):
        report = verify_pdf(signed, trust=bundle, at=moment)
        assert report.summary.sub_indication == "REVOKED_NO_POE"
        assert report.signatures[0].revocation.status == "revoked"


def test_wrong_chain_is_its_own_verdict(plain_pdf: bytes, pki: DemoPki, bundle: TrustBundle) -> None:
    """A signer whose chain ends elsewhere is of the wrong chain, and the headline says so."""
    report = check(sign_with(plain_pdf, pki.signer("outsider"), "A"), bundle)
    assert report.signatures[0].signer.trust == "wrong_chain"
    assert report.summary.indication == Indication.INDETERMINATE
    assert "sai hệ thống" in report.summary.headline_vi


def test_stale_revocation_list_warns(single: bytes, bundle: TrustBundle) -> None:
    """When the list has run out the check passes with a warning (TT 15/2025 Annex II)."""
    report = verify_pdf(single, trust=bundle, at=NOON + timedelta(days=90))
    assert report.summary.indication == Indication.TOTAL_PASSED
    assert "revocation_stale" in report.warnings


def test_report_is_json_with_the_contract_keys(office: bytes) -> None:
    """`to_dict` holds the agreed keys and plain data only."""
    body = json.loads(json.dumps(check(office).to_dict()))
    assert {"sha256", "document", "summary", "signatures", "policy", "warnings", "engine"} <= body.keys()
    assert {"integrity", "indication", "sub_indication", "headline_vi", "advice_vi", "counts"} <= body[
        "summary"
    ].keys()
    assert body["summary"]["counts"].keys() == {"signatures", "timestamps", "unreadable", "unreferenced"}


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(position=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_no_flipped_byte_in_the_signed_range_stays_green(single: bytes, position: float, mask: int) -> None:
    """Any byte changed inside the signed range ends as altered, undecided or unreadable."""
    numbers = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", single)
    assert numbers is not None
    _, first, second, rest = (int(number) for number in numbers.groups())
    index = int(position * (first + rest))
    index = index if index < first else second + index - first
    mutant = bytearray(single)
    mutant[index] ^= mask
    assert check(bytes(mutant)).summary.integrity not in GREEN | {IntegrityVerdict.UNSIGNED}


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_mutation_raises(office: bytes, data: st.DataObject) -> None:
    """Cutting, doubling or overwriting any stretch of a signed file never raises."""
    start = data.draw(st.integers(0, len(office) - 1))
    length = data.draw(st.integers(1, 2000))
    filler = data.draw(st.binary(max_size=64))
    mutant = office[:start] + filler + office[start + length :]
    assert check(mutant).summary.headline_vi
