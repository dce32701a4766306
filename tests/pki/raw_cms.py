"""CMS signatures put together part by part (CMS dựng từng phần), for forms that no library makes."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, tsp, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

WHEN = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A key with its self-signed certificate (người ký tự cấp)."""

    key: Any
    certificate: x509.Certificate


@cache
def make_person(kind: str = "rsa") -> Person:
    """A signer: rsa, another, ed25519, ed448 or the name of an elliptic curve."""
    makers: dict[str, Any] = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "another": lambda: rsa.generate_private_key(65537, 2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "ed448": ed448.Ed448PrivateKey.generate,
    }
    curve = getattr(ec, kind, None)
    key = ec.generate_private_key(curve()) if curve else makers[kind]()
    name = certificates.Name(
        [certificates.NameAttribute(certificates.NameOID.COMMON_NAME, f"{kind} (THU NGHIEM)")]
    )
    usage = certificates.KeyUsage(True, True, False, False, False, False, False, False, False)
    built = (
        certificates.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(certificates.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(usage, critical=True)
        .sign(key, None if kind.startswith("ed") else hashes.SHA256())
    )
    return Person(key, x509.Certificate.load(built.public_bytes(serialization.Encoding.DER)))


def attribute(kind: str, value: Any) -> cms.CMSAttribute:
    """One CMS attribute."""
    return cms.CMSAttribute({"type": kind, "values": [value]})


def compute(digest: str, data: bytes) -> bytes:
    """Digest by its CMS name."""
    if digest == "shake256":
        return hashlib.shake_256(data).digest(64)
    return hashlib.new(digest, data).digest()


def sign_value(person: Person, data: bytes, digest: str, mechanism: str) -> bytes:
    """The signature value over `data`."""
    key = person.key
    if mechanism in ("ed25519", "ed448"):
        return key.sign(data)
    algorithm = getattr(hashes, digest.upper())()
    if mechanism == "rsassa_pss":
        return key.sign(data, padding.PSS(padding.MGF1(algorithm), algorithm.digest_size), algorithm)
    if mechanism.endswith("rsa") or mechanism.startswith("rsa"):
        return key.sign(data, padding.PKCS1v15(), algorithm)
    value = key.sign(data, ec.ECDSA(algorithm))
    if mechanism == "plain":
        r, s = decode_dss_signature(value)
        size = (key.key_size + 7) // 8
        return r.to_bytes(size) + s.to_bytes(size)
    return value


def name_mechanism(digest: str, mechanism: str) -> cms.SignedDigestAlgorithm:
    """The signatureAlgorithm field."""
    if mechanism != "rsassa_pss":
        return cms.SignedDigestAlgorithm({"algorithm": mechanism})
    return cms.SignedDigestAlgorithm(
        {
            "algorithm": "rsassa_pss",
            "parameters": algos.RSASSAPSSParams(
                {
                    "hash_algorithm": {"algorithm": digest},
                    "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}},
                    "salt_length": compute(digest, b"").__len__(),
                }
            ),
        }
    )


def make_info(
    covered: bytes,
    person: Person,
    *,
    digest: str = "sha256",
    mechanism: str = "sha256_rsa",
    named: Any = None,
    digest_named: str | None = None,
    attributes: bool = True,
    extra: tuple[cms.CMSAttribute, ...] = (),
    declared: bytes | None = None,
    content_type: str = "data",
    unsigned: tuple[cms.CMSAttribute, ...] = (),
    value: bytes | None = None,
) -> cms.SignerInfo:
    """A SignerInfo over the covered bytes; everything can be made to lie."""
    signed_bytes = covered
    body: dict[str, Any] = {
        "version": "v1",
        "sid": cms.IssuerAndSerialNumber(
            {"issuer": person.certificate.issuer, "serial_number": person.certificate.serial_number}
        ),
        "digest_algorithm": {"algorithm": digest_named or digest},
        "signature_algorithm": named if named is not None else name_mechanism(digest, mechanism),
    }
    if attributes:
        listed = cms.CMSAttributes(
            [
                attribute("content_type", content_type),
                attribute("message_digest", declared if declared is not None else compute(digest, covered)),
                *extra,
            ]
        )
        signed_bytes = listed.dump()
        body["signed_attrs"] = cms.CMSAttributes.load(signed_bytes)
    body["signature"] = value if value is not None else sign_value(person, signed_bytes, digest, mechanism)
    if unsigned:
        body["unsigned_attrs"] = cms.CMSAttributes(unsigned)
    return cms.SignerInfo(body)


def wrap(
    infos: list[cms.SignerInfo],
    people: list[Person],
    *,
    content: Any = None,
    content_type: str = "data",
    version: str = "v1",
) -> bytes:
    """A whole ContentInfo."""
    inside: dict[str, Any] = {"content_type": content_type}
    if content is not None:
        inside["content"] = content
    signed = cms.SignedData(
        {
            "version": version,
            "digest_algorithms": [info["digest_algorithm"] for info in infos],
            "encap_content_info": inside,
            "certificates": [person.certificate for person in people],
            "signer_infos": infos,
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()


def sign(covered: bytes, kind: str = "rsa", **options: Any) -> bytes:
    """A detached signature by one person."""
    person = make_person(kind)
    return wrap([make_info(covered, person, **options)], [person])


def make_token(
    covered: bytes, *, imprint: str = "sha256", when: datetime = WHEN, wrong: bool = False
) -> bytes:
    """An RFC 3161 token over the bytes by a self-made authority."""
    person = make_person("another")
    hashed = compute(imprint, covered)
    told = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.3.4",
            "message_imprint": {
                "hash_algorithm": {"algorithm": imprint},
                "hashed_message": bytes(len(hashed)) if wrong else hashed,
            },
            "serial_number": 7,
            "gen_time": when,
        }
    )
    content = told.dump()
    info = make_info(content, person, content_type="tst_info")
    return wrap(
        [info], [person], content=core.ParsableOctetString(content), content_type="tst_info", version="v3"
    )


def stamp_attribute(*tokens: bytes) -> cms.CMSAttribute:
    """Signature time-stamps as one unsigned attribute."""
    return cms.CMSAttribute(
        {"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token) for token in tokens]}
    )
