"""Trust of whole documents: several signatures, claims of time, old algorithms, very long lists."""

import time

import pytest
from cryptography import x509 as crypto
from cryptography.hazmat.primitives import hashes, serialization

from signing.revocation import RevocationList
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON
from tests.pki.world import World, day, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every certificate of the plan."""
    return make_world(tmp_path_factory.mktemp("world"))


def test_leader_and_seal_with_an_answer_each_pass_offline(world: World, plain_pdf: bytes) -> None:
    """Two signatures of one CA, two OCSP responses in the store: each finds its own, none the other's."""
    signed = world.sign(plain_pdf, "good", ("tsa", -5), "NguoiKy")
    signed = world.sign(signed, "agency", ("tsa", -4), "CoQuan")
    root = world.crl(issuer="root", since=-3, until=30)
    answers = [world.ocsp(role, at=-3, until=-2) for role in ("good", "agency")]
    stamped = world.stamp_document(world.store(signed, *answers, root), "tsa", -3)
    report = verify_pdf(stamped, trust=world.bundle(), at=NOON)
    assert [entry.indication for entry in report.signatures] == ["TOTAL-PASSED"] * 3
    assert [entry.revocation.status for entry in report.signatures[:2]] == ["good", "good"]
    assert report.summary.indication == "TOTAL-PASSED"


def test_one_revoked_of_two_fails_the_document(world: World, plain_pdf: bytes) -> None:
    """The seal's sound answer does not cover for the leader's."""
    signed = world.sign(plain_pdf, "good", field="NguoiKy")
    signed = world.sign(signed, "agency", field="CoQuan")
    answers = (world.ocsp("agency"), world.ocsp("good", status="revoked", since=-10))
    report = verify_pdf(world.store(signed, *answers), trust=world.bundle(), at=NOON)
    assert [entry.signer.trust for entry in report.signatures] == ["revoked", "trusted"]
    assert report.summary.sub_indication == "REVOKED_NO_POE"


@pytest.mark.parametrize(("authority", "proven"), [("tsa", True), ("other-tsa", False)])
def test_best_time_comes_from_trusted_stamps_alone(
    world: World, plain_pdf: bytes, authority: str, proven: bool
) -> None:
    """A strange authority's time is shown, and proves nothing."""
    signed = world.sign(plain_pdf, "good", (authority, -100))
    times = verify_pdf(signed, trust=world.bundle(), at=NOON).signatures[0].time
    assert times.stamped == day(-100).isoformat()
    assert times.best_time == (day(-100).isoformat() if proven else None)


def test_claimed_time_is_never_used(world: World, plain_pdf: bytes) -> None:
    """An expired signer who claims a day within his time stays expired, and no best time is told."""
    entry = verify_pdf(world.sign(plain_pdf, "expired"), trust=world.bundle(), at=NOON).signatures[0]
    assert entry.time.claimed is not None
    assert (entry.time.best_time, entry.signer.trust) == (None, "expired")


def test_skew_of_seven_hours_is_shown_not_punished(world: World, plain_pdf: bytes) -> None:
    """A claim far from the stamp leaves the verdict as it is; the line says how far."""
    entry = verify_pdf(
        world.sign(plain_pdf, "good", ("tsa", -100)), trust=world.bundle(), at=NOON
    ).signatures[0]
    assert entry.time.skew_s is not None
    assert abs(entry.time.skew_s) > 7 * 3600
    assert entry.indication == "TOTAL-PASSED"
    assert "lệch" in entry.rows[5].text_vi


def test_sha1_imprint_of_the_stamp_is_a_warning(world: World, plain_pdf: bytes) -> None:
    """The State's own authority stamps SHA-1 imprints: said, and still proof."""
    signed = world.sign(plain_pdf, "old", ("old-tsa", -400), digest="sha1")
    report = verify_pdf(signed, trust=world.bundle(), at=NOON)
    assert report.summary.indication == "TOTAL-PASSED"
    assert {"weak_imprint:sha1", "weak_algorithm:sha1"} <= set(report.warnings)
    assert report.signatures[0].rows[5].code == "TIME_STAMPED_WEAK"


def test_broken_digest_is_never_passed(
    world: World, plain_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest for which a second document can be made leaves the verdict open, unless proven to be old."""
    monkeypatch.setattr("signing.chain.BROKEN_DIGESTS", frozenset({"sha1"}))
    signed = world.sign(plain_pdf, "old", digest="sha1")
    for when, code in ((-5700, None), (-400, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")):
        stamped = world.stamp_document(signed, "old-tsa", when)
        entry = verify_pdf(stamped, trust=world.bundle(), at=NOON).signatures[0]
        assert (entry.sub_indication, entry.signer.trust) == (code, "trusted")


def test_broken_imprint_proves_nothing(
    world: World, plain_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An imprint for which a second document can be made is no proof of this one."""
    signed = world.sign(plain_pdf, "expired", ("tsa", -100))
    assert verify_pdf(signed, trust=world.bundle(), at=NOON).summary.indication == "TOTAL-PASSED"
    monkeypatch.setattr("signing.chain.BROKEN_DIGESTS", frozenset({"sha256"}))
    for pdf in (signed, world.stamp_document(world.sign(plain_pdf, "expired"), "tsa", -100)):
        entry = verify_pdf(pdf, trust=world.bundle(), at=NOON).signatures[0]
        assert (entry.time.best_time, entry.signer.trust) == (None, "expired")


@pytest.mark.parametrize(
    ("role", "authority", "when", "allowed"),
    [
        ("old", "old-tsa", -5700, True),  # November 2010
        ("old", "old-tsa", -400, False),  # May 2025
        ("good", None, 0, False),
        ("old", "other-tsa", -700, False),
    ],
)
def test_old_algorithm_by_the_rule_of_the_proven_day(
    world: World, plain_pdf: bytes, role: str, authority: str | None, when: float, allowed: bool
) -> None:
    """SHA-1 was allowed until 2012, for whom a trusted stamp proves that he signed by then."""
    signed = world.sign(plain_pdf, role, digest="sha1")
    if authority is not None:
        signed = world.stamp_document(signed, authority, when)
    integrity = verify_pdf(signed, trust=world.bundle(), at=NOON).signatures[0].integrity
    assert (integrity.allowed_then, integrity.weak) == ((("sha1",), ()) if allowed else ((), ("sha1",)))


def test_long_list_is_searched_in_little_time_and_once(world: World) -> None:
    """Half a million lines: parsed, checked and searched in a second, and hardly anything the second time."""
    issuer = world.certificate("ca")
    name = crypto.load_der_x509_certificate(issuer.dump()).subject
    builder = crypto.CertificateRevocationListBuilder().issuer_name(name)
    builder = builder.last_update(day(-1)).next_update(day(6))
    line = crypto.RevokedCertificateBuilder().revocation_date(day(-9))
    builder._revoked_certificates = [line.serial_number(10**18 + n).build() for n in range(500_000)]
    data = builder.sign(world._key("ca"), hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    assert len(data) > 13_000_000
    start = time.process_time()
    found = RevocationList(data)
    assert found.is_signed_by(issuer)
    assert found.find(10**18 + 499_999) is not None
    assert found.find(5) is None
    first = time.process_time() - start
    assert found.is_signed_by(issuer)
    assert found.find(6) is None
    assert first < 1.5
    assert time.process_time() - start - first < first
