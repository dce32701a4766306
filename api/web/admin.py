"""Administration (quản trị): units, types, people and keys; what ends is dated, nothing is deleted."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.passwords import hash_password, make_password
from api.web.rendering import VIETNAM, PageRoute, redirect, render
from records.access import MACHINE_PERMISSIONS, Permission, Role
from records.actions.accounts import NewAccount, add_account, end_account, list_accounts, set_password
from records.actions.acting import Acting
from records.actions.keys import NewKey, add_key, end_key, list_keys
from records.actions.types import add_type, end_type, list_types
from records.actions.units import add_unit, end_unit, list_units
from records.model import ResultType, RoleGrant, Unit

router = APIRouter(route_class=PageRoute, prefix="/quan-tri")
Anybody = Annotated[Acting, Depends(Needs(None, "web"))]
UnitManager = Annotated[Acting, Depends(Needs(Permission.UNIT_MANAGE, "web"))]
TypeManager = Annotated[Acting, Depends(Needs(Permission.TYPE_MANAGE, "web"))]
AccountManager = Annotated[Acting, Depends(Needs(Permission.ACCOUNT_MANAGE, "web"))]
KeyManager = Annotated[Acting, Depends(Needs(Permission.KEY_MANAGE, "web"))]
Code = Annotated[str, Form(max_length=35)]
Name = Annotated[str, Form(max_length=500)]
Day = Annotated[date | None, Form()]
SECTIONS = (
    ("don-vi", "Đơn vị", Permission.UNIT_MANAGE),
    ("loai", "Loại giấy tờ", Permission.TYPE_MANAGE),
    ("thanh-phan", "Thành phần hồ sơ", Permission.TYPE_MANAGE),
    ("dinh-danh-cu", "Định danh cũ", Permission.UNIT_MANAGE),
    ("nguoi-dung", "Người dùng", Permission.ACCOUNT_MANAGE),
    ("khoa", "Khoá truy cập", Permission.KEY_MANAGE),
    ("thoa-thuan", "Thoả thuận", Permission.KEY_MANAGE),
    ("noi-nhan", "Nơi nhận", Permission.KEY_MANAGE),
    ("mien-kiem", "Miễn kiểm tra", Permission.RELEASE_READ),
    ("tin-cay", "Chứng thư tin cậy", Permission.TRUST_MANAGE),
    ("chi-muc", "Chỉ mục", Permission.INDEX_MANAGE),
)


@router.get("")
def get_first(acting: Anybody) -> Response:
    """On to the first section this person manages."""
    for path, _label, permission in SECTIONS:
        if acting.principal.may(permission):
            return redirect(f"/quan-tri/{path}")
    return redirect("/toi")


@router.get("/don-vi")
def get_units(request: Request, service: ServiceDep, acting: UnitManager) -> HTMLResponse:
    """Units, ended ones too."""
    return render_section(request, acting, "don-vi", units=list_units(service.store))


@router.post("/don-vi")
def post_unit(
    service: ServiceDep,
    acting: UnitManager,
    code: Code,
    name: Name,
    parent: Annotated[str, Form(max_length=35)] = "",
    valid_from: Day = None,
) -> Response:
    """Add a unit."""
    add_unit(service.store, acting, Unit(code.strip(), name, parent.strip() or None, valid_from))
    return redirect("/quan-tri/don-vi", notice="luu")


@router.post("/don-vi/{code}/ket-thuc")
def post_unit_end(code: str, service: ServiceDep, acting: UnitManager, on: Day = None) -> Response:
    """End a unit on a day; its papers stay."""
    end_unit(service.store, acting, code, on or _today(acting))
    return redirect("/quan-tri/don-vi", notice="ket-thuc")


@router.get("/loai")
def get_types(request: Request, service: ServiceDep, acting: TypeManager) -> HTMLResponse:
    """Result types, ended ones too."""
    return render_section(request, acting, "loai", types=list_types(service.store))


@router.post("/loai")
def post_type(
    service: ServiceDep, acting: TypeManager, code: Code, name: Name, valid_from: Day = None
) -> Response:
    """Add a result type."""
    add_type(service.store, acting, ResultType(code.strip(), name, valid_from))
    return redirect("/quan-tri/loai", notice="luu")


@router.post("/loai/{code}/ket-thuc")
def post_type_end(code: str, service: ServiceDep, acting: TypeManager, on: Day = None) -> Response:
    """End a result type on a day."""
    end_type(service.store, acting, code, on or _today(acting))
    return redirect("/quan-tri/loai", notice="ket-thuc")


@router.get("/nguoi-dung")
def get_accounts(request: Request, service: ServiceDep, acting: AccountManager) -> HTMLResponse:
    """People with their roles."""
    return _render_accounts(request, service, acting, None)


@router.post("/nguoi-dung")
def post_account(
    request: Request,
    service: ServiceDep,
    acting: AccountManager,
    login: Annotated[str, Form(max_length=64)],
    display_name: Name,
    role: Annotated[Role, Form()],
    unit: Annotated[str, Form(max_length=35)] = "",
) -> HTMLResponse:
    """Add a person; the random password is shown on this page once and kept nowhere."""
    password = make_password()
    grants = (RoleGrant(role.value, unit.strip() or None),)
    new = NewAccount(login, display_name, grants, hash_password(password))
    account = add_account(service.store, acting, new)
    return _render_accounts(request, service, acting, (account.login, password))


@router.post("/nguoi-dung/{login}/mat-khau")
def post_password(login: str, request: Request, service: ServiceDep, acting: AccountManager) -> HTMLResponse:
    """Set a new random password; the person's sessions end."""
    password = make_password()
    set_password(service.store, acting, login, hash_password(password))
    return _render_accounts(request, service, acting, (login, password))


