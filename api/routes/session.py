"""Signing in and out (đăng nhập, đăng xuất) and who one is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.deps import Needs, ServiceDep, session_cookie
from api.errors import WrongPassword
from api.passwords import hash_password, is_password
from api.schemas.accounts import Login, Me, NewPassword
from api.wiring import Service
from records.access import Principal
from records.actions.accounts import end_session, set_password
from records.actions.acting import Acting
from records.actions.keys import hash_secret
from records.errors import AccessDenied

router = APIRouter(prefix="/session", tags=["phiên đăng nhập"])
AnybodySignedIn = Annotated[Acting, Depends(Needs(None))]


@router.post("", summary="Đăng nhập")
def sign_in(body: Login, service: ServiceDep, response: Response) -> Me:
    """Open a session; the token leaves in an HttpOnly cookie alone."""
    opened = service.gatekeeper.sign_in(body.login, body.password.get_secret_value(), "api")
    set_session_cookie(response, service, opened.token)
    return build_me(opened.principal)


@router.get("", summary="Tôi là ai")
def who_am_i(acting: AnybodySignedIn) -> Me:
    """Who is signed in and what they may do where."""
    return build_me(acting.principal)


@router.delete("", status_code=204, summary="Đăng xuất")
def sign_out(request: Request, response: Response, service: ServiceDep, acting: AnybodySignedIn) -> None:
    """End this session."""
    close_session(request, response, service, acting)


@router.post("/password", status_code=204, summary="Đổi mật khẩu của mình")
def change_password(body: NewPassword, service: ServiceDep, acting: AnybodySignedIn) -> None:
    """Set one's own password; every session of the account ends."""
    if acting.principal.kind != "person":
        raise AccessDenied
    with service.store.read() as work:
        account = work.accounts.get(acting.principal.id)
    if not is_password(account.password_hash, body.current.get_secret_value()):
        raise WrongPassword
    set_password(service.store, acting, account.login, hash_password(body.password.get_secret_value()))


def set_session_cookie(response: Response, service: Service, token: str) -> None:
    """Hand out the token: HttpOnly, SameSite=Lax, Secure behind https."""
    web = service.settings.web
    response.set_cookie(
        session_cookie(https=web.https),
        token,
        max_age=web.session_hours * 3600,
        path="/",
        secure=web.https,
        httponly=True,
        samesite="lax",
    )


def close_session(request: Request, response: Response, service: Service, acting: Acting) -> None:
    """End the request's session and take its cookie back."""
    name = session_cookie(https=service.settings.web.https)
    token = request.cookies.get(name)
    if token:
        end_session(service.store, acting, hash_secret(token))
        service.gatekeeper.forget(token)
    response.delete_cookie(name, path="/", secure=service.settings.web.https, httponly=True, samesite="lax")


def build_me(principal: Principal) -> Me:
    """The principal as an answer."""
    reach = {
        permission: None if scope.units is None else sorted(scope.units)
        for permission, scope in sorted(principal.reach.items())
    }
    return Me(
        id=principal.id,
        name=principal.name,
        kind=principal.kind,
        home_unit=principal.home_unit,
        permissions=reach,
    )
