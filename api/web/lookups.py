"""The lookup page (tra cứu dùng lại): for the clerk at the counter while a citizen waits."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse
from pydantic import StringConstraints
from starlette.concurrency import run_in_threadpool

from api.deps import Needs, ServiceDep
from api.errors import find_status
from api.finding import check_known
from api.timed import TimedNeeds, answer_in_time, get_deadline
from api.web.rendering import VIETNAM, PageRoute, render
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.actions.types import list_types
from records.errors import InvalidIdentifier, StoreUnavailable
from records.identifiers import parse_owner
from records.model import ResultType
from records.ports import LookupPurpose
from search.needs import MAXIMUM_NEEDS, Inquiry, InquiryAnswer, Need

router = APIRouter(route_class=PageRoute)
BOXES = 6
Asker = Annotated[Acting, Depends(Needs(Permission.LOOKUP, "web"))]
TimedAsker = Annotated[Acting, Depends(TimedNeeds(Permission.LOOKUP, "web"))]
TypeCode = Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)]
Short = Annotated[str, Form(max_length=64)]


@router.get("/tra-cuu")
def get_form(request: Request, service: ServiceDep, acting: Asker) -> HTMLResponse:
    """The empty form."""
    typed = {
        "owner": "",
        "types": _pad([]),
        "dossier": "",
        "procedure": "",
        "as_of": _today(acting).isoformat(),
    }
    return _render(request, service, acting, typed)


@router.post("/tra-cuu")
async def post_lookup(
    request: Request,
    service: ServiceDep,
    acting: TimedAsker,
    owner: Annotated[str, Form(max_length=40)],
    type_code: Annotated[list[TypeCode], Form(max_length=MAXIMUM_NEEDS)],
    dossier: Short = "",
    procedure: Short = "",
    as_of: Annotated[date | None, Form()] = None,
) -> HTMLResponse:
    """Ask for several types, with the purpose named; the answers stand in words first, codes small below.

    Within the lookup's deadline, as over the interface.
    """
    day = as_of or _today(acting)
    types = list(dict.fromkeys(code for code in type_code if code))
    typed = {
        "owner": owner,
        "types": _pad(types),
        "dossier": dossier,
        "procedure": procedure,
        "as_of": day.isoformat(),
    }
    asked, error = None, None
    try:
        if not types:
            raise InvalidIdentifier("Cần ít nhất một loại giấy tờ.", field="type")
        needs, purpose = tuple(map(Need, types)), LookupPurpose(dossier, procedure)
        inquiry = Inquiry(parse_owner("", owner), needs, day, purpose)
        asked = await answer_in_time(service, acting, inquiry, get_deadline(request))
        check_known(asked)
    except InvalidIdentifier as refused:
        asked, error = None, refused
    return await run_in_threadpool(_render, request, service, acting, typed, asked, error)


def _render(
    request: Request,
    service: Service,
    acting: Acting,
    typed: Mapping[str, object],
    asked: InquiryAnswer | None = None,
    error: InvalidIdentifier | None = None,
) -> HTMLResponse:
    types = _find_types(service)
    return render(
        request,
        acting.principal,
        "lookup.html",
        status=find_status(error) if error else 200,
        typed=typed,
        asked=asked,
        error=error,
        types=types,
        names={one.code: one.name for one in types},
    )


def _pad(types: list[str]) -> list[str]:
    """A box for each type, and empty ones."""
    return types + [""] * (BOXES - len(types))


def _find_types(service: Service) -> Sequence[ResultType]:
    """The types to choose from; none while the database is away, so that the answer is shown all the same."""
    try:
        return list_types(service.store)
    except StoreUnavailable:
        return ()


def _today(acting: Acting) -> date:
    return acting.at.astimezone(VIETNAM).date()
