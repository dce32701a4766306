"""Answers on certificates (trả lời về chứng thư): OCSP, revocation lists and issuers, signatures checked.

What an answer says counts only when the issuer of the certificate signed it, or for OCSP one whom that
issuer certified (RFC 6960 clause 4.2.2.2; its extended key usage is left to the path validation).
"""

from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from asn1crypto import core, crl, ocsp, x509
from asn1crypto.keys import PublicKeyInfo
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko_certvalidator.errors import PSSParameterMismatch
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from signing.fetch import Answer


def read_ocsp(data: bytes, subject: x509.Certificate, issuer: x509.Certificate) -> Answer:
    """A response about `subject`, signed by its issuer or one the issuer named; raises ValueError."""
    response = ocsp.OCSPResponse.load(data, strict=True)
    if response["response_status"].native != "successful":
        raise ValueError("not successful")
    basic: Any = response.basic_ocsp_response
    body: Any = response.response_data
    single = next((item for item in body["responses"] if _is_about(item["cert_id"], subject, issuer)), None)
    if single is None:
        raise ValueError("about another certificate")
    signers = [issuer]
    if not isinstance(basic["certs"], core.Void):
        signers += [item for item in basic["certs"] if is_issued_by(item, issuer)]
    signed, value, algorithm = body.dump(), basic["signature"].native, basic["signature_algorithm"]
    if not any(_is_signed(signed, value, algorithm, item.public_key) for item in signers):
        raise ValueError("not signed by the issuer")
    issued: datetime = single["this_update"].native
    return Answer((response, single["cert_status"].name == "good"), issued, single["next_update"].native)


def find_revocation(
    response: ocsp.OCSPResponse, subject: x509.Certificate, issuer: x509.Certificate
) -> datetime | None:
    """When `subject` was revoked, by a response signed for its issuer; None when it does not say so."""
    with suppress(ValueError, TypeError, KeyError):
        read_ocsp(response.dump(), subject, issuer)
        body: Any = response.response_data
        for item in body["responses"]:
            if _is_about(item["cert_id"], subject, issuer) and item["cert_status"].name == "revoked":
                return cast(datetime, item["cert_status"].chosen["revocation_time"].native)
    return None


def _is_about(certificate_id: Any, subject: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether a CertID (RFC 6960 clause 4.1.1) names this certificate of this issuer."""
    digest = certificate_id["hash_algorithm"]["algorithm"].native
    return (
        certificate_id["serial_number"].native == subject.serial_number
        and digest in ("sha1", "sha256")
        and certificate_id["issuer_key_hash"].native == getattr(issuer.public_key, digest)
    )


def read_crl(data: bytes, issuer: x509.Certificate) -> Answer:
    """A revocation list of `issuer`, signed by it; raises ValueError."""
    found = crl.CertificateList.load(data, strict=True)
    body: Any = found["tbs_cert_list"]
    signed, value = body.dump(), found["signature"].native
    if found.issuer != issuer.subject or not _is_signed(
        signed, value, found["signature_algorithm"], issuer.public_key
    ):
        raise ValueError("not signed by the issuer")
    issued: datetime = body["this_update"].native
    return Answer(found, issued, body["next_update"].native)


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
