"""Where to go on in a list, sealed for the browser (con trỏ trang): opaque, signed, bound, and not for ever.

A cursor is good for the person who got it, for the same search under the same scope, for a while; anything
else is `BadQuery`. HMAC-SHA-256 (RFC 2104) over binding, expiry and content.
"""

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from dataclasses import asdict
from datetime import datetime, timedelta

from search.errors import BadQuery
from search.index import SearchRequest

LIFETIME = timedelta(minutes=10)
MAX_LENGTH = 16_000
_STALE = "Danh sách này đã để quá lâu hoặc không còn đúng; hãy tìm lại."
_MAC = 32
_STAMP = 8


def build_binding(who: str, request: SearchRequest) -> bytes:
    """What a cursor is bound to: the searcher, what may be seen, and everything that was asked."""
    scope = request.scope
    seen = [
        None if part.units is None else sorted(part.units)
        for part in (scope.visible, scope.restricted, scope.owner)
    ]
    asked = [request.text, asdict(request.filters), request.order.value, request.literal]
    text = json.dumps([who, seen, asked], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).digest()


def derive_key(secret: bytes) -> bytes:
    """A key for cursors alone out of the service's secret."""
    return hmac.digest(secret, b"sohoa search cursor", "sha256")


def seal(key: bytes, binding: bytes, text: str, now: datetime) -> str:
    """The text as a cursor that is good for `LIFETIME`."""
    stamp = int((now + LIFETIME).timestamp()).to_bytes(_STAMP, "big")
    body = stamp + zlib.compress(text.encode(), 9)
    mac = hmac.digest(key, binding + body, "sha256")
    return base64.urlsafe_b64encode(mac + body).decode().rstrip("=")


def unseal(key: bytes, binding: bytes, cursor: str, now: datetime) -> str:
    """The text of a cursor; `BadQuery` when it was changed, is old, or is for another person or search."""
    if len(cursor) > MAX_LENGTH:
        raise BadQuery(_STALE)
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as exc:
        raise BadQuery(_STALE) from exc
    mac, body = raw[:_MAC], raw[_MAC:]
    if not hmac.compare_digest(mac, hmac.digest(key, binding + body, "sha256")):
        raise BadQuery(_STALE)
    if now.timestamp() > int.from_bytes(body[:_STAMP], "big"):
        raise BadQuery(_STALE)
    return zlib.decompress(body[_STAMP:]).decode()
