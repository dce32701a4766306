"""Accounts, sessions and keys as they travel (tài khoản, phiên, khoá); hashes never do."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, SecretStr

from api.schemas.base import Code, Incoming, Outgoing, ShortText
from records.access import Permission, Role


class Grant(Incoming):
    """A role in a unit and below; unit None: the whole province (vai trò được giao)."""

    role: Role
    unit: Code | None = None


class Login(Incoming):
    """What is typed to sign in (đăng nhập)."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[SecretStr, Field(max_length=256)]


class NewPassword(Incoming):
    """A password change of one's own (đổi mật khẩu)."""

    current: Annotated[SecretStr, Field(max_length=256)]
    password: Annotated[SecretStr, Field(min_length=12, max_length=256)]


class Me(Outgoing):
    """Who is signed in and may do what where (tôi); units None: the whole province."""

    id: str
    name: str
    kind: str
    home_unit: str | None
    permissions: dict[Permission, list[str] | None]


class GrantOut(Outgoing):
    """A grant as it is kept (vai trò được giao)."""

    role: str
    unit: str | None


class AccountOut(Outgoing):
    """An account (tài khoản)."""

    id: str
    login: str
    display_name: str
    grants: list[GrantOut]
    created_at: datetime
    ended_at: datetime | None


class AccountIn(Incoming):
    """An account to be made (tài khoản mới); the password is made here and shown once."""

    login: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$")]
    display_name: ShortText
    grants: Annotated[list[Grant], Field(min_length=1, max_length=50)]


class NewAccountOut(Outgoing):
    """A new account with its password, shown this once (tài khoản vừa tạo)."""

    account: AccountOut
    password: str


class GrantsIn(Incoming):
    """Another set of grants (đổi vai trò)."""

    grants: Annotated[list[Grant], Field(min_length=1, max_length=50)]


class EndAt(Incoming):
    """The moment of an end; now when left out (thời điểm kết thúc)."""

    at: AwareDatetime | None = None


class KeyIn(Incoming):
    """A machine client's key to be made (khoá mới); `result_types` None: every type."""

    label: ShortText
    unit: Code | None = None
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=20)]
    result_types: Annotated[list[Code], Field(max_length=5000)] | None = None
    expires_at: AwareDatetime | None = None


class KeyOut(Outgoing):
    """A key without its secret (khoá truy cập)."""

    id: str
    prefix: str
    label: str
    unit: str | None
    scopes: list[str]
    result_types: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    last_used_at: datetime | None


class NewKeyOut(Outgoing):
    """A new key with its token, shown this once (khoá vừa tạo)."""

    key: KeyOut
    token: str