@router.post("/nguoi-dung/{login}/ket-thuc")
def post_account_end(login: str, service: ServiceDep, acting: AccountManager, on: Day = None) -> Response:
    """End an account, now or at the start of a day."""
    end_account(service.store, acting, login, _find_moment(acting, on))
    return redirect("/quan-tri/nguoi-dung", notice="ket-thuc")


@router.get("/khoa")
def get_keys(request: Request, service: ServiceDep, acting: KeyManager) -> HTMLResponse:
    """Keys of machine clients."""
    return _render_keys(request, service, acting, None)


@router.post("/khoa")
def post_key(
    request: Request,
    service: ServiceDep,
    acting: KeyManager,
    label: Name,
    scopes: Annotated[list[Permission], Form()],
    unit: Annotated[str, Form(max_length=35)] = "",
    result_types: Annotated[str, Form(max_length=4000)] = "",
    expires_on: Day = None,
) -> HTMLResponse:
    """Make a key; it is shown on this page once and kept nowhere."""
    types = tuple(result_types.replace(",", " ").split()) or None
    names = tuple(scope.value for scope in scopes)
    expires = _find_moment(acting, expires_on) if expires_on else None
    key, token = add_key(service.store, acting, NewKey(label, unit.strip() or None, names, types, expires))
    return _render_keys(request, service, acting, (key.label, token))


@router.post("/khoa/{key_id}/ket-thuc")
def post_key_end(key_id: str, service: ServiceDep, acting: KeyManager, on: Day = None) -> Response:
    """End a key, now or at the start of a day."""
    end_key(service.store, acting, key_id, _find_moment(acting, on))
    return redirect("/quan-tri/khoa", notice="ket-thuc")


def _render_accounts(
    request: Request, service: ServiceDep, acting: Acting, fresh: tuple[str, str] | None
) -> HTMLResponse:
    accounts, units = list_accounts(service.store, acting), list_units(service.store)
    return render_section(
        request, acting, "nguoi-dung", accounts=accounts, units=units, fresh=fresh, roles=list(Role)
    )


def _render_keys(
    request: Request, service: ServiceDep, acting: Acting, fresh: tuple[str, str] | None
) -> HTMLResponse:
    return render_section(
        request,
        acting,
        "khoa",
        keys=list_keys(service.store, acting),
        units=list_units(service.store),
        fresh=fresh,
        scopes=sorted(MACHINE_PERMISSIONS),
    )


def render_section(request: Request, acting: Acting, section: str, **values: object) -> HTMLResponse:
    """A section in the frame of administration, with links to the sections this person may see."""
    sections = [(path, label) for path, label, permission in SECTIONS if acting.principal.may(permission)]
    template = f"admin_{section.replace('-', '_')}.html"
    return render(
        request, acting.principal, template, status=200, sections=sections, section=section, **values
    )


def _today(acting: Acting) -> date:
    return acting.at.astimezone(VIETNAM).date()


def _find_moment(acting: Acting, day: date | None) -> datetime:
    """The start of that day in Vietnam as UTC; without a day, now."""
    return acting.at if day is None else datetime.combine(day, time(), VIETNAM).astimezone(UTC)
