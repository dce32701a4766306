"""Trust, case by case: what each fault of certificates, lists, answers and time-stamps must end as."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from asn1crypto import x509
from cryptography import x509 as crypto
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from signing.report import SignatureEntry, SignatureReport
from signing.revocation import RevocationData
from signing.trust_chain import Moments, judge_signer
from signing.verify import verify_pdf
from tests.pki.world import Entry, World, day, make_world

REASON = crypto.ReasonFlags
PASSED, UNKNOWN, FAILED = "TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"


@dataclass(frozen=True)
class Case:
    """Who signed, what is said of him, and the verdict (một trường hợp).

    `stamped`: (authority, day) of the signature's time-stamp; `said`: statements in the document's store;
    `lists`: those of the bundle; `later`: document time-stamps added after the store; `at`: day of the check.
    """

    role: str
    indication: str
    sub_indication: str | None
    trust: str
    revocation: str
    stamped: tuple[str, float] | None = None
    said: Callable[[World], Sequence[bytes]] = lambda _: ()
    lists: Callable[[World], Sequence[bytes]] = lambda _: ()
    later: tuple[tuple[str, float], ...] = ()
    at: float = 0


def _root_list(world: World) -> bytes:
    """The root's list, on which every `good` of a leaf stands."""
    return world.crl(issuer="root", since=-1, until=30)


def _full(*entries: Entry, **options: object) -> Callable[[World], Sequence[bytes]]:
    return lambda world: (world.crl(*entries, **options), _root_list(world))  # type: ignore[arg-type]


def _asked(role: str, **options: object) -> Callable[[World], Sequence[bytes]]:
    return lambda world: (world.ocsp(role, **options), _root_list(world))  # type: ignore[arg-type]


