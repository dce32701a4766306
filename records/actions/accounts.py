"""What may be done to people's accounts (tài khoản): add, list, end, sign in; and what they may do."""

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from records.access import NOWHERE, Permission, Principal, Role, Scope, build_reach
from records.actions.acting import Acting
from records.errors import DuplicateRecord, IllegalTransition, InvalidIdentifier, InvalidValue, RecordNotFound
from records.model import Account, RoleGrant, Session
from records.ports import Store, UnitOfWork

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made (tài khoản mới); the password hash is argon2id, made at the edge."""

    login: str
    display_name: str
    grants: tuple[RoleGrant, ...]
    password_hash: str


def is_ended(account: Account, at: datetime) -> bool:
    """Whether the account's end has come."""
    return account.ended_at is not None and account.ended_at <= at


def list_accounts(store: Store, acting: Acting) -> Sequence[Account]:
    """Accounts of which the caller manages a grant; the province's administrator sees all."""
    acting_scope = acting.principal.scope(Permission.ACCOUNT_MANAGE)
    with store.read() as work:
        accounts = work.accounts.all()
    return [
        account
        for account in accounts
        if acting_scope.units is None or any(acting_scope.covers(grant.unit) for grant in account.grants)
    ]


def add_account(store: Store, acting: Acting, new: NewAccount) -> Account:
    """Add an account whose every grant lies where the caller manages accounts."""
    with store.write() as work:
        account = _add(work, acting, new)
        work.commit()
    return account


def import_accounts(store: Store, acting: Acting, accounts: Sequence[NewAccount]) -> tuple[int, int]:
    """Add the accounts whose login is not there yet, all or none; returns (added, there already)."""
    added = 0
    with store.write() as work:
        for new in accounts:
            if work.accounts.find_by_login(new.login) is None:
                _add(work, acting, new)
                added += 1
        work.commit()
    return added, len(accounts) - added


def end_account(store: Store, acting: Acting, login: str, at: datetime) -> Account:
    """End an account at a moment; its sessions end at once when that is now or past."""
    with store.write() as work:
        account = _get_managed(work, acting, login)
        if account.ended_at is not None:
            raise IllegalTransition("Tài khoản này đã kết thúc.", account=account.id)
        ended = replace(account, ended_at=at)
        work.accounts.save(ended)
        if is_ended(ended, acting.at):
            work.accounts.end_sessions_of(account.id)
        _audit(work, acting, "account.end", account, ended)
        work.commit()
    return ended


def set_grants(store: Store, acting: Acting, login: str, grants: Sequence[RoleGrant]) -> Account:
    """Replace what an account may do; both old and new grants must lie where the caller manages."""
    with store.write() as work:
        account = _get_managed(work, acting, login)
        _check_grants(work, acting, grants)
        work.accounts.set_grants(account.id, grants)
        changed = replace(account, grants=tuple(grants))
        _audit(work, acting, "account.grants", account, changed)
        work.commit()
    return changed


def set_password(store: Store, acting: Acting, login: str, password_hash: str) -> Account:
    """Set another password hash, one's own or of an account one manages; ends the account's sessions."""
    with store.write() as work:
        account = _find_login(work, login)
        if account.id != acting.principal.id:
            account = _get_managed(work, acting, login)
        changed = replace(account, password_hash=password_hash)
        work.accounts.save(changed)
        work.accounts.end_sessions_of(account.id)
        work.audit.add(acting.entry("account.password", "account", account.id))
        work.commit()
    return changed


def start_session(store: Store, acting: Acting, session: Session) -> None:
    """Write a session and its audit row; forgets the login's failed tries."""
    with store.write() as work:
        work.accounts.add_session(session)
        work.accounts.clear_failures(work.accounts.get(session.account_id).login)
        work.audit.add(acting.entry("session.start", "account", session.account_id))
        work.commit()


def end_session(store: Store, acting: Acting, token_sha256: str) -> None:
    """End one session, with its audit row."""
    with store.write() as work:
        work.accounts.end_session(token_sha256)
        work.audit.add(acting.entry("session.end", "account", acting.principal.id))
        work.commit()


def build_account_principal(work: UnitOfWork, account: Account) -> Principal:
    """What the account may do now: each role in its units and everything below them."""
    reach: dict[Role, Scope] = {}
    for grant in account.grants:
        role = Role(grant.role)
        below = Scope(None) if grant.unit is None else Scope(work.units.below(grant.unit))
        reach[role] = reach.get(role, NOWHERE).union(below)
    home = next((grant.unit for grant in account.grants if grant.unit is not None), None)
    return Principal(account.id, account.display_name, "person", build_reach(reach), home)


def find_active_account(work: UnitOfWork, login: str, at: datetime) -> Account | None:
    """The account of that login unless it has ended."""
    account = work.accounts.find_by_login(normalise_login(login))
    return None if account is None or is_ended(account, at) else account


def normalise_login(login: str) -> str:
    """A login as it is kept: NFKC, lower case, without spaces around."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def _add(work: UnitOfWork, acting: Acting, new: NewAccount) -> Account:
    if not LOGIN.fullmatch(new.login):
        raise InvalidIdentifier("Tên đăng nhập gồm chữ thường không dấu, số, dấu chấm, gạch; 2-64 ký tự.")
    if not new.display_name.strip():
        raise InvalidValue("Cần họ tên người dùng.", field="display_name")
    _check_grants(work, acting, new.grants)
    if work.accounts.find_by_login(new.login) is not None:
        raise DuplicateRecord("Tên đăng nhập này đã có.")
    account = Account(
        str(uuid.uuid4()), new.login, new.display_name.strip(), new.grants, new.password_hash, acting.at
    )
    work.accounts.add(account)
    _audit(work, acting, "account.add", None, account)
    return account


def _check_grants(work: UnitOfWork, acting: Acting, grants: Sequence[RoleGrant]) -> None:
    if not grants:
        raise InvalidValue("Cần ít nhất một vai trò.", field="grants")
    for grant in grants:
        if grant.role not in {role.value for role in Role}:
            raise InvalidValue(f"Vai trò là một trong: {', '.join(Role)}.", field="role", role=grant.role)
        if grant.unit is not None:
            work.units.get(grant.unit)
        acting.check(Permission.ACCOUNT_MANAGE, grant.unit)


def _find_login(work: UnitOfWork, login: str) -> Account:
    account = work.accounts.find_by_login(normalise_login(login))
    if account is None:
        raise RecordNotFound("Không có tài khoản này.")
    return account


def _get_managed(work: UnitOfWork, acting: Acting, login: str) -> Account:
    account = _find_login(work, login)
    for grant in account.grants:
        acting.check(Permission.ACCOUNT_MANAGE, grant.unit)
    return account


def _audit(work: UnitOfWork, acting: Acting, action: str, before: Account | None, after: Account) -> None:
    def plain(account: Account | None) -> Account | None:
        return account and replace(account, password_hash=None)

    unit = after.grants[0].unit if after.grants else None
    work.audit.add(
        acting.entry(action, "account", after.id, unit=unit, before=plain(before), after=plain(after))
    )
