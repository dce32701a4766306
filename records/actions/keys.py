"""What may be done to machine clients' keys (khoá truy cập): add, list, end; and what a key may do."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from records.access import MACHINE_PERMISSIONS, Permission, Principal, Scope
from records.actions.acting import Acting
from records.actions.agreements import build_first_agreement, build_rights
from records.errors import IllegalTransition, InvalidValue
from records.model import ApiKey
from records.ports import Store, UnitOfWork


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be made (khoá mới).

    One that may look up gets its first agreement with it: over `result_types`, None for every type.
    """

    label: str
    unit: str | None
    scopes: tuple[str, ...]
    result_types: tuple[str, ...] | None
    expires_at: datetime | None = None


def list_keys(store: Store, acting: Acting) -> Sequence[ApiKey]:
    """Keys of units whose keys the caller manages."""
    scope = acting.principal.scope(Permission.KEY_MANAGE)
    with store.read() as work:
        return [key for key in work.keys.all() if scope.covers(key.unit)]


def add_key(store: Store, acting: Acting, new: NewKey) -> tuple[ApiKey, str]:
    """Make a key; the token (second) is shown once and never kept."""
    prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
    with store.write() as work:
        key = _build_key(work, acting, new, prefix, secret)
        _keep_key(work, acting, key)
        work.commit()
    return key, f"sohoa_{prefix}_{secret}"


def import_keys(store: Store, acting: Acting, keys: Sequence[NewKey]) -> list[tuple[ApiKey, str]]:
    """Make several keys, all or none; returns each with its token."""
    made: list[tuple[ApiKey, str]] = []
    with store.write() as work:
        for new in keys:
            prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
            key = _build_key(work, acting, new, prefix, secret)
            _keep_key(work, acting, key)
            made.append((key, f"sohoa_{prefix}_{secret}"))
        work.commit()
    return made


def end_key(store: Store, acting: Acting, key_id: str, at: datetime) -> ApiKey:
    """End a key at a moment; accepts its id or its prefix."""
    with store.write() as work:
        key = work.keys.find_by_prefix(key_id) or work.keys.get(key_id)
        acting.check(Permission.KEY_MANAGE, key.unit)
        if key.ended_at is not None:
            raise IllegalTransition("Khoá này đã kết thúc.", key=key.id)
        ended = replace(key, ended_at=at)
        work.keys.save(ended)
        work.audit.add(acting.entry("key.end", "key", key.id, unit=key.unit, before=key, after=ended))
        work.commit()
    return ended


def hash_secret(secret: str) -> str:
    """SHA-256 of a key's secret or a session's token; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_key_usable(key: ApiKey, at: datetime) -> bool:
    """Whether the key has neither ended nor expired."""
    return (key.ended_at is None or key.ended_at > at) and (key.expires_at is None or key.expires_at > at)


def build_key_principal(work: UnitOfWork, key: ApiKey) -> Principal:
    """What the machine client may do: its scopes in its unit and below, as its agreements let it."""
    scope = Scope(None) if key.unit is None else Scope(work.units.below(key.unit))
    held = {Permission(name) for name in key.scopes} & MACHINE_PERMISSIONS
    rights = build_rights(work, key.id)
    return Principal(key.id, key.label, "machine", dict.fromkeys(held, scope), key.unit, rights)


def _keep_key(work: UnitOfWork, acting: Acting, key: ApiKey) -> None:
    work.keys.add(key)
    work.audit.add(acting.entry("key.add", "key", key.id, unit=key.unit, after=key))
    if Permission.LOOKUP.value in key.scopes:
        agreement = build_first_agreement(acting, key)
        work.clients.agreements.add(agreement)
        work.audit.add(
            acting.entry("agreement.add", "agreement", agreement.id, unit=key.unit, after=agreement)
        )


def _build_key(work: UnitOfWork, acting: Acting, new: NewKey, prefix: str, secret: str) -> ApiKey:
    if new.unit is not None:
        work.units.get(new.unit)
    acting.check(Permission.KEY_MANAGE, new.unit)
    allowed = {permission.value for permission in MACHINE_PERMISSIONS}
    if not new.scopes or set(new.scopes) - allowed:
        raise InvalidValue(
            f"Quyền của khoá là một hay nhiều trong: {', '.join(sorted(allowed))}.", field="scopes"
        )
    if not new.label.strip():
        raise InvalidValue("Cần tên hệ thống dùng khoá.", field="label")
    if new.expires_at is not None and new.expires_at <= acting.at:
        raise InvalidValue("Hạn dùng phải ở tương lai.", field="expires_at")
    for code in new.result_types or ():
        work.types.get(code)
    return ApiKey(
        str(uuid.uuid4()), prefix, hash_secret(secret), new.label.strip(), new.unit, new.scopes,
        new.result_types, acting.at, new.expires_at,
    )  # fmt: skip
