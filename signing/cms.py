"""Checks one CMS signature or RFC 3161 token over given bytes (kiểm tra cấu trúc CMS), trust aside.

Follows RFC 5652 clause 5.6: digest of the covered bytes against the messageDigest attribute, then the
signature value over the signed attributes. What cannot be told is None with an error code, never a guess.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import cms, core, tsp, x509
from pyhanko.sign.ades.report import AdESFailure
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from signing.report import Integrity, TimestampFacts, format_time
from signing.rules import find_weak
from signing.trust_chain import read_common_name
from signing.values import CmsProblem, compute_digest, is_value_of, load_public_key, read_digest_name


@dataclass(frozen=True, slots=True)
class CmsFacts:
    """What one CMS object says and whether it holds (kết quả kiểm tra CMS)."""

    integrity: Integrity
    certificate: x509.Certificate | None = None
    other_certificates: tuple[x509.Certificate, ...] = ()
    is_token: bool = False
    claimed_time: Any = None
    token_time: Any = None
    imprint_algorithm: str = ""
    timestamps: tuple[TimestampFacts, ...] = ()
    timestamp_certificates: tuple[tuple[x509.Certificate, tuple[x509.Certificate, ...]], ...] = ()
    has_signing_certificate: bool = False
    revocation: tuple[Any, ...] = field(default=())
    signed_sha256: str = ""


def verify_cms(contents: bytes, covered: bytes, *, subfilter: str = "") -> CmsFacts:
    """Verify the CMS in `contents` over the `covered` bytes; any exception ends as an undecided fact."""
    try:
        return _verify(contents, covered, subfilter)
    except CmsProblem as problem:
        flag = False if problem.broken else None
        return CmsFacts(Integrity(digest=flag, value=flag, error=problem.code))
    except Exception as exc:  # hostile ASN.1 raises nearly anything
        return CmsFacts(Integrity(error=f"cms_unreadable:{type(exc).__name__}"))


def _verify(contents: bytes, covered: bytes, subfilter: str) -> CmsFacts:
    if not contents.strip(b"\0"):
        raise CmsProblem("contents_empty", broken=True)
    signed = _signed_data(contents)
    info = _signer_info(signed)
    certificate, others, findings = _signing_certificate(signed, info)
    encapsulated: Any = signed["encap_content_info"]
    is_token = encapsulated["content_type"].native == "tst_info"
    digest_name = read_digest_name(info["digest_algorithm"])
    if is_token and subfilter not in ("", "ETSI.RFC3161"):
        raise CmsProblem("token_as_signature")
    if is_token:
        digest_ok, value_ok, token = _verify_token(signed, info, certificate, covered)
    elif subfilter == "ETSI.RFC3161":
        raise CmsProblem("subfilter_without_token")
    else:
        token = None
        content = _signed_content(encapsulated, covered, subfilter)
        digest_ok, value_ok = _signature_holds(info, certificate, encapsulated, content)
    algorithms, weak = _algorithms(info, certificate, digest_name)
    imprint_algorithm = "" if token is None else _imprint(token)[0]
    weak = tuple(dict.fromkeys((*weak, *find_weak(imprint_algorithm, "", 0))))
    findings += _contradictions(info, digest_name)
    stamps, stamp_certificates = _signature_timestamps(info)
    return CmsFacts(
        integrity=Integrity(digest_ok, value_ok, algorithms, weak, findings),
        certificate=certificate,
        other_certificates=others,
        is_token=is_token,
        claimed_time=_signing_time(info),
        token_time=None if token is None else token["gen_time"].native,
        imprint_algorithm=imprint_algorithm,
        timestamps=stamps,
        timestamp_certificates=stamp_certificates,
        has_signing_certificate=_has_attribute(info, "signing_certificate")
        or _has_attribute(info, "signing_certificate_v2"),
        revocation=_adobe_revocation(info),
        signed_sha256=_signed_sha256(info, encapsulated, covered),
    )


def _signed_data(contents: bytes) -> Any:
    """The SignedData inside; zero padding after it is normal in PDF (ISO 32000-1 clause 12.8.3.3)."""
    message = cms.ContentInfo.load(contents)
    if message["content_type"].native != "signed_data":
        raise CmsProblem("cms_not_signed_data", broken=True)
    return message["content"]


def _signer_info(signed: Any) -> Any:
    infos = list(signed["signer_infos"])
    if len(infos) != 1:
        raise CmsProblem("cms_signer_count", broken=True)
    return infos[0]


def _signing_certificate(
    signed: Any, info: Any
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...], tuple[str, ...]]:
    """The signer's certificate by issuer and serial number or key identifier, and the others."""
    try:
        found = extract_certificate_info(signed)
        return found.signer_cert, tuple(found.other_certs), ()
    except Exception as exc:
        certificates = [
            choice.chosen
            for choice in signed["certificates"] or ()
            if isinstance(choice.chosen, x509.Certificate)
        ]
        wanted = info["sid"].chosen
        for certificate in certificates:
            if isinstance(wanted, cms.IssuerAndSerialNumber) and (
                certificate.serial_number == wanted["serial_number"].native
            ):
                rest = tuple(other for other in certificates if other is not certificate)
                return certificate, rest, ("certificate_issuer_mismatch",)
        raise CmsProblem("signing_certificate_missing") from exc


