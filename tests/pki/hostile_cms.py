"""Odd, old and forged CMS in sound files (CMS lạ, cũ, giả mạo), each with the verdict it must have."""

from collections.abc import Callable
from datetime import timedelta

from asn1crypto import cms, core

from tests.pki import raw_cms
from tests.pki.raw_cms import (
    WHEN,
    attribute,
    compute,
    make_info,
    make_person,
    make_token,
    sign,
    stamp_attribute,
    wrap,
)
from tests.pki.raw_pdf import RawPdf, base, signature

Signs = Callable[[bytes], bytes]


def put(
    signs: Signs, *, subfilter: bytes = b"adbe.pkcs7.detached", kind: bytes = b"/Type /Sig", more: bytes = b""
) -> bytes:
    """The sample page signed by `signs`."""
    return RawPdf(base(signature=signature(kind, subfilter, more))).sign(signs).data


def iter_cms() -> dict[str, tuple[bytes, str]]:
    """Name to (file, expected)."""
    cases: dict[str, tuple[Signs, str]] = {}
    cases |= _mechanisms() | _structures() | _attributes() | _stamps()
    found = {f"cms: {name}": (put(signs), expected) for name, (signs, expected) in cases.items()}
    return found | _document_stamps() | iter_legacy()


def _mechanisms() -> dict[str, tuple[Signs, str]]:
    cases: dict[str, tuple[Signs, str]] = {
        "rsa pkcs1": (sign, "good"),
        "rsaEncryption": (lambda b: sign(b, mechanism="rsassa_pkcs1v15"), "good"),
        "rsa sha1": (lambda b: sign(b, digest="sha1", mechanism="sha1_rsa"), "good"),
        "rsa sha384": (lambda b: sign(b, digest="sha384", mechanism="sha384_rsa"), "good"),
        "rsa pss": (lambda b: sign(b, mechanism="rsassa_pss"), "good"),
        "rsa sha3": (
            lambda b: sign(
                b, digest="sha3_256", mechanism="rsa", named={"algorithm": "2.16.840.1.101.3.4.3.14"}
            ),
            "good",
        ),
        "ed25519 sha512": (lambda b: sign(b, "ed25519", digest="sha512", mechanism="ed25519"), "good"),
        "ed25519 sha256": (lambda b: sign(b, "ed25519", digest="sha256", mechanism="ed25519"), "bad"),
        "ed448 shake256": (lambda b: sign(b, "ed448", digest="shake256", mechanism="ed448"), "good"),
        "ed448 sha512": (lambda b: sign(b, "ed448", digest="sha512", mechanism="ed448"), "bad"),
        "mechanism of another digest": (lambda b: sign(b, named={"algorithm": "sha512_rsa"}), "bad"),
        "signature oid as digest": (lambda b: sign(b, digest_named="1.2.840.113549.1.1.11"), "good"),
        "signed by another key": (lambda b: wrap([_stolen(b)], [make_person()]), "bad"),
        "no attributes": (lambda b: sign(b, attributes=False), "good"),
        "no attributes, wrong bytes": (lambda b: sign(b + b"x", attributes=False), "bad"),
        "no attributes, pss": (lambda b: sign(b, attributes=False, mechanism="rsassa_pss"), "good"),
        "no attributes, rsa sha3": (
            lambda b: sign(
                b,
                attributes=False,
                digest="sha3_256",
                mechanism="rsa",
                named={"algorithm": "2.16.840.1.101.3.4.3.14"},
            ),
            "good",
        ),
    }
    for curve, digest in (
        ("SECP256R1", "sha256"),
        ("SECP384R1", "sha384"),
        ("SECP521R1", "sha512"),
        ("BrainpoolP256R1", "sha256"),
        ("SECP256K1", "sha256"),
    ):
        name = f"{digest}_ecdsa"
        cases[f"ecdsa {curve}"] = (
            lambda b, c=curve, d=digest, m=name: sign(b, c, digest=d, mechanism=m),
            "good",
        )
    plain = {"algorithm": "0.4.0.127.0.7.1.1.4.1.3"}
    cases["ecdsa plain"] = (lambda b: sign(b, "SECP256R1", mechanism="plain", named=plain), "good")
    cases["ecdsa plain P-521"] = (lambda b: sign(b, "SECP521R1", mechanism="plain", named=plain), "good")
    cases["ecdsa plain broken"] = (
        lambda b: sign(b, "SECP256R1", mechanism="plain", named=plain, value=b"\1" * 64),
        "bad",
    )
    cases["ecdsa sha3"] = (
        lambda b: sign(
            b, "SECP256R1", digest="sha3_256", mechanism="x", named={"algorithm": "2.16.840.1.101.3.4.3.10"}
        ),
        "good",
    )
    cases["ecdsa no attributes"] = (
        lambda b: sign(b, "SECP256R1", mechanism="sha256_ecdsa", attributes=False),
        "good",
    )
    cases["ed25519 no attributes"] = (
        lambda b: sign(b, "ed25519", digest="sha512", mechanism="ed25519", attributes=False),
        "good",
    )
    return cases


