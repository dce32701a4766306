"""Signature values by identifiers and forms that the library does not map."""

import pytest
from asn1crypto import cms
from cryptography.exceptions import InvalidSignature

from signing.values import CmsProblem, compute_digest, is_value_of, load_public_key, read_digest_name
from tests.pki.raw_cms import make_info, make_person

PLAIN = {"algorithm": "0.4.0.127.0.7.1.1.4.1.3"}


def test_a_signature_algorithm_as_digest_is_read_as_its_digest() -> None:
    """Old cards name sha256WithRSA where SHA-256 belongs."""
    assert read_digest_name(cms.DigestAlgorithm({"algorithm": "1.2.840.113549.1.1.11"})) == "sha256"


def test_an_unknown_digest_is_a_problem() -> None:
    """No digest is made up."""
    with pytest.raises(CmsProblem, match="digest_unknown"):
        compute_digest("gost", b"x")


def test_every_plain_value_holds_even_when_it_begins_like_der() -> None:
    """r||s may begin with the byte of a DER sequence; both readings are tried."""
    person = make_person("SECP256R1")
    infos = (make_info(b"x", person, mechanism="plain", named=PLAIN, attributes=False) for _ in range(3000))
    info = next(one for one in infos if one["signature"].native[0] == 0x30)
    assert is_value_of(info, person.certificate, b"x")
    assert not is_value_of(info, person.certificate, b"y")


@pytest.mark.parametrize("kind", ["ed25519", "ed448"])
def test_edwards_curves_sign_the_content_itself(kind: str) -> None:
    """Without signed attributes the value is over the content, not over a digest (RFC 8419)."""
    person = make_person(kind)
    info = make_info(b"x", person, digest="sha512", mechanism=kind, attributes=False)
    assert is_value_of(info, person.certificate, b"x")
    assert not is_value_of(info, person.certificate, b"y")


def test_a_key_of_another_kind_holds_nothing() -> None:
    """A value checked under a key of another kind is not its value, or cannot be told."""
    info = make_info(b"x", make_person("SECP256R1"), mechanism="sha256_ecdsa", attributes=False)
    assert not is_value_of(info, make_person().certificate, b"x")


def test_the_key_is_the_certificates() -> None:
    """The key read verifies what the person's key signed."""
    person = make_person("ed25519")
    with pytest.raises(InvalidSignature):
        load_public_key(person.certificate).verify(person.key.sign(b"x"), b"y")
