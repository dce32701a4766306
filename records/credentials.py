"""How a machine client proves itself without a shared secret (thông tin xác thực của hệ thống ngoài).

It signs an assertion with its own private key (private_key_jwt, RFC 7523) and gets a short-lived token. Kept
are public keys, the hashes of tokens, and the hashes of assertions already used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A client's public key (khoá công khai): `id` is its `kid`, `algorithm` EdDSA, ES256 or RS256."""

    id: str
    key_id: str
    algorithm: str
    pem: str
    created_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClientToken:
    """A short-lived token of a client (mã truy cập ngắn hạn); only its SHA-256 is kept."""

    token_sha256: str
    key_id: str
    expires_at: datetime


class CredentialStore(Protocol):
    """Public keys, tokens and used assertions of machine clients (thông tin xác thực)."""

    def add_key(self, key: PublicKey) -> None:
        """Add a public key."""
        ...

    def save_key(self, key: PublicKey) -> None:
        """Overwrite a public key."""
        ...

    def find_key(self, public_key_id: str) -> PublicKey | None:
        """The public key of that id, ended or not."""
        ...

    def keys_of(self, key_id: str) -> Sequence[PublicKey]:
        """Public keys of a client, oldest first."""
        ...

    def add_token(self, token: ClientToken) -> None:
        """Keep a token."""
        ...

    def find_token(self, token_sha256: str) -> ClientToken | None:
        """The token of that hash; it may have expired."""
        ...

    def use_assertion(self, key_id: str, jti_sha256: str, expires_at: datetime) -> bool:
        """Note an assertion as used; False when it was used before, by whoever came first."""
        ...

    def prune(self, before: datetime) -> int:
        """Forget tokens and assertions that expired before that moment; returns how many."""
        ...