def _stolen(covered: bytes) -> cms.SignerInfo:
    """Signed by one key, said to be another's."""
    info = make_info(covered, make_person("another"))
    return make_info(covered, make_person(), value=info["signature"].native)


def _structures() -> dict[str, tuple[Signs, str]]:
    person, other = make_person(), make_person("another")
    return {
        "two signers": (
            lambda b: wrap([make_info(b, person), make_info(b, other)], [person, other]),
            "not good",
        ),
        "no signer": (lambda b: wrap([], [person]), "not good"),
        "certificate missing": (lambda b: wrap([make_info(b, person)], []), "not good"),
        "certificate of another": (lambda b: wrap([make_info(b, person)], [other]), "not good"),
        "more certificates": (lambda b: wrap([make_info(b, person)], [other, person]), "good"),
        "indefinite length": (lambda b: _indefinite(sign(b)), "good"),
        "trailing zeros": (lambda b: sign(b) + bytes(100), "good"),
        "content inside": (lambda b: wrap([make_info(b, person)], [person], content=b), "not good"),
        "other content inside": (
            lambda b: wrap([make_info(b, person)], [person], content=b"khac"),
            "not good",
        ),
        "empty content inside": (lambda b: wrap([make_info(b, person)], [person], content=b""), "any"),
        "not signed data": (
            lambda b: cms.ContentInfo({"content_type": "data", "content": core.OctetString(b"x")}).dump(),
            "not good",
        ),
        "octet string": (lambda b: core.OctetString(compute("sha1", b)).dump(), "not good"),
        "cut off": (lambda b: sign(b)[:900], "not good"),
        "noise": (lambda b: b"\x30\x82\xff\xff" + b"\xaa" * 300, "not good"),
        "deep nesting": (lambda b: b"\x30\x80" * 1900, "not good"),
    }


def _indefinite(der: bytes) -> bytes:
    """The three outer layers with BER's indefinite length."""
    message = cms.ContentInfo.load(der)
    inside = message["content"].contents
    kind = message["content_type"].dump()
    return b"\x30\x80" + kind + b"\xa0\x80\x30\x80" + inside + b"\0\0" * 3


def _attributes() -> dict[str, tuple[Signs, str]]:
    digest = compute("sha256", b"khac")
    return {
        "digest lies": (lambda b: sign(b, declared=digest), "bad"),
        "second digest": (lambda b: sign(b, extra=(attribute("message_digest", digest),)), "not good"),
        "second digest first": (
            lambda b: sign(b, declared=digest, extra=(attribute("message_digest", compute("sha256", b)),)),
            "not good",
        ),
        "two digest values": (
            lambda b: sign(
                b,
                extra=(
                    cms.CMSAttribute({"type": "message_digest", "values": [digest, compute("sha256", b)]}),
                ),
            ),
            "not good",
        ),
        "content type of a token": (lambda b: sign(b, content_type="tst_info"), "not good"),
        "signing time": (
            lambda b: sign(b, extra=(attribute("signing_time", cms.Time({"utc_time": WHEN})),)),
            "good",
        ),
        "signing time ahead": (
            lambda b: sign(
                b, extra=(attribute("signing_time", cms.Time({"utc_time": WHEN + timedelta(days=3000)})),)
            ),
            "good",
        ),
        "unknown attribute": (lambda b: sign(b, extra=(attribute("1.2.3.4.5", core.Null()),)), "good"),
        "counter-signature broken": (lambda b: sign(b, unsigned=(_countersigned(b"khac"),)), "any"),
        "no digest attribute": (_without_digest, "not good"),
        "attributes not in order": (_unordered, "any"),
    }


def _countersigned(value: bytes) -> cms.CMSAttribute:
    return cms.CMSAttribute(
        {"type": "counter_signature", "values": [make_info(value, make_person("another"))]}
    )


def _without_digest(covered: bytes) -> bytes:
    person = make_person()
    info = make_info(covered, person)
    listed = cms.CMSAttributes([attribute("content_type", "data")])
    info["signed_attrs"] = listed
    info["signature"] = raw_cms.sign_value(person, listed.dump(), "sha256", "sha256_rsa")
    return wrap([info], [person])


def _unordered(covered: bytes) -> bytes:
    """Signed attributes written, and signed, out of DER's order."""
    person = make_person()
    one = attribute("message_digest", compute("sha256", covered)).dump()
    two = attribute("content_type", "data").dump()
    body = one + two
    signed = b"\x31" + bytes([len(body)]) + body
    info = make_info(covered, person, value=raw_cms.sign_value(person, signed, "sha256", "sha256_rsa"))
    info["signed_attrs"] = cms.CMSAttributes.load(signed)
    return wrap([info], [person])