def _signed_content(encapsulated: Any, covered: bytes, subfilter: str) -> bytes:
    """What the signature was made over; adbe.pkcs7.sha1 signs the SHA-1 of the range as content."""
    content = encapsulated["content"]
    if content is core.VOID or content.native is None:
        return covered
    if subfilter != "adbe.pkcs7.sha1":
        raise CmsProblem("cms_content_not_detached", broken=True)
    inner = bytes(content)
    if inner != compute_digest("sha1", covered):
        raise CmsProblem("digest_mismatch", broken=True)
    return inner


def _signature_holds(
    info: Any, certificate: x509.Certificate, encapsulated: Any, content: bytes
) -> tuple[bool | None, bool | None]:
    """(digest matches, value matches); pyHanko first, own look where it does not know the algorithm."""
    kind = encapsulated["content_type"].native
    digest = compute_digest(read_digest_name(info["digest_algorithm"]), content)
    try:
        digest_ok, value_ok = validate_sig_integrity(info, certificate, kind, digest)
    except SignatureValidationError as exc:
        broken = isinstance(exc.ades_subindication, AdESFailure) or "algorithm protection" in str(exc)
        raise CmsProblem("cms_attributes_invalid", broken=broken) from exc
    except Exception:
        return _own_look(info, certificate, content, digest)
    return (digest_ok, value_ok) if value_ok else _own_look(info, certificate, content, digest)


def _own_look(
    info: Any, certificate: x509.Certificate, content: bytes, digest: bytes
) -> tuple[bool | None, bool | None]:
    """The same check with `cryptography` alone, for algorithm identifiers pyHanko does not map."""
    attributes = info["signed_attrs"]
    if attributes is core.VOID or not len(attributes):
        # Nothing but the value speaks of the content (RFC 5652 clause 5.4).
        holds = is_value_of(info, certificate, content)
        return (True if holds else None), holds
    declared = _attribute(info, "message_digest")
    digest_ok = declared is not None and declared.native == digest
    return digest_ok, is_value_of(info, certificate, attributes.untag().dump())


def _verify_token(
    signed: Any,
    info: Any,
    certificate: x509.Certificate,
    covered: bytes,
) -> tuple[bool | None, bool | None, tsp.TSTInfo]:
    """Check an RFC 3161 token over `covered`: its own signature and its message imprint."""
    encapsulated: Any = signed["encap_content_info"]
    token = encapsulated["content"].parsed
    if not isinstance(token, tsp.TSTInfo):
        raise CmsProblem("token_without_tst_info", broken=True)
    digest_ok, value_ok = _signature_holds(info, certificate, encapsulated, bytes(encapsulated["content"]))
    name, imprint = _imprint(token)
    return bool(digest_ok) and compute_digest(name, covered) == imprint, value_ok, token


def _imprint(token: Any) -> tuple[str, bytes]:
    imprint = token["message_imprint"]
    return read_digest_name(imprint["hash_algorithm"]), imprint["hashed_message"].native


