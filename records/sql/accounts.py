"""Accounts, grants, sessions, failed tries and machine keys in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from records.errors import RecordNotFound
from records.model import Account, ApiKey, RoleGrant, Session
from records.sql.rows import Rows, build_row, columns_of
from records.sql.schema import accounts, api_keys, login_failures, role_grants, sessions

TOUCH_EVERY = timedelta(minutes=1)


class SqlAccountStore:
    """Accounts, grants, sessions and failed tries (tài khoản)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, account: Account) -> None:
        """Add an account with its grants."""
        self._rows.add(accounts, _account_row(account))
        self._put_grants(account.id, account.grants)

    def save(self, account: Account) -> None:
        """Change an account and its grants."""
        self._rows.replace(accounts, "id", _account_row(account))
        self.set_grants(account.id, account.grants)

    def get(self, account_id: str) -> Account:
        """The account of that id."""
        found = self._select(accounts.c.id == account_id)
        if not found:
            raise RecordNotFound(id=account_id)
        return found[0]

    def find_by_login(self, login: str) -> Account | None:
        """The account that signs in by this name, if any."""
        found = self._select(accounts.c.login == login)
        return found[0] if found else None

    def all(self) -> Sequence[Account]:
        """Every account, by login."""
        return sorted(self._select(), key=lambda account: account.login)

    def set_grants(self, account_id: str, grants: Sequence[RoleGrant]) -> None:
        """Replace the grants."""
        self._rows.run(role_grants.delete().where(role_grants.c.account_id == account_id))
        self._put_grants(account_id, grants)

    def add_session(self, session: Session) -> None:
        """Keep a new session."""
        self._rows.add(sessions, build_row(session))

    def find_session(self, token_sha256: str) -> Session | None:
        """The session of that token hash, if any; it may have expired."""
        return self._rows.find(Session, sessions, sessions.c.token_sha256 == token_sha256)

    def end_session(self, token_sha256: str) -> None:
        """Forget the session; no error when there is none."""
        self._rows.run(sessions.delete().where(sessions.c.token_sha256 == token_sha256))

    def end_sessions_of(self, account_id: str) -> None:
        """Forget every session of the account."""
        self._rows.run(sessions.delete().where(sessions.c.account_id == account_id))

    def count_failures(self, login: str, since: datetime) -> int:
        """Failed tries since that moment, inclusive."""
        mine = (login_failures.c.login == login) & (login_failures.c.at >= since)
        count: int = self._rows.run(select(func.count()).select_from(login_failures).where(mine)).scalar_one()
        return count

    def add_failure(self, login: str, at: datetime) -> None:
        """Note a failed try."""
        self._rows.run(login_failures.insert().values(login=login, at=at))

    def clear_failures(self, login: str) -> None:
        """Forget the failed tries."""
        self._rows.run(login_failures.delete().where(login_failures.c.login == login))

    def _put_grants(self, account_id: str, grants: Sequence[RoleGrant]) -> None:
        rows = [
            {"account_id": account_id, "ordinal": ordinal, "role": grant.role, "unit": grant.unit}
            for ordinal, grant in enumerate(grants)
        ]
        if rows:
            self._rows.run(role_grants.insert(), rows)

    def _select(self, *where: Any) -> list[Account]:
        found = self._rows.run(select(accounts).where(*where)).mappings().all()
        grants = self._grants_of([row["id"] for row in found])
        return [Account(**row, grants=tuple(grants.get(row["id"], ()))) for row in found]

    def _grants_of(self, account_ids: Sequence[str]) -> Mapping[str, list[RoleGrant]]:
        wanted = select(role_grants).order_by(role_grants.c.account_id, role_grants.c.ordinal)
        if len(account_ids) == 1:
            wanted = wanted.where(role_grants.c.account_id == account_ids[0])
        grants: dict[str, list[RoleGrant]] = {}
        for row in self._rows.run(wanted):
            grants.setdefault(row.account_id, []).append(RoleGrant(row.role, row.unit))
        return grants


class SqlKeyStore:
    """Machine clients' keys (khoá truy cập)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, key: ApiKey) -> None:
        """Add a key."""
        self._rows.add(api_keys, build_row(key))

    def save(self, key: ApiKey) -> None:
        """Change a key."""
        self._rows.replace(api_keys, "id", build_row(key))

    def get(self, key_id: str) -> ApiKey:
        """The key of that id."""
        return self._rows.get(ApiKey, api_keys, "id", key_id)

    def find_by_prefix(self, prefix: str) -> ApiKey | None:
        """The key whose text begins so, if any."""
        return self._rows.find(ApiKey, api_keys, api_keys.c.prefix == prefix)

    def all(self) -> Sequence[ApiKey]:
        """Every key, oldest first."""
        order = (api_keys.c.created_at, api_keys.c.id)
        return self._rows.all(ApiKey, select(*columns_of(ApiKey, api_keys)).order_by(*order))

    def touch(self, key_id: str, at: datetime) -> None:
        """Note the last use, at most once a minute."""
        last = api_keys.c.last_used_at
        long_ago = last.is_(None) | (last <= at - TOUCH_EVERY)
        self._rows.run(api_keys.update().where(api_keys.c.id == key_id, long_ago).values(last_used_at=at))


def _account_row(account: Account) -> dict[str, Any]:
    row = build_row(account)
    del row["grants"]
    return row
