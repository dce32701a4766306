"""Revocation and issuers over HTTP: a server of this machine, allowed by name; no network beyond it."""

import time
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import crl
from signed_samples import sign_with

from signing.fetch import Fetcher, FetchRules
from signing.report import SignatureReport
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON
from tests.pki.network import Handler, Network, run_network


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Generator[Network]:
    """The invented services of this module."""
    with run_network(tmp_path_factory.mktemp("network")) as network:
        yield network


@pytest.fixture
def network(services: Network) -> Network:
    """The services as new: sound answers, the frozen moment, nothing asked yet."""
    services.odd.clear()
    services.asked.clear()
    services.now = NOON
    return services


def verify(
    network: Network,
    pdf: bytes,
    folder: Path | None = None,
    *,
    online: bool = True,
    seconds: float = 3.0,
    later: timedelta = timedelta(0),
) -> SignatureReport:
    """The report as of the frozen moment; `later` moves only the clock by which answers age."""
    allowed = frozenset({network.host})
    rules = FetchRules(online=online, folder=folder, allowed=allowed, request_seconds=seconds)
    fetcher = Fetcher(rules, lambda: NOON + later)
    return verify_pdf(pdf, trust=network.bundle("sub-ca"), at=NOON, fetcher=fetcher)


def sign(network: Network, plain_pdf: bytes, role: str = "good") -> bytes:
    """A document signed by that role, nothing but its own certificate inside."""
    return sign_with(plain_pdf, network.signer(role), "NguoiKy")


def test_good_certificate_is_told_by_ocsp(network: Network, plain_pdf: bytes) -> None:
    """OCSP for the signer and the list for its CA make `good`, and the report names the evidence."""
    report = verify(network, sign(network, plain_pdf))
    assert report.summary.indication == "TOTAL-PASSED"
    assert report.signatures[0].revocation.status == "good"
    assert report.signatures[0].revocation.source == "ocsp:fetched"
    assert sorted(item.kind for item in report.evidence) == ["crl", "ocsp"]
    assert all(len(item.sha256) == 64 and item.this_update for item in report.evidence)
    assert report.policy.online
    assert not [text for text in report.warnings if "fetched" in text or "revocation" in text]


def test_revoked_before_the_moment_is_revoked(network: Network, plain_pdf: bytes) -> None:
    """A certificate revoked ten days before is told as revoked."""
    entry = verify(network, sign(network, plain_pdf, "revoked")).signatures[0]
    assert entry.signer.trust == "revoked"
    assert entry.revocation.status == "revoked"


def test_revoked_after_the_moment_is_still_good(network: Network, plain_pdf: bytes) -> None:
    """A revocation that came ten days later does not reach back: the list says so where OCSP cannot."""
    network.now = NOON + timedelta(days=20)
    report = verify(network, sign(network, plain_pdf, "later"), later=timedelta(days=20))
    assert report.signatures[0].signer.trust == "trusted"
    assert report.signatures[0].revocation.status == "good"


def test_list_answers_where_ocsp_is_down(network: Network, plain_pdf: bytes) -> None:
    """An OCSP server in trouble leaves the list."""
    network.odd["/ocsp/"] = lambda handler: handler.send_body(b"", 503)
    report = verify(network, sign(network, plain_pdf, "revoked"))
    assert report.signatures[0].signer.trust == "revoked"
    assert "not_fetched:ocsp:status_503" in report.warnings


def test_nobody_answers_is_a_warning_only(network: Network, plain_pdf: bytes) -> None:
    """Without any answer the verdict stands as it was, with a warning."""
    network.odd["/"] = lambda handler: handler.send_body(b"", 500)
    report = verify(network, sign(network, plain_pdf))
    assert report.summary.indication == "TOTAL-PASSED"
    assert report.signatures[0].revocation.status == "unknown"
    assert {"revocation_unknown", "not_fetched:crl:status_500"} <= set(report.warnings)


def test_large_answers_are_refused(network: Network, plain_pdf: bytes) -> None:
    """More than the limit is refused by its stated length, and cut off where none is stated."""
    network.odd["/ocsp/"] = lambda handler: handler.send_body(b"0" * 100_001)

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"0" * 20_100_000)

    network.odd["/crls/"] = endless
    report = verify(network, sign(network, plain_pdf))
    assert {"not_fetched:ocsp:too_large", "not_fetched:crl:too_large"} <= set(report.warnings)
    assert report.signatures[0].revocation.status == "unknown"


