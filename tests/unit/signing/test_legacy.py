"""Withdrawn kinds of signatures: told as far as they go, never shown as good."""

import pytest

from signing.verify import verify_pdf
from tests.pki.hostile_cms import iter_legacy

CASES = iter_legacy()


@pytest.mark.parametrize("name", ["x509.rsa_sha1", "x509.rsa_sha1 array", "pkcs7.sha1"])
def test_a_value_that_holds_stays_undecided_with_its_reason(name: str) -> None:
    """Digest and value are told, SHA-1 is named weak, and the reason says that the kind was withdrawn."""
    entry = verify_pdf(CASES[name][0], trust=None).signatures[0]
    assert (entry.state, entry.reasons) == ("indeterminate", ("subfilter_withdrawn",))
    assert (entry.integrity.digest, entry.integrity.value) == (True, True)
    assert "sha1" in entry.integrity.weak
    assert entry.signer.subject


@pytest.mark.parametrize(
    ("name", "code"), [("x509.rsa_sha1 broken", "SIG_CRYPTO_FAILURE"), ("pkcs7.sha1 broken", "HASH_FAILURE")]
)
def test_a_value_that_does_not_hold_is_altered(name: str, code: str) -> None:
    """Bytes changed after signing are told as such."""
    entry = verify_pdf(CASES[name][0], trust=None).signatures[0]
    assert (entry.state, entry.code) == ("altered", code)


def test_without_its_certificate_nothing_can_be_told() -> None:
    """/Cert missing leaves the signature listed and undecided."""
    entry = verify_pdf(CASES["x509.rsa_sha1 no certificate"][0], trust=None).signatures[0]
    assert entry.reasons == ("signing_certificate_missing",)