def _scope(**given: object) -> crypto.IssuingDistributionPoint:
    values: dict[str, object] = {
        "full_name": None, "relative_name": None, "only_contains_user_certs": False,
        "only_contains_ca_certs": False, "only_some_reasons": None, "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }  # fmt: skip
    return crypto.IssuingDistributionPoint(**(values | given))  # type: ignore[arg-type]


REVOKED = Entry("good", -10, REASON.key_compromise)
ELSEWHERE = [crypto.UniformResourceIdentifier("http://other.invalid/a.crl")]

CASES = {
    # The certificate itself.
    "good": Case("good", PASSED, None, "trusted", "unknown"),
    "agency": Case("agency", PASSED, None, "trusted", "good", said=_full()),
    "expired": Case("expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown"),
    "expired, revoked before its end": Case(
        "expired", UNKNOWN, "REVOKED_NO_POE", "revoked", "revoked", said=_full(Entry("expired", -80))
    ),
    "expired, not revoked": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown", said=_full()
    ),
    "expired, revoked by a stranger": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown",
        said=lambda world: (world.crl(Entry("expired", -80), issuer="other-root"), _root_list(world)),
    ),
    "expired, stamped before": Case("expired", PASSED, None, "trusted", "unknown", ("tsa", -100)),
    "expired, stamped after": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown", ("tsa", -10)
    ),
    "not yet valid": Case("future", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "not_yet_valid", "unknown"),
    "stamped before it was valid": Case(
        "young", FAILED, "NOT_YET_VALID", "not_yet_valid", "unknown", ("tsa", -100)
    ),
    "wrong chain": Case("stranger", UNKNOWN, "NO_CERTIFICATE_CHAIN_FOUND", "wrong_chain", "unknown"),
    "forged in the CA's name": Case(
        "forged", UNKNOWN, "NO_CERTIFICATE_CHAIN_FOUND", "unknown_chain", "unknown"
    ),
    "forged and expired": Case(
        "forged-old", UNKNOWN, "NO_CERTIFICATE_CHAIN_FOUND", "unknown_chain", "unknown"
    ),
    "wrong key usage": Case("wrong-usage", UNKNOWN, "CHAIN_CONSTRAINTS_FAILURE", "unfit", "unknown"),
    "time-stamping only": Case("tsa", UNKNOWN, "CHAIN_CONSTRAINTS_FAILURE", "unfit", "unknown"),
    "path too long": Case("deep", UNKNOWN, "CERTIFICATE_CHAIN_GENERAL_FAILURE", "unfit", "unknown"),
    "name not permitted": Case("narrow", UNKNOWN, "CERTIFICATE_CHAIN_GENERAL_FAILURE", "unfit", "unknown"),
    "weak key of the CA": Case(
        "small", UNKNOWN, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "unfit", "unknown"
    ),
    "weak key of the signer": Case("short-key", PASSED, None, "trusted", "unknown"),
    # Revocation lists.
    "list revokes": Case("good", UNKNOWN, "REVOKED_NO_POE", "revoked", "revoked", said=_full(REVOKED)),
    "list of the bundle revokes": Case(
        "good", UNKNOWN, "REVOKED_NO_POE", "revoked", "revoked", lists=_full(REVOKED)
    ),
    "revoked after the stamp": Case(
        "good", PASSED, None, "trusted", "good", ("tsa", -100), said=_full(REVOKED)
    ),
    "revoked before the stamp": Case(
        "good", UNKNOWN, "REVOKED_NO_POE", "revoked", "revoked", ("tsa", -5), said=_full(REVOKED)
    ),
    "key known to be lost before the stamp": Case(
        "good", UNKNOWN, "REVOKED_NO_POE", "revoked", "revoked", ("tsa", -100),
        said=_full(Entry("good", -10, REASON.key_compromise, -150)),
    ),
    "key known to be lost after the stamp": Case(
        "good", PASSED, None, "trusted", "good", ("tsa", -100),
        said=_full(Entry("good", -10, REASON.key_compromise, -20)),
    ),
    "on hold": Case(
        "good", UNKNOWN, "TRY_LATER", "suspended", "on_hold",
        said=_full(Entry("good", -10, REASON.certificate_hold)),
    ),
    "hold lifted": Case(
        "good", PASSED, None, "trusted", "good",
        said=lambda world: (
            world.crl(Entry("good", -10, REASON.certificate_hold), since=-9, until=-2),
            world.crl(),
            _root_list(world),
        ),
    ),
    "stale list": Case("good", PASSED, None, "trusted", "stale", said=_full(since=-60, until=-50)),
    "stale list revokes": Case(
        "good", UNKNOWN, "REVOKED_NO_POE", "revoked", "revoked",
        said=_full(Entry("good", -70), since=-60, until=-50),
    ),
    "list of users for a CA's certificates only": Case(
        "good", PASSED, None, "trusted", "unknown", said=_full(scope=_scope(only_contains_ca_certs=True))
    ),
    "list of another distribution point": Case(
        "good", PASSED, None, "trusted", "unknown", said=_full(scope=_scope(full_name=ELSEWHERE))
    ),
    "list of some reasons": Case(
        "good", PASSED, None, "trusted", "unknown",
        said=_full(scope=_scope(only_some_reasons=frozenset({REASON.superseded}))),
    ),
    "indirect list": Case(
        "good", PASSED, None, "trusted", "unknown", said=_full(REVOKED, scope=_scope(indirect_crl=True))
    ),
    "forged list accuses": Case(
        "good", PASSED, None, "trusted", "unknown", said=_full(REVOKED, key="forger")
    ),
    "forged list clears": Case(
        "good", UNKNOWN, "REVOKED_NO_POE", "revoked", "revoked",
        said=_full(key="forger", since=-0.1), lists=_full(REVOKED),
    ),
    "list without the CA's": Case(
        "good", PASSED, None, "trusted", "unknown", said=lambda world: (world.crl(),)
    ),
    "list from before the certificate": Case(
        "good", PASSED, None, "trusted", "unknown", said=_full(since=-400, until=100)
    ),
    "list from after the certificate's end": Case(
        "expired", PASSED, None, "trusted", "unknown", ("tsa", -100), said=_full()
    ),
    # OCSP.
    "OCSP of a responder": Case("good", PASSED, None, "trusted", "good", said=_asked("good")),
    "OCSP of the CA": Case("good", PASSED, None, "trusted", "good", said=_asked("good", by="ca")),
    "OCSP revokes": Case(
        "good", UNKNOWN, "REVOKED_NO_POE", "revoked", "revoked",
        said=_asked("good", status="revoked", since=-10, reason=REASON.key_compromise),
    ),
    "OCSP revokes after the stamp": Case(
        "good", PASSED, None, "trusted", "good", ("tsa", -100),
        said=_asked("good", status="revoked", since=-10),
    ),
    "OCSP does not know": Case(
        "good", PASSED, None, "trusted", "unknown", said=_asked("good", status="unknown")
    ),
    "OCSP out of date": Case(
        "good", PASSED, None, "trusted", "stale", said=_asked("good", at=-60, until=-50)
    ),
    "OCSP about another": Case("good", PASSED, None, "trusted", "unknown", said=_asked("agency")),
    "OCSP of one who may not answer": Case(
        "good", PASSED, None, "trusted", "unknown", said=_asked("good", by="no-responder")
    ),
    "forged OCSP accuses": Case(
        "good", PASSED, None, "trusted", "unknown",
        said=_asked("good", by="forger", status="revoked", since=-10),
    ),
    "forged OCSP clears": Case(
        "good", UNKNOWN, "REVOKED_NO_POE", "revoked", "revoked",
        said=lambda world: (world.ocsp("good", by="forger", at=-0.1), world.crl(REVOKED), _root_list(world)),
    ),
    "OCSP of a revoked responder": Case(
        "good", PASSED, None, "trusted", "good",
        said=lambda world: (
            world.ocsp("good", status="revoked", since=-10), world.crl(Entry("responder", -20)),
            _root_list(world),
        ),
    ),
    # The CA above.
    "CA revoked": Case(
        "of-late-ca", UNKNOWN, "REVOKED_CA_NO_POE", "revoked", "unknown",
        said=lambda world: (world.crl(Entry("late-ca", -10), issuer="root"),),
    ),
    "CA revoked after the stamp": Case(
        "of-late-ca", PASSED, None, "trusted", "unknown", ("tsa", -100),
        said=lambda world: (world.crl(Entry("late-ca", -10), issuer="root"),),
    ),
    "list of a CA that was revoked before": Case(
        "of-late-ca", PASSED, None, "trusted", "unknown", ("tsa", -100),
        said=lambda world: (
            world.crl(Entry("late-ca", -10), issuer="root"), world.crl(issuer="late-ca", since=-5),
        ),
    ),
    # Time-stamps.
    "stamp of a strange authority": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown", ("other-tsa", -100)
    ),
    "stamp of one who may not stamp": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown", ("agency", -100)
    ),
    "stamp of an authority that ended": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown", ("ended-tsa", -100)
    ),
    "stamp of an authority whose key was lost": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown", ("tsa", -100),
        said=_full(Entry("tsa", -50, REASON.key_compromise)),
    ),
    "stamp of an authority that stopped": Case(
        "expired", PASSED, None, "trusted", "unknown", ("tsa", -100),
        said=_full(Entry("tsa", -50, REASON.cessation_of_operation)),
    ),
    # Document time-stamps (EN 319 102-1 clause 5.6).
    "expired, document stamped before": Case(
        "expired", PASSED, None, "trusted", "good",
        said=_full(since=-120, until=-110), later=(("tsa", -110),),
    ),
    "expired, document stamped after": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown", later=(("tsa", -10),)
    ),
    "expired, document stamped by a stranger": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown", later=(("other-tsa", -110),)
    ),
    "two document stamps, the first authority ended": Case(
        "expired", PASSED, None, "trusted", "unknown", later=(("ended-tsa", -110), ("tsa", -40))
    ),
    "two document stamps, renewed too late": Case(
        "expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "expired", "unknown",
        later=(("ended-tsa", -110), ("tsa", -15)),
    ),
    "signature stamp held by a document stamp": Case(
        "expired", PASSED, None, "trusted", "unknown", ("ended-tsa", -110), later=(("tsa", -40),)
    ),
    "evidence of a CA that ended, kept by a document stamp": Case(
        "of-ended-ca", PASSED, None, "trusted", "good",
        said=lambda world: (
            world.crl(issuer="ended-ca", since=-120, until=-110),
            world.crl(issuer="root", since=-120, until=-110),
        ),
        later=(("tsa", -110),),
    ),
    "evidence of a CA that ended, kept by nothing": Case(
        "of-ended-ca", PASSED, None, "trusted", "unknown", ("tsa", -110),
        said=lambda world: (
            world.crl(issuer="ended-ca", since=-120, until=-100),
            world.crl(issuer="root", since=-120, until=-100),
        ),
    ),
    "revoked, document stamped before": Case(
        "good", PASSED, None, "trusted", "good", later=(("tsa", -100),), said=_full(REVOKED)
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every certificate of the plan."""
    return make_world(tmp_path_factory.mktemp("world"))


def check(world: World, pdf: bytes, case: Case) -> SignatureReport:
    """The report as of the case's day, under the bundle of the root, the other root known as another's."""
    bundle = world.bundle(*case.lists(world))
    return verify_pdf(
        pdf, trust=bundle, at=day(case.at), other_bundles=[world.bundle(name="neac", roots=("other-root",))]
    )


def build(world: World, pdf: bytes, case: Case) -> bytes:
    """The case's file."""
    signed = world.sign(pdf, case.role, case.stamped)
    statements = case.said(world)
    signed = world.store(signed, *statements) if statements else signed
    for role, when in case.later:
        signed = world.stamp_document(signed, role, when)
    return signed


@pytest.mark.parametrize("name", CASES)
def test_each_case_has_its_verdict(world: World, plain_pdf: bytes, name: str) -> None:
    """Indication, sub-indication, trust and revocation are those of the table."""
    case = CASES[name]
    entry: SignatureEntry = check(world, build(world, plain_pdf, case), case).signatures[0]
    assert (entry.indication, entry.sub_indication, entry.signer.trust, entry.revocation.status) == (
        case.indication, case.sub_indication, case.trust, case.revocation,
    )  # fmt: skip


@pytest.mark.parametrize(("start", "end"), [(-300, 300), (-300, -20), (20, 300)])
def test_forged_key_identifier_helps_nobody(world: World, start: float, end: float) -> None:
    """A certificate that copies all names and identifiers of a CA, but not its key, is unfit at any time."""
    true = crypto.load_der_x509_certificate(world.certificate("good").dump())
    authority = crypto.load_der_x509_certificate(world.certificate("ca").dump())
    key = ec.generate_private_key(ec.SECP256R1())
    builder = crypto.CertificateBuilder(
        authority.subject, true.subject, true.public_key(), true.serial_number, day(start), day(end)
    )
    for extension in true.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    forged = x509.Certificate.load(
        builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    )
    verdict = judge_signer(forged, (), world.bundle(), Moments(day(0), day(0)), RevocationData())
    assert verdict.sub_indication is not None
    assert verdict.signer.trust in ("unfit", "unknown_chain", "not_yet_valid")
