"""Signatures of withdrawn kinds (kiểu chữ ký đã bãi bỏ): adbe.x509.rsa_sha1 and adbe.pkcs7.sha1.

Both rest on SHA-1 whatever the signer's algorithm, and ISO 32000-2 clause 12.8.3 withdrew them. What can be
told is told: a value that does not hold is broken, one that holds stays undecided.
"""

import hashlib
from dataclasses import replace
from typing import Any

from asn1crypto import core, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils import generic

from signing.cms import CmsFacts, verify_cms
from signing.objects import find_value
from signing.report import Integrity
from signing.revisions import FilledField
from signing.rules import find_weak
from signing.values import is_rsa_value, load_public_key

_RAW, _INNER_SHA1 = "adbe.x509.rsa_sha1", "adbe.pkcs7.sha1"
_WITHDRAWN = "subfilter_withdrawn"


def verify_contents(found: FilledField, contents: bytes, covered: bytes) -> CmsFacts:
    """Check a field's contents over the covered bytes by its sub-filter; never raises."""
    if found.subfilter == _RAW:
        try:
            return _verify_raw(contents, covered, _read_certificates(found))
        except Exception as exc:  # hostile ASN.1 and PDF objects raise nearly anything
            return CmsFacts(Integrity(error=f"cms_unreadable:{type(exc).__name__}"))
    facts = verify_cms(contents, covered, subfilter=found.subfilter)
    if found.subfilter == _INNER_SHA1 and facts.integrity.value:
        return replace(facts, integrity=replace(facts.integrity, error=_WITHDRAWN))
    return facts


def _verify_raw(contents: bytes, covered: bytes, certificates: list[x509.Certificate]) -> CmsFacts:
    """An RSA value in an OCTET STRING over the covered bytes, the certificates beside it in /Cert."""
    if not contents.strip(b"\0"):
        return CmsFacts(Integrity(digest=False, value=False, error="contents_empty"))
    if not certificates:
        return CmsFacts(Integrity(error="signing_certificate_missing"))
    value: bytes = core.OctetString.load(contents).native
    first, *others = certificates
    key = load_public_key(first)
    holds = isinstance(key, rsa.RSAPublicKey) and is_rsa_value(key, value, covered, hashes.SHA1())  # noqa: S303
    bits = int(getattr(key, "key_size", 0))
    algorithms = ("sha1", "sha1_rsa", f"rsa-{bits}")
    integrity = Integrity(
        digest=True if holds else None, value=holds, algorithms=algorithms,
        weak=find_weak("sha1", "rsa", bits), error=_WITHDRAWN if holds else None,
    )  # fmt: skip
    return CmsFacts(
        integrity,
        certificate=first,
        other_certificates=tuple(others),
        signed_sha256=hashlib.sha256(covered).hexdigest(),
    )


def _read_certificates(found: FilledField) -> list[x509.Certificate]:
    """/Cert: one byte string, or an array of them with the signer's first (ISO 32000-1, table 252)."""
    given: Any = find_value(found.value, "/Cert")
    listed = given if isinstance(given, generic.ArrayObject) else [given]
    return [x509.Certificate.load(bytes(item.original_bytes)) for item in listed if item is not None]
