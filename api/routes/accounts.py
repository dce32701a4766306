"""Accounts and keys (tài khoản, khoá truy cập): list, add, end; secrets are shown once."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.deps import Needs, ServiceDep
from api.passwords import hash_password, make_password
from api.schemas.accounts import (
    AccountIn,
    AccountOut,
    EndAt,
    Grant,
    GrantsIn,
    KeyIn,
    KeyOut,
    NewAccountOut,
    NewKeyOut,
)
from records.access import Permission
from records.actions.accounts import (
    NewAccount,
    add_account,
    end_account,
    list_accounts,
    set_grants,
    set_password,
)
from records.actions.acting import Acting
from records.actions.keys import NewKey, add_key, end_key, list_keys
from records.model import RoleGrant

router = APIRouter(tags=["quản trị"])
AccountManager = Annotated[Acting, Depends(Needs(Permission.ACCOUNT_MANAGE))]
KeyManager = Annotated[Acting, Depends(Needs(Permission.KEY_MANAGE))]


@router.get("/accounts", summary="Danh sách tài khoản")
def get_accounts(service: ServiceDep, acting: AccountManager) -> list[AccountOut]:
    """Accounts the caller manages."""
    return [AccountOut.model_validate(account) for account in list_accounts(service.store, acting)]


@router.post("/accounts", status_code=201, summary="Thêm tài khoản")
def post_account(body: AccountIn, service: ServiceDep, acting: AccountManager) -> NewAccountOut:
    """Add an account; its random password is in the answer and nowhere else."""
    password = make_password()
    new = NewAccount(body.login, body.display_name, _grants(body.grants), hash_password(password))
    account = add_account(service.store, acting, new)
    return NewAccountOut(account=AccountOut.model_validate(account), password=password)


@router.put("/accounts/{login}/grants", summary="Đổi vai trò")
def put_grants(login: str, body: GrantsIn, service: ServiceDep, acting: AccountManager) -> AccountOut:
    """Replace what an account may do."""
    return AccountOut.model_validate(set_grants(service.store, acting, login, _grants(body.grants)))


@router.post("/accounts/{login}/password", summary="Cấp lại mật khẩu")
def post_password(login: str, service: ServiceDep, acting: AccountManager) -> NewAccountOut:
    """Set a new random password; the account's sessions end."""
    password = make_password()
    account = set_password(service.store, acting, login, hash_password(password))
    return NewAccountOut(account=AccountOut.model_validate(account), password=password)


@router.post("/accounts/{login}/end", summary="Kết thúc tài khoản")
def post_account_end(login: str, body: EndAt, service: ServiceDep, acting: AccountManager) -> AccountOut:
    """End an account, now or at a moment."""
    return AccountOut.model_validate(end_account(service.store, acting, login, body.at or acting.at))


@router.get("/keys", summary="Danh sách khoá truy cập")
def get_keys(service: ServiceDep, acting: KeyManager) -> list[KeyOut]:
    """Keys the caller manages."""
    return [KeyOut.model_validate(key) for key in list_keys(service.store, acting)]


@router.post("/keys", status_code=201, summary="Thêm khoá truy cập")
def post_key(body: KeyIn, service: ServiceDep, acting: KeyManager) -> NewKeyOut:
    """Make a key; its token is in the answer and nowhere else."""
    types = None if body.result_types is None else tuple(body.result_types)
    scopes = tuple(permission.value for permission in body.scopes)
    key, token = add_key(service.store, acting, NewKey(body.label, body.unit, scopes, types, body.expires_at))
    return NewKeyOut(key=KeyOut.model_validate(key), token=token)


@router.post("/keys/{key_id}/end", summary="Kết thúc khoá truy cập")
def post_key_end(key_id: str, body: EndAt, service: ServiceDep, acting: KeyManager) -> KeyOut:
    """End a key, now or at a moment."""
    return KeyOut.model_validate(end_key(service.store, acting, key_id, body.at or acting.at))


def _grants(grants: list[Grant]) -> tuple[RoleGrant, ...]:
    return tuple(RoleGrant(grant.role.value, grant.unit) for grant in grants)