def _signature_timestamps(
    info: Any,
) -> tuple[tuple[TimestampFacts, ...], tuple[tuple[x509.Certificate, tuple[x509.Certificate, ...]], ...]]:
    """Every signature-time-stamp (RFC 3161 Appendix A) checked against the signature value."""
    facts: list[TimestampFacts] = []
    certificates: list[tuple[x509.Certificate, tuple[x509.Certificate, ...]]] = []
    for token in _tokens(info):
        stamp = verify_cms(token.dump(), info["signature"].native)
        integrity = stamp.integrity
        problems = tuple(code for code in (integrity.error,) if code)
        weak = tuple(f"weak_imprint:{name}" for name in find_weak(stamp.imprint_algorithm, "", 0))
        tsa = "" if stamp.certificate is None else read_common_name(stamp.certificate.subject)
        value = integrity.value if stamp.is_token else False
        time = format_time(stamp.token_time) or ""
        sha256 = hashlib.sha256(token.dump()).hexdigest()
        told = (time, tsa, stamp.imprint_algorithm, integrity.digest, value)
        facts.append(TimestampFacts(*told, findings=weak + problems, sha256=sha256))
        if stamp.certificate is not None:
            certificates.append((stamp.certificate, stamp.other_certificates))
    return tuple(facts), tuple(certificates)


def _tokens(info: Any) -> list[Any]:
    attributes = info["unsigned_attrs"]
    # Never `.native` to see whether it is there: it turns every certificate inside into Python values.
    if isinstance(attributes, core.Void):
        return []
    return [
        value for attribute in attributes
        if attribute["type"].native == "signature_time_stamp_token"
        for value in attribute["values"]
    ]  # fmt: skip


def _attribute(info: Any, name: str) -> Any:
    """First value of a signed attribute, or None."""
    attributes = info["signed_attrs"]
    if attributes is core.VOID or not len(attributes):
        return None
    for attribute in attributes:
        if attribute["type"].native == name and len(attribute["values"]):
            return attribute["values"][0]
    return None


def _has_attribute(info: Any, name: str) -> bool:
    return _attribute(info, name) is not None


def _signed_sha256(info: Any, encapsulated: Any, covered: bytes) -> str:
    """SHA-256 of what the value was made over: signed attributes in DER, else content (RFC 5652, 5.4)."""
    with suppress(Exception):  # an identifier alone: never the verdict's business
        if len(info["signed_attrs"] or ()):
            return hashlib.sha256(info["signed_attrs"].untag().dump()).hexdigest()
        content = encapsulated["content"]
        return hashlib.sha256(covered if isinstance(content, core.Void) else bytes(content)).hexdigest()
    return ""


def _signing_time(info: Any) -> Any:
    value = _attribute(info, "signing_time")
    return None if value is None else value.native


def _adobe_revocation(info: Any) -> tuple[Any, ...]:
    """CRLs and OCSP responses inside the signature (Adobe RevocationInfoArchival)."""
    archive = _attribute(info, "adobe_revocation_info_archival")
    if archive is None:
        return ()
    return tuple(entry for kind in ("crl", "ocsp") for entry in archive[kind] or ())


def _algorithms(
    info: Any, certificate: x509.Certificate, digest_name: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of digest, mechanism and key, and those of them that are weak today."""
    mechanism = str(info["signature_algorithm"]["algorithm"].native)
    key = certificate.public_key
    bits = _key_bits(certificate)
    names = (digest_name, mechanism, f"{key.algorithm}-{bits}" if bits else key.algorithm)
    return names, find_weak(digest_name, key.algorithm, bits)


def _key_bits(certificate: x509.Certificate) -> int:
    """Key length in bits; 0 for kinds that have but one."""
    return int(getattr(load_public_key(certificate), "key_size", 0))


def _contradictions(info: Any, digest_name: str) -> tuple[str, ...]:
    """Digest and mechanism that contradict each other (RFC 8933; RFC 8419 for EdDSA)."""
    algorithm: Any = info["signature_algorithm"]
    mechanism = str(algorithm["algorithm"].native)
    if mechanism == "ed25519" and digest_name != "sha512":
        return ("digest_forbidden_for_eddsa",)
    if mechanism == "ed448" and digest_name not in ("shake256", "shake256_len"):
        return ("digest_forbidden_for_eddsa",)
    try:
        implied = str(algorithm.hash_algo)
    except ValueError:
        return ()
    if implied in ("None", digest_name) or mechanism in ("ed25519", "ed448"):
        return ()
    return (f"digest_contradicts_mechanism:{implied}",)
