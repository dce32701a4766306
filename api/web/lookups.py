"""The lookup page (tra cứu dùng lại): for the clerk at the counter while a citizen waits."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.errors import find_status
from api.finding import run_lookup
from api.web.rendering import VIETNAM, PageRoute, render
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.actions.types import list_types
from records.errors import InvalidIdentifier, StoreUnavailable
from records.identifiers import parse_owner
from records.model import ResultType
from records.ports import LookupPurpose, LookupQuestion

router = APIRouter(route_class=PageRoute)
Asker = Annotated[Acting, Depends(Needs(Permission.LOOKUP, "web"))]
Short = Annotated[str, Form(max_length=64)]


@router.get("/tra-cuu")
def get_form(request: Request, service: ServiceDep, acting: Asker) -> HTMLResponse:
    """The empty form."""
    typed = {
        "owner": "",
        "type_code": "",
        "dossier": "",
        "procedure": "",
        "as_of": _today(acting).isoformat(),
    }
    return render(
        request,
        acting.principal,
        "lookup.html",
        typed=typed,
        answer=None,
        error=None,
        types=_find_types(service),
    )


@router.post("/tra-cuu")
def post_lookup(
    request: Request,
    service: ServiceDep,
    acting: Asker,
    owner: Annotated[str, Form(max_length=40)],
    type_code: Annotated[str, Form(max_length=100)],
    dossier: Short = "",
    procedure: Short = "",
    as_of: Annotated[date | None, Form()] = None,
) -> HTMLResponse:
    """Ask, with the purpose named; the answer stands in words first and its code small below."""
    day = as_of or _today(acting)
    typed = {
        "owner": owner,
        "type_code": type_code,
        "dossier": dossier,
        "procedure": procedure,
        "as_of": day.isoformat(),
    }
    answer, error = None, None
    try:
        key = parse_owner("", owner)
        purpose = LookupPurpose(dossier, procedure)
        answer = run_lookup(service, acting, LookupQuestion(key, type_code.strip(), day, purpose))
    except InvalidIdentifier as refused:
        error = refused
    return render(
        request,
        acting.principal,
        "lookup.html",
        status=find_status(error) if error else 200,
        typed=typed,
        answer=answer,
        error=error,
        types=_find_types(service),
    )


def _find_types(service: Service) -> Sequence[ResultType]:
    """The types to choose from; none while the database is away, so that the answer is shown all the same."""
    try:
        return list_types(service.store)
    except StoreUnavailable:
        return ()


def _today(acting: Acting) -> date:
    return acting.at.astimezone(VIETNAM).date()