def _stamps() -> dict[str, tuple[Signs, str]]:
    def stamped(*make: Callable[[bytes], bytes]) -> Signs:
        def signs(covered: bytes) -> bytes:
            person = make_person()
            value = make_info(covered, person)["signature"].native
            tokens = stamp_attribute(*(one(value) for one in make))
            return wrap([make_info(covered, person, unsigned=(tokens,))], [person])

        return signs

    return {
        "stamp": (stamped(make_token), "good"),
        "stamp sha1": (stamped(lambda v: make_token(v, imprint="sha1")), "good"),
        "stamp wrong imprint": (stamped(lambda v: make_token(v, wrong=True)), "bad"),
        "two stamps": (stamped(make_token, make_token), "good"),
        "two stamps, second wrong": (stamped(make_token, lambda v: make_token(b"khac")), "bad"),
        "stamp no token": (stamped(sign), "not good"),
        "stamp signature broken": (stamped(lambda v: _spoil(make_token(v))), "not good"),
        "stamp later than today": (stamped(lambda v: make_token(v, when=WHEN + timedelta(days=4000))), "any"),
    }


def _spoil(token: bytes) -> bytes:
    """The token's own signature value changed."""
    message = cms.ContentInfo.load(token)
    info = message["content"]["signer_infos"][0]
    info["signature"] = bytes(len(info["signature"].native) - 1) + b"\1"
    return message.dump(force=True)


def _document_stamps() -> dict[str, tuple[bytes, str]]:
    kinds = {"": b"/Type /DocTimeStamp", " /Sig": b"/Type /Sig", " no type": b"", " odd type": b"/Type /Khac"}
    found = {
        f"document stamp{name}": (put(make_token, subfilter=b"ETSI.RFC3161", kind=kind), "good")
        for name, kind in kinds.items()
    }
    wrong: Signs = lambda b: make_token(b, wrong=True)  # noqa: E731
    return found | {
        "document stamp wrong": (put(wrong, subfilter=b"ETSI.RFC3161", kind=kinds[""]), "bad"),
        "document stamp sha1": (
            put(lambda b: make_token(b, imprint="sha1"), subfilter=b"ETSI.RFC3161", kind=kinds[""]),
            "good",
        ),
        "document stamp is a signature": (put(sign, subfilter=b"ETSI.RFC3161", kind=kinds[""]), "not good"),
        "token as a signature": (put(make_token), "undecided"),
        "document stamp spoilt": (
            put(lambda b: _spoil(make_token(b)), subfilter=b"ETSI.RFC3161", kind=kinds[""]),
            "bad",
        ),
    }


def iter_legacy() -> dict[str, tuple[bytes, str]]:
    """Withdrawn sub-filters."""
    person = make_person()
    certificate = b"/Cert <" + person.certificate.dump().hex().encode() + b">"

    def plain(covered: bytes) -> bytes:
        value = raw_cms.sign_value(person, covered, "sha1", "rsa")
        return core.OctetString(value).dump()

    def inner(covered: bytes, said: bytes | None = None) -> bytes:
        content = said or compute("sha1", covered)
        return wrap(
            [make_info(content, person, digest="sha1", mechanism="sha1_rsa")], [person], content=content
        )

    def inner_bare(covered: bytes) -> bytes:
        content = compute("sha1", covered)
        return wrap(
            [make_info(content, person, digest="sha1", mechanism="sha1_rsa", attributes=False)],
            [person],
            content=content,
        )

    old, sha1 = b"adbe.x509.rsa_sha1", b"adbe.pkcs7.sha1"
    return {
        "x509.rsa_sha1": (put(plain, subfilter=old, more=certificate), "undecided"),
        "x509.rsa_sha1 array": (
            put(plain, subfilter=old, more=b"/Cert [" + certificate[6:] + b"]"),
            "undecided",
        ),
        "x509.rsa_sha1 broken": (put(lambda b: plain(b + b"x"), subfilter=old, more=certificate), "bad"),
        "x509.rsa_sha1 no certificate": (put(plain, subfilter=old), "undecided"),
        "pkcs7.sha1": (put(inner, subfilter=sha1), "undecided"),
        "pkcs7.sha1 no attributes": (put(inner_bare, subfilter=sha1), "undecided"),
        "pkcs7.sha1 broken": (put(lambda b: inner(b, bytes(20)), subfilter=sha1), "bad"),
        "pkcs7.sha1 detached": (put(sign, subfilter=sha1), "any"),
        "no subfilter": (put(sign, subfilter=b"X").replace(b"/SubFilter /X", b"            ", 1), "not good"),
        "unknown subfilter": (put(sign, subfilter=b"Khac.khac"), "any"),
    }
