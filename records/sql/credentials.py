"""Public keys, tokens and used assertions of machine clients in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from records.credentials import ClientToken, PublicKey
from records.sql.rows import Rows, build_row, columns_of
from records.sql.schema_clients import client_public_keys, client_tokens, used_assertions


class SqlCredentialStore:
    """Public keys, tokens and used assertions of machine clients (thông tin xác thực)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add_key(self, key: PublicKey) -> None:
        """Add a public key."""
        self._rows.add(client_public_keys, build_row(key))

    def save_key(self, key: PublicKey) -> None:
        """Overwrite a public key."""
        self._rows.replace(client_public_keys, "id", build_row(key))

    def find_key(self, public_key_id: str) -> PublicKey | None:
        """The public key of that id, ended or not."""
        return self._rows.find(PublicKey, client_public_keys, client_public_keys.c.id == public_key_id)

    def keys_of(self, key_id: str) -> Sequence[PublicKey]:
        """Public keys of a client, oldest first."""
        wanted = select(*columns_of(PublicKey, client_public_keys))
        mine = wanted.where(client_public_keys.c.key_id == key_id)
        ordered = mine.order_by(client_public_keys.c.created_at, client_public_keys.c.id)
        return self._rows.all(PublicKey, ordered)

    def add_token(self, token: ClientToken) -> None:
        """Keep a token."""
        self._rows.add(client_tokens, build_row(token))

    def find_token(self, token_sha256: str) -> ClientToken | None:
        """The token of that hash; it may have expired."""
        return self._rows.find(ClientToken, client_tokens, client_tokens.c.token_sha256 == token_sha256)

    def use_assertion(self, key_id: str, jti_sha256: str, expires_at: datetime) -> bool:
        """Note an assertion as used; False when it was used before, by whoever came first."""
        row = {"key_id": key_id, "jti_sha256": jti_sha256, "expires_at": expires_at}
        return self._rows.add_if_new(used_assertions, row)

    def prune(self, before: datetime) -> int:
        """Forget tokens and assertions that expired before that moment; returns how many."""
        tables = (client_tokens, used_assertions)
        return sum(
            self._rows.run(table.delete().where(table.c.expires_at < before)).rowcount for table in tables
        )
