"""Answers on certificates (trả lời về chứng thư): OCSP, revocation lists and issuers, signatures checked.

What an answer says counts only when the issuer of the certificate signed it, or for OCSP one whom that
issuer certified for it (RFC 6960 clause 4.2.2.2).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from asn1crypto import core, ocsp, x509
from asn1crypto.keys import PublicKeyInfo
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko_certvalidator.errors import PSSParameterMismatch
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from signing.fetch import Answer

_MAXIMUM_RESPONDERS = 5


def read_ocsp(data: bytes, subject: x509.Certificate, issuer: x509.Certificate) -> Answer:
    """A response about `subject`, signed by its issuer or one the issuer named; raises ValueError."""
    response = ocsp.OCSPResponse.load(data, strict=True)
    single = find_single(response, subject, issuer)
    if single is None:
        raise ValueError("not successful, or about another certificate")
    if not any(iter_responders(response, issuer)):
        raise ValueError("not signed by the issuer")
    issued: datetime = single["this_update"].native
    return Answer((response, single["cert_status"].name == "good"), issued, single["next_update"].native)


def find_single(response: ocsp.OCSPResponse, subject: x509.Certificate, issuer: x509.Certificate) -> Any:
    """The part of a successful response that speaks of `subject`, its signature unchecked; None without."""
    if response["response_status"].native != "successful":
        return None
    body: Any = response.response_data
    return next((item for item in body["responses"] if _is_about(item["cert_id"], subject, issuer)), None)


def iter_responders(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> Iterator[x509.Certificate]:
    """Whoever may answer for `issuer` and signed the response: itself, or one it certified for OCSP.

    RFC 6960 clause 4.2.2.2: issued by that very CA, extended key usage id-kp-OCSPSigning, in its time.
    """
    basic: Any = response.basic_ocsp_response
    body: Any = response.response_data
    signed, value, algorithm = body.dump(), basic["signature"].native, basic["signature_algorithm"]
    named = () if isinstance(basic["certs"], core.Void) else tuple(basic["certs"])
    for item in (issuer, *named[:_MAXIMUM_RESPONDERS]):
        if _is_signed(signed, value, algorithm, item.public_key) and (
            item is issuer or _may_answer(item, issuer, body["produced_at"].native)
        ):
            yield item


def _may_answer(responder: x509.Certificate, issuer: x509.Certificate, moment: datetime) -> bool:
    usage = responder.extended_key_usage_value
    return (
        usage is not None
        and "ocsp_signing" in usage.native
        and responder.not_valid_before <= moment <= responder.not_valid_after
        and is_issued_by(responder, issuer)
    )


def _is_about(certificate_id: Any, subject: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether a CertID (RFC 6960 clause 4.1.1) names this certificate of this issuer."""
    digest = certificate_id["hash_algorithm"]["algorithm"].native
    return (
        certificate_id["serial_number"].native == subject.serial_number
        and digest in ("sha1", "sha256")
        and certificate_id["issuer_key_hash"].native == getattr(issuer.public_key, digest)
    )


def is_issued_by(subject: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the names fit and the issuer's key signed the certificate."""
    body, value = subject["tbs_certificate"], cast(bytes, subject["signature_value"].native)
    algorithm: Any = subject["signature_algorithm"]
    return subject.issuer == issuer.subject and _is_signed(body.dump(), value, algorithm, issuer.public_key)


def _is_signed(signed: bytes, value: bytes, algorithm: Any, key: PublicKeyInfo) -> bool:
    """Whether the signature value holds under the key; what cannot be computed does not."""
    try:
        DefaultSignatureValidator().validate_signature(value, signed, key, algorithm)
    except (InvalidSignature, PSSParameterMismatch, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True
