"""Signed assertions of machine clients (khẳng định đã ký): private_key_jwt (RFC 7523), JWT (RFC 7519).

The algorithm is the registered key's, never the token's own word (RFC 8725). An assertion is used once, lives
minutes, and is meant for this service alone.
"""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from records.credentials import PublicKey
from records.errors import InvalidValue, NotSignedIn
from records.ports import Clock, Store, UnitOfWork

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_LIFE = timedelta(minutes=5)
LEEWAY = timedelta(seconds=30)
_MAX_LENGTH = 8192
_PART = re.compile(r"[A-Za-z0-9_-]+")
_ES256_BYTES = 64
_MIN_RSA_BITS = 2048


def find_algorithm(pem: str) -> str:
    """EdDSA, ES256 or RS256 by the key itself; raises `InvalidValue` for any other or a private one."""
    key = _load(pem)
    if isinstance(key, Ed25519PublicKey):
        return "EdDSA"
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    if isinstance(key, RSAPublicKey) and key.key_size >= _MIN_RSA_BITS:
        return "RS256"
    raise InvalidValue("Khoá công khai phải là Ed25519, P-256 hoặc RSA từ 2048 bit.", field="pem")


def check_assertion(store: Store, clock: Clock, assertion: str, audiences: frozenset[str]) -> PublicKey:
    """Whose assertion it is, now used up; raises `NotSignedIn` and never says which check failed."""
    header, claims, signed, signature = _parse(assertion)
    with store.write() as work:
        key = _find_key(work, header)
        expires = _check_claims(claims, key, audiences, clock.now())
        if not _is_signed(key, signed, signature):
            raise _refuse()
        jti = hashlib.sha256(str(claims["jti"]).encode()).hexdigest()
        if not work.clients.credentials.use_assertion(key.key_id, jti, expires + LEEWAY):
            raise _refuse()
        work.commit()
    return key


def _parse(assertion: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    parts = assertion.split(".")
    if len(assertion) > _MAX_LENGTH or len(parts) != 3 or not all(map(_PART.fullmatch, parts)):
        raise _refuse()
    try:
        header, claims = (json.loads(_decode(part)) for part in parts[:2])
        signature = _decode(parts[2])
    except (ValueError, RecursionError) as exc:
        raise _refuse() from exc
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise _refuse()
    return header, claims, f"{parts[0]}.{parts[1]}".encode(), signature


def _find_key(work: UnitOfWork, header: dict[str, Any]) -> PublicKey:
    kid = header.get("kid")
    key = work.clients.credentials.find_key(kid) if isinstance(kid, str) else None
    # `crit` names extensions that must be understood (RFC 7515 clause 4.1.11); none is.
    if key is None or key.ended_at is not None or header.get("alg") != key.algorithm or "crit" in header:
        raise _refuse()
    return key


def _check_claims(
    claims: dict[str, Any], key: PublicKey, audiences: frozenset[str], now: datetime
) -> datetime:
    """The moment it expires, when every claim of RFC 7523 clause 3 is right."""
    jti = claims.get("jti")
    is_meant = not audiences.isdisjoint(_read_audience(claims.get("aud")))
    if claims.get("iss") != key.key_id or claims.get("sub") != key.key_id or not is_meant:
        raise _refuse()
    if not isinstance(jti, str) or not 8 <= len(jti) <= 256:
        raise _refuse()
    expires, begins = _read_time(claims.get("exp")), _read_time(claims.get("iat"))
    if not now - LEEWAY < expires <= now + MAX_LIFE + LEEWAY or begins > now + LEEWAY or begins > expires:
        raise _refuse()
    if "nbf" in claims and _read_time(claims["nbf"]) > now + LEEWAY:
        raise _refuse()
    return expires


def _read_audience(value: object) -> list[str]:
    """One name or several (RFC 7519 clause 4.1.3); whatever is no text names nobody."""
    named: list[object] = [*value] if isinstance(value, list) else [value]
    return [one for one in named if isinstance(one, str)]


def _is_signed(key: PublicKey, signed: bytes, signature: bytes) -> bool:
    public = _load(key.pem)
    try:
        if isinstance(public, Ed25519PublicKey):
            public.verify(signature, signed)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            if len(signature) != _ES256_BYTES:
                return False
            half = _ES256_BYTES // 2
            pair = (int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
            public.verify(encode_dss_signature(*pair), signed, ec.ECDSA(hashes.SHA256()))
        elif isinstance(public, RSAPublicKey):
            public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _load(pem: str) -> object:
    try:
        return serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnicodeError) as exc:
        raise InvalidValue("Không đọc được khoá công khai dạng PEM.", field="pem") from exc


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _read_time(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        raise _refuse()
    return datetime.fromtimestamp(value, UTC)


def _refuse() -> NotSignedIn:
    return NotSignedIn("Khẳng định của hệ thống không hợp lệ, đã dùng hoặc đã hết hạn.")