def test_dripping_answers_end_at_the_deadline(network: Network, plain_pdf: bytes) -> None:
    """A server that sends a byte at a time is left at the deadline, not after its last byte."""

    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        try:
            for _ in range(40):
                handler.wfile.write(b"0")
                time.sleep(0.05)
        except OSError:
            return

    network.odd["/"] = drip
    pdf = sign(network, plain_pdf)
    start = time.monotonic()
    report = verify(network, pdf, seconds=0.3)
    assert time.monotonic() - start < 3 * 0.3 + 1.5
    assert "not_fetched:ocsp:timed_out" in report.warnings


def test_redirect_into_the_own_network_is_refused(network: Network, plain_pdf: bytes) -> None:
    """A redirect is a new link: to another port of this machine it is not followed."""
    network.odd["/"] = lambda handler: handler.send_body(b"", 302, Location="http://127.0.0.1/crls/x")
    report = verify(network, sign(network, plain_pdf))
    assert "not_fetched:ocsp:private_address" in report.warnings
    assert report.evidence == ()


def test_redirects_are_followed_twice(network: Network, plain_pdf: bytes) -> None:
    """Two redirects to an allowed place are followed, a circle is not."""
    network.odd["/crls/root-crl/latest.crl?2"] = lambda handler: handler.send_body(
        network.answer("/net/crls/root-crl/latest.crl", b"")
    )
    network.odd["/crls/root-crl/latest.crl?1"] = lambda handler: handler.send_body(b"", 301, Location="?2")
    network.odd["/crls/root-crl"] = lambda handler: handler.send_body(b"", 302, Location="?1")
    network.odd["/ocsp/"] = lambda handler: handler.send_body(b"", 307, Location=handler.path)
    report = verify(network, sign(network, plain_pdf))
    assert "not_fetched:ocsp:redirects" in report.warnings
    assert report.signatures[0].revocation.status == "good"


def test_server_of_this_machine_is_not_asked_unless_allowed(network: Network, plain_pdf: bytes) -> None:
    """Without the administrator's word no private address is asked."""
    pdf = sign(network, plain_pdf)
    report = verify_pdf(
        pdf, trust=network.bundle("sub-ca"), at=NOON, fetcher=Fetcher(FetchRules(online=True))
    )
    assert network.asked == []
    assert "not_fetched:ocsp:port" in report.warnings


def test_second_check_asks_nobody(network: Network, plain_pdf: bytes, tmp_path: Path) -> None:
    """Kept answers serve until they age; then the servers are asked anew."""
    pdf = sign(network, plain_pdf)
    first = verify(network, pdf, tmp_path)
    asked = len(network.asked)
    second = verify(network, pdf, tmp_path)
    assert len(network.asked) == asked == 2
    assert second.evidence == first.evidence
    assert second.signatures == first.signatures
    verify(network, pdf, tmp_path, later=timedelta(days=2))
    assert len(network.asked) == 2 * asked


def test_offline_check_works_from_kept_answers(network: Network, plain_pdf: bytes, tmp_path: Path) -> None:
    """Without network an earlier answer is the evidence, and without that there is none."""
    pdf = sign(network, plain_pdf)
    verify(network, pdf, tmp_path)
    network.asked.clear()
    report = verify(network, pdf, tmp_path, online=False, later=timedelta(days=200))
    assert network.asked == []
    assert report.signatures[0].revocation.status == "good"
    assert not report.policy.online
    nothing = verify(network, pdf, tmp_path / "other", online=False)
    assert nothing.signatures[0].revocation.status == "unknown"
    assert network.asked == []


def test_failures_are_remembered_for_a_while(network: Network, plain_pdf: bytes, tmp_path: Path) -> None:
    """A server that is down is not waited for by each paper of a batch."""
    network.odd["/"] = lambda handler: handler.send_body(b"", 503)
    pdf = sign(network, plain_pdf)
    verify(network, pdf, tmp_path)
    asked = len(network.asked)
    again = verify(network, pdf, tmp_path)
    assert len(network.asked) == asked
    assert "not_fetched:ocsp:status_503" in again.warnings
    network.odd.clear()
    assert verify(network, pdf, tmp_path, later=timedelta(minutes=3)).warnings == ()


def test_issuer_is_fetched_where_the_chain_lacks_it(network: Network, plain_pdf: bytes) -> None:
    """A bundle of the root alone and a signature without its CA: caIssuers completes the chain."""
    pdf = sign(network, plain_pdf)
    bundle = network.bundle()
    assert verify_pdf(pdf, trust=bundle, at=NOON).signatures[0].signer.trust == "unknown_chain"
    rules = FetchRules(online=True, allowed=frozenset({network.host}))
    report = verify_pdf(pdf, trust=bundle, at=NOON, fetcher=Fetcher(rules, lambda: NOON))
    assert report.signatures[0].signer.trust == "trusted"
    assert len(report.signatures[0].signer.chain) == 3
    assert sorted(item.kind for item in report.evidence) == ["certificate", "crl", "ocsp"]


