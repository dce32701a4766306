"""Signing in and out, and the way to the first page (đăng nhập)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import Needs, ServiceDep, identify
from api.errors import find_status
from api.routes.session import close_session, set_session_cookie
from api.web.rendering import PageRoute, find_home, render
from records.actions.acting import Acting
from records.errors import ServiceError

router = APIRouter(route_class=PageRoute)
AnybodySignedIn = Annotated[Acting, Depends(Needs(None, "web"))]


@router.get("/dang-nhap")
def get_sign_in(request: Request, tiep: str = "/") -> Response:
    """The sign-in page; who is signed in already goes on."""
    try:
        identify(request)
    except ServiceError:
        return render(request, None, "login.html", next=_check_next(tiep), error=None)
    return RedirectResponse(_check_next(tiep), status_code=303)


@router.post("/dang-nhap")
def post_sign_in(
    request: Request,
    service: ServiceDep,
    login: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=256)],
    tiep: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Sign in and go on to the page that was asked for; a failure keeps what was typed but the password."""
    try:
        opened = service.gatekeeper.sign_in(login, password, "web")
    except ServiceError as error:
        return render(
            request,
            None,
            "login.html",
            status=find_status(error),
            next=_check_next(tiep),
            error=error,
            login=login,
        )
    response = RedirectResponse(_check_next(tiep), status_code=303)
    set_session_cookie(response, service, opened.token)
    return response


@router.post("/dang-xuat")
def post_sign_out(request: Request, service: ServiceDep, acting: AnybodySignedIn) -> Response:
    """Sign out."""
    response = RedirectResponse("/dang-nhap", status_code=303)
    close_session(request, response, service, acting)
    # What was typed and not yet saved stays in the tab (sessionStorage); the next person must not find it.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@router.get("/")
def get_home(acting: AnybodySignedIn) -> Response:
    """On to the first page this person may use."""
    return RedirectResponse(find_home(acting), status_code=303)


@router.get("/toi")
def get_me(request: Request, acting: AnybodySignedIn) -> HTMLResponse:
    """What somebody sees who may use nothing yet."""
    return render(request, acting.principal, "no_rights.html")


def _check_next(where: str) -> str:
    """Only an address of this site: one slash, then no slash or backslash."""
    is_local = where.startswith("/") and not where.startswith(("//", "/\\"))
    return where if is_local and where.isprintable() else "/"
