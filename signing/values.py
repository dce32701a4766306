"""Digests and signature values (giá trị băm và giá trị chữ ký), also by identifiers pyHanko does not map.

RSA (PKCS#1 v1.5), ECDSA in DER and plain (BSI TR-03111), EdDSA (RFC 8419), over whatever was signed.
"""

import hashlib
from typing import Any

from asn1crypto import algos, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

_SHA3_RSA = {
    "2.16.840.1.101.3.4.3.13": hashes.SHA3_224,
    "2.16.840.1.101.3.4.3.14": hashes.SHA3_256,
    "2.16.840.1.101.3.4.3.15": hashes.SHA3_384,
    "2.16.840.1.101.3.4.3.16": hashes.SHA3_512,
}
_DIGESTS = ("sha3_224", "sha3_256", "sha3_384", "sha3_512", "sha512", "sha384", "sha256", "sha224", "sha1")


class CmsProblem(Exception):
    """Something that ends the check of one CMS object; `code` is the finding."""

    def __init__(self, code: str, *, broken: bool = False) -> None:
        self.code = code
        self.broken = broken
        super().__init__(code)


def read_digest_name(algorithm: Any) -> str:
    """Digest name; some signers put a signature algorithm here (seen in old national cards)."""
    name = str(algorithm["algorithm"].native).lower()
    for known in _DIGESTS:
        if name != known and known in name and not name.startswith("shake"):
            return known
    try:
        return str(algos.SignedDigestAlgorithm({"algorithm": name}).hash_algo)
    except (ValueError, KeyError):
        return name


def compute_digest(name: str, data: bytes) -> bytes:
    """Digest of `data` by its CMS name; raises CmsProblem when the algorithm is not known."""
    if name == "shake256":
        return hashlib.shake_256(data).digest(64)
    if name == "shake128":
        return hashlib.shake_128(data).digest(32)
    try:
        return hashlib.new(name, data, usedforsecurity=False).digest()
    except ValueError as exc:
        raise CmsProblem(f"digest_unknown:{name}") from exc


def is_value_of(info: Any, certificate: x509.Certificate, signed_bytes: bytes) -> bool:
    """Whether a SignerInfo's value is the certificate's over `signed_bytes`; raises CmsProblem."""
    mechanism: Any = info["signature_algorithm"]["algorithm"]
    name = read_digest_name(info["digest_algorithm"])
    signature: bytes = info["signature"].native
    try:
        key = load_public_key(certificate)
        if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            return _is_verified(lambda: key.verify(signature, signed_bytes))
        algorithm = _SHA3_RSA.get(mechanism.dotted, lambda: _find_hash(name))()
        if isinstance(key, rsa.RSAPublicKey) and "pss" not in str(mechanism.native):
            return is_rsa_value(key, signature, signed_bytes, algorithm)
        if isinstance(key, ec.EllipticCurvePublicKey):
            return _is_ecdsa_value(key, signature, signed_bytes, algorithm)
    except (UnsupportedAlgorithm, ValueError) as exc:
        raise CmsProblem("algorithm_not_supported") from exc
    return False


def is_rsa_value(
    key: rsa.RSAPublicKey, signature: bytes, signed_bytes: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    """Whether a value is the key's over `signed_bytes` by PKCS#1 v1.5."""
    return _is_verified(lambda: key.verify(signature, signed_bytes, padding.PKCS1v15(), algorithm))


def _is_ecdsa_value(
    key: ec.EllipticCurvePublicKey, signature: bytes, signed_bytes: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    """A plain value r||s may begin as DER does, so that both readings are tried."""
    forms = [signature]
    size = (key.key_size + 7) // 8
    if len(signature) == 2 * size:
        r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
        forms.append(algos.DSASignature({"r": r, "s": s}).dump())
    return any(
        _is_verified(lambda form=form: key.verify(form, signed_bytes, ec.ECDSA(algorithm))) for form in forms
    )


def _is_verified(verify: Any) -> bool:
    try:
        verify()
    except InvalidSignature:
        return False
    return True


def load_public_key(certificate: x509.Certificate) -> Any:
    """The public key; an RSA modulus that old cards wrote without its leading zero is read as positive."""
    information: Any = certificate.public_key
    if information.algorithm == "rsa":
        numbers = information["public_key"].parsed
        modulus, exponent = numbers["modulus"].native, numbers["public_exponent"].native
        if modulus < 0:
            length = len(numbers["modulus"].contents) * 8
            return rsa.RSAPublicNumbers(exponent, modulus + (1 << length)).public_key()
    return serialization.load_der_public_key(information.dump())


def _find_hash(name: str) -> hashes.HashAlgorithm:
    found = getattr(hashes, name.upper(), None)
    if found is None:
        raise CmsProblem(f"digest_unknown:{name}")
    return found()
