"""`sohoa user` and `sohoa key` (tài khoản, khoá truy cập): secrets are printed once and never kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.acting import act_as, act_as_first, open_service
from api.cli.options import AsJson, AsLogin, OnDay, parse_day
from api.cli.output import Row, print_item, print_rows, say
from api.cli.tables import read_table
from api.errors import WrongUse
from api.passwords import hash_password, make_password
from records.access import MACHINE_PERMISSIONS, Role
from records.actions.accounts import (
    NewAccount,
    add_account,
    end_account,
    import_accounts,
    list_accounts,
    normalise_login,
    set_grants,
    set_password,
)
from records.actions.acting import VIETNAM
from records.actions.keys import NewKey, add_key, end_key, import_keys, list_keys
from records.model import Account, ApiKey, RoleGrant

user_app = typer.Typer(
    help="Tài khoản: thêm, xem, kết thúc, nhập từ CSV.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
key_app = typer.Typer(
    help="Khoá truy cập của hệ thống ngoài: thêm, xem, kết thúc, nhập từ CSV.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
Login = Annotated[str, typer.Argument(metavar="TÊN_ĐĂNG_NHẬP")]
TableFile = Annotated[Path, typer.Argument(metavar="TỆP.csv")]
Roles = Annotated[
    list[str],
    typer.Option("--role", metavar="VAI_TRÒ[@ĐƠN_VỊ]", help=f"Một trong {', '.join(Role)}; lặp lại được."),
]
UnitCode = Annotated[
    str | None, typer.Option("--unit", metavar="MÃ", help="Đơn vị của vai trò; bỏ trống: toàn tỉnh.")
]
SHOWN_ONCE = "Mật khẩu và khoá chỉ hiện một lần này; hãy chép lại và trao tận tay."
USER_COLUMNS = {
    "login": "Tên đăng nhập", "display_name": "Họ tên", "grants": "Vai trò", "ended_at": "Kết thúc",
}  # fmt: skip
KEY_COLUMNS = {
    "prefix": "Mã khoá", "label": "Hệ thống", "unit": "Đơn vị", "scopes": "Quyền",
    "result_types": "Loại giấy tờ", "expires_at": "Hết hạn", "ended_at": "Kết thúc",
    "last_used_at": "Dùng lần cuối",
}  # fmt: skip
SECRET = {"password": "Mật khẩu", "token": "Khoá"}


@user_app.command("add")
def add_user_command(
    user: Login,
    roles: Roles,
    name: Annotated[str | None, typer.Option("--name", metavar="HỌ_TÊN", help="Họ tên.")] = None,
    unit: UnitCode = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Thêm tài khoản và in mật khẩu ngẫu nhiên một lần. Tài khoản đầu tiên không cần --as."""
    password = make_password()
    with open_service() as service:
        acting = act_as_first(service, login)
        if acting.principal.kind == "system" and f"{Role.ADMINISTRATOR}" not in roles:
            raise WrongUse("Tài khoản đầu tiên phải là quản trị toàn tỉnh: `--role administrator`.")
        grants = _parse_grants(roles, unit)
        new = NewAccount(normalise_login(user), name or user, grants, hash_password(password))
        account = add_account(service.store, acting, new)
    print_item({**_user_row(account), "password": password}, USER_COLUMNS | SECRET, as_json=as_json)
    say(SHOWN_ONCE)


@user_app.command("list")
def list_users_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Xem các tài khoản mình quản trị."""
    with open_service() as service:
        rows = [_user_row(account) for account in list_accounts(service.store, act_as(service, login))]
    print_rows(rows, USER_COLUMNS, as_json=as_json)


@user_app.command("end")
def end_user_command(user: Login, on: OnDay = None, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Kết thúc tài khoản từ một ngày (mặc định ngay bây giờ); phiên đăng nhập bị ngắt."""
    with open_service() as service:
        acting = act_as(service, login)
        account = end_account(service.store, acting, user, _moment(on) or acting.at)
    print_item(_user_row(account), USER_COLUMNS, as_json=as_json)


@user_app.command("grant")
def grant_command(
    user: Login, roles: Roles, unit: UnitCode = None, login: AsLogin = None, as_json: AsJson = False
) -> None:
    """Đổi vai trò của tài khoản."""
    with open_service() as service:
        acting = act_as(service, login)
        account = set_grants(service.store, acting, user, _parse_grants(roles, unit))
    print_item(_user_row(account), USER_COLUMNS, as_json=as_json)