def test_fetched_root_is_never_trusted(network: Network, plain_pdf: bytes) -> None:
    """A server that hands out a root, or another CA, adds nothing to the chain."""
    network.odd["/certs/"] = lambda handler: handler.send_body(network.certificate("stranger").dump())
    rules = FetchRules(online=True, allowed=frozenset({network.host}))
    pdf = sign(network, plain_pdf)
    report = verify_pdf(pdf, trust=network.bundle(), at=NOON, fetcher=Fetcher(rules))
    assert report.signatures[0].signer.trust == "unknown_chain"
    assert "not_fetched:certificate:not_usable" in report.warnings


def test_stranger_makes_us_ask_nobody(network: Network, plain_pdf: bytes) -> None:
    """A certificate of no trusted chain cannot choose whom this server asks about revocation."""
    verify(network, sign(network, plain_pdf, "stranger"))
    assert network.asked == []


def test_forged_answers_are_not_used(network: Network, plain_pdf: bytes) -> None:
    """A list and an OCSP answer not signed by the issuer are neither evidence nor accusation."""
    good = network.answer("/net/crls/sub-ca-crl/latest.crl", b"")

    def forge(handler: Handler) -> None:
        forged = crl.CertificateList.load(good)
        forged["signature"] = b"0" * 64
        handler.send_body(forged.dump(force=True))

    network.odd["/crls/sub-ca-crl"] = forge
    network.odd["/ocsp/"] = lambda handler: handler.send_body(good)
    report = verify(network, sign(network, plain_pdf, "revoked"))
    assert {"not_fetched:ocsp:not_usable", "not_fetched:crl:not_usable"} <= set(report.warnings)
    assert report.signatures[0].signer.trust == "trusted"
    assert report.signatures[0].revocation.status == "unknown"


def test_revocation_holds_beside_a_stale_list(network: Network, plain_pdf: bytes) -> None:
    """A CA list out of date keeps nobody from hearing that the signer is revoked, by OCSP alone."""
    pdf = sign(network, plain_pdf, "revoked")
    network.now = NOON - timedelta(days=40)
    stale = network.answer("/net/crls/root-crl/latest.crl", b"")
    network.now = NOON
    network.odd["/crls/root-crl"] = lambda handler: handler.send_body(stale)
    network.odd["/crls/sub-ca-crl"] = lambda handler: handler.send_body(b"", 503)
    entry = verify(network, pdf).signatures[0]
    assert entry.signer.trust == "revoked"
    assert entry.revocation.status == "revoked"


def test_requests_of_a_document_are_counted(network: Network, plain_pdf: bytes) -> None:
    """After so many requests, or so long a time, no more are made."""
    rules = FetchRules(online=True, allowed=frozenset({network.host}), maximum_requests=1)
    pdf = sign(network, plain_pdf)
    report = verify_pdf(pdf, trust=network.bundle("sub-ca"), at=NOON, fetcher=Fetcher(rules))
    assert len(network.asked) == 1
    assert "not_fetched:crl:limit" in report.warnings
    late = Fetcher(FetchRules(online=True, allowed=rules.allowed, total_seconds=0.0))
    report = verify_pdf(pdf, trust=network.bundle("sub-ca"), at=NOON, fetcher=late)
    assert len(network.asked) == 1
    assert "not_fetched:ocsp:limit" in report.warnings


@pytest.mark.parametrize("body", [b"0", b"0\x80", b"0\x03\x0a\x01\x06", b"\xff" * 500, b"<html></html>"])
def test_odd_bytes_are_no_answer(network: Network, plain_pdf: bytes, body: bytes) -> None:
    """Rubbish, an error page or an OCSP refusal is a warning, never a failure."""
    network.odd["/"] = lambda handler: handler.send_body(body)
    rules = FetchRules(online=True, allowed=frozenset({network.host}))
    pdf = sign(network, plain_pdf)
    report = verify_pdf(pdf, trust=network.bundle("sub-ca"), at=NOON, fetcher=Fetcher(rules))
    assert report.summary.indication == "TOTAL-PASSED"
    assert {"not_fetched:ocsp:not_usable", "not_fetched:crl:not_usable"} <= set(report.warnings)
    lost = verify_pdf(pdf, trust=network.bundle(), at=NOON, fetcher=Fetcher(rules))
    assert lost.signatures[0].signer.trust == "unknown_chain"
