"""Stores of units, types, accounts and keys in memory; held to the same contract as the database's."""

# ruff: noqa: D102 - the ports say what each method does

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from records.errors import DuplicateRecord
from records.model import (
    Account,
    ApiKey,
    ResultType,
    RoleGrant,
    Session,
    Unit,
)
from tests.fake_state import State, add_new, get_known, put_known


class FakeUnitStore:
    """Units in memory."""

    def __init__(self, state: State) -> None:
        self._units = state.units

    def add(self, unit: Unit) -> None:
        add_new(self._units, unit.code, unit)

    def save(self, unit: Unit) -> None:
        put_known(self._units, unit.code, unit)

    def get(self, code: str) -> Unit:
        return get_known(self._units, code)

    def find(self, code: str) -> Unit | None:
        return self._units.get(code)

    def all(self) -> Sequence[Unit]:
        return [self._units[code] for code in sorted(self._units)]

    def below(self, code: str) -> frozenset[str]:
        return frozenset(unit for unit in self._units if code in self.above(unit))

    def above(self, code: str) -> tuple[str, ...]:
        path: list[str] = []
        unit = self.find(code)
        while unit and unit.code not in path:
            path.append(unit.code)
            unit = self.find(unit.parent or "")
        return tuple(path)


class FakeTypeStore:
    """Result types in memory."""

    def __init__(self, state: State) -> None:
        self._types = state.types

    def add(self, result_type: ResultType) -> None:
        add_new(self._types, result_type.code, result_type)

    def save(self, result_type: ResultType) -> None:
        put_known(self._types, result_type.code, result_type)

    def get(self, code: str) -> ResultType:
        return get_known(self._types, code)

    def find(self, code: str) -> ResultType | None:
        return self._types.get(code)

    def known(self, codes: Sequence[str]) -> frozenset[str]:
        return frozenset(codes) & frozenset(self._types)

    def all(self) -> Sequence[ResultType]:
        return [self._types[code] for code in sorted(self._types)]


class FakeAccountStore:
    """Accounts in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, account: Account) -> None:
        if self.find_by_login(account.login):
            raise DuplicateRecord()
        add_new(self._state.accounts, account.id, account)

    def save(self, account: Account) -> None:
        put_known(self._state.accounts, account.id, account)

    def get(self, account_id: str) -> Account:
        return get_known(self._state.accounts, account_id)

    def find_by_login(self, login: str) -> Account | None:
        return next((one for one in self._state.accounts.values() if one.login == login), None)

    def all(self) -> Sequence[Account]:
        return sorted(self._state.accounts.values(), key=lambda account: account.login)

    def set_grants(self, account_id: str, grants: Sequence[RoleGrant]) -> None:
        self.save(replace(self.get(account_id), grants=tuple(grants)))

    def add_session(self, session: Session) -> None:
        self.get(session.account_id)
        add_new(self._state.sessions, session.token_sha256, session)

    def find_session(self, token_sha256: str) -> Session | None:
        return self._state.sessions.get(token_sha256)

    def end_session(self, token_sha256: str) -> None:
        self._state.sessions.pop(token_sha256, None)

    def end_sessions_of(self, account_id: str) -> None:
        for session in list(self._state.sessions.values()):
            if session.account_id == account_id:
                del self._state.sessions[session.token_sha256]

    def count_failures(self, login: str, since: datetime) -> int:
        return sum(name == login and at >= since for name, at in self._state.failures)

    def add_failure(self, login: str, at: datetime) -> None:
        self._state.failures.append((login, at))

    def clear_failures(self, login: str) -> None:
        self._state.failures[:] = [tried for tried in self._state.failures if tried[0] != login]


class FakeKeyStore:
    """Machine keys in memory."""

    def __init__(self, state: State) -> None:
        self._keys = state.keys

    def add(self, key: ApiKey) -> None:
        if self.find_by_prefix(key.prefix):
            raise DuplicateRecord()
        add_new(self._keys, key.id, key)

    def save(self, key: ApiKey) -> None:
        put_known(self._keys, key.id, key)

    def get(self, key_id: str) -> ApiKey:
        return get_known(self._keys, key_id)

    def find_by_prefix(self, prefix: str) -> ApiKey | None:
        return next((key for key in self._keys.values() if key.prefix == prefix), None)

    def all(self) -> Sequence[ApiKey]:
        return sorted(self._keys.values(), key=lambda key: (key.created_at, key.id))

    def touch(self, key_id: str, at: datetime) -> None:
        key = self._keys.get(key_id)
        if key and (key.last_used_at is None or key.last_used_at <= at - timedelta(minutes=1)):
            self._keys[key_id] = replace(key, last_used_at=at)