@user_app.command("password")
def password_command(user: Login, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Cấp lại mật khẩu ngẫu nhiên và in một lần; mọi phiên đăng nhập bị ngắt."""
    password = make_password()
    with open_service() as service:
        account = set_password(service.store, act_as(service, login), user, hash_password(password))
    print_item({**_user_row(account), "password": password}, USER_COLUMNS | SECRET, as_json=as_json)
    say(SHOWN_ONCE)


@user_app.command("import")
def import_users_command(file: TableFile, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Nhập tài khoản từ CSV (cột: login, display_name, role, unit); in mật khẩu từng người một lần."""
    rows = read_table(file, ("login", "display_name", "role"), ("unit",))
    passwords = {normalise_login(row["login"]): make_password() for row in rows}
    with open_service() as service:
        acting = act_as(service, login)
        with service.store.read() as work:
            fresh = [
                row for row in rows if work.accounts.find_by_login(normalise_login(row["login"])) is None
            ]
        accounts = [_read_account(row, passwords) for row in fresh]
        import_accounts(service.store, acting, accounts)
    made = [{"login": new.login, "password": passwords[new.login]} for new in accounts]
    print_rows(made, {"login": "Tên đăng nhập"} | SECRET, as_json=as_json)
    say(f"Đã thêm {len(made)}, đã có từ trước {len(rows) - len(made)}. {SHOWN_ONCE}")


@key_app.command("add")
def add_key_command(
    label: Annotated[str, typer.Argument(metavar="TÊN_HỆ_THỐNG")],
    scopes: Annotated[
        list[str],
        typer.Option("--scope", metavar="QUYỀN", help=f"Trong {', '.join(sorted(MACHINE_PERMISSIONS))}."),
    ],
    unit: UnitCode = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="MÃ", help="Loại được hỏi theo thoả thuận; bỏ trống: mọi loại."),
    ] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, max=3650, help="Số ngày có hiệu lực.")] = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Thêm khoá truy cập và in khoá một lần."""
    with open_service() as service:
        acting = act_as(service, login)
        expires = acting.at + timedelta(days=days) if days else None
        new = NewKey(label, unit, tuple(scopes), tuple(types) if types else None, expires)
        key, token = add_key(service.store, acting, new)
    print_item({**_key_row(key), "token": token}, KEY_COLUMNS | SECRET, as_json=as_json)
    say(SHOWN_ONCE)


@key_app.command("list")
def list_keys_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Xem các khoá mình quản trị."""
    with open_service() as service:
        rows = [_key_row(key) for key in list_keys(service.store, act_as(service, login))]
    print_rows(rows, KEY_COLUMNS, as_json=as_json)


@key_app.command("end")
def end_key_command(
    key: Annotated[str, typer.Argument(metavar="MÃ_KHOÁ")],
    on: OnDay = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Kết thúc khoá từ một ngày (mặc định ngay bây giờ)."""
    with open_service() as service:
        acting = act_as(service, login)
        ended = end_key(service.store, acting, key, _moment(on) or acting.at)
    print_item(_key_row(ended), KEY_COLUMNS, as_json=as_json)


@key_app.command("import")
def import_keys_command(file: TableFile, login: AsLogin = None, as_json: AsJson = False) -> None:
    """Nhập khoá từ CSV (cột: label, scopes, unit, result_types; nhiều giá trị cách nhau dấu cách)."""
    rows = read_table(file, ("label", "scopes"), ("unit", "result_types"))
    keys = [
        NewKey(
            row["label"],
            row.get("unit") or None,
            tuple(row["scopes"].split()),
            tuple(row.get("result_types", "").split()) or None,
        )
        for row in rows
    ]
    with open_service() as service:
        made = import_keys(service.store, act_as(service, login), keys)
    found = [{**_key_row(key), "token": token} for key, token in made]
    print_rows(found, {"prefix": "Mã khoá", "label": "Hệ thống", "token": "Khoá"}, as_json=as_json)
    say(SHOWN_ONCE)


def _read_account(row: dict[str, str], passwords: dict[str, str]) -> NewAccount:
    login = normalise_login(row["login"])
    grants = (RoleGrant(row["role"], row.get("unit") or None),)
    return NewAccount(login, row["display_name"], grants, hash_password(passwords[login]))


def _parse_grants(roles: Sequence[str], unit: str | None) -> tuple[RoleGrant, ...]:
    """`clerk@H15.03`, or `clerk` in the unit of `--unit`."""
    parts = (role.partition("@") for role in roles)
    return tuple(RoleGrant(name, where or unit) for name, _at, where in parts)


def _moment(on: str | None) -> datetime | None:
    """The beginning of that day in Vietnam; None for now."""
    return datetime.combine(parse_day(on), time(), VIETNAM).astimezone(UTC) if on else None


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds") if moment else None


def _user_row(account: Account) -> Row:
    return {
        "id": account.id,
        "login": account.login,
        "display_name": account.display_name,
        "grants": [f"{grant.role}@{grant.unit or 'toàn tỉnh'}" for grant in account.grants],
        "ended_at": _text(account.ended_at),
    }


def _key_row(key: ApiKey) -> Row:
    return {
        "id": key.id,
        "prefix": key.prefix,
        "label": key.label,
        "unit": key.unit or "toàn tỉnh",
        "scopes": list(key.scopes),
        "result_types": ["mọi loại"] if key.result_types is None else list(key.result_types),
        "expires_at": _text(key.expires_at),
        "ended_at": _text(key.ended_at),
        "last_used_at": _text(key.last_used_at),
    }
