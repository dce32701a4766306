"""Pages of records (hồ sơ): the list, one paper with its page, values, verdict, history and files."""

import json
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.rechecks import describe_verdict
from api.web.labels import READING_ORDER
from api.web.paging import PageNumber, build_pager
from api.web.rendering import PageRoute, redirect, render
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.actions.records import list_records, read_history, view_record
from records.actions.results import StateChange, change_result_state
from records.actions.verdicts import read_verdicts
from records.errors import InvalidValue
from records.model import Record
from records.states import RESULT_MOVES, RecordState, ResultState

router = APIRouter(route_class=PageRoute, prefix="/ho-so")
RecordReader = Annotated[Acting, Depends(Needs(Permission.RECORD_READ, "web"))]
ResultChanger = Annotated[Acting, Depends(Needs(Permission.RESULT_CHANGE, "web"))]
ROWS = 50
HISTORY = 100
_PLACE = {name.value: place for place, name in enumerate(READING_ORDER)}


@router.get("")
def get_records(
    request: Request,
    service: ServiceDep,
    acting: RecordReader,
    page: PageNumber = 1,
    state: RecordState | None = None,
) -> HTMLResponse:
    """Records of the person's units, newest first."""
    records, total = list_records(service.store, acting, state=state, limit=ROWS, offset=(page - 1) * ROWS)
    query = {"state": state.value} if state else {}
    pager = build_pager("/ho-so", query, page, ROWS, len(records), total)
    return render(request, acting.principal, "records.html", records=records, state=state, pager=pager)


@router.get("/{record_id}")
def get_record(
    record_id: str, request: Request, service: ServiceDep, acting: RecordReader, q: str = ""
) -> HTMLResponse:
    """One record; with `q` the words searched for are lit on the page."""
    view = view_record(service.store, acting, record_id)
    history, _total = read_history(service.store, acting, record_id, limit=HISTORY)
    moves: list[ResultState] = []
    if view.result is not None and acting.principal.may(Permission.RESULT_CHANGE, view.record.unit):
        moves = sorted(RESULT_MOVES[view.result.state])
    return render(
        request,
        acting.principal,
        "record.html",
        view=view,
        fields=sorted(view.fields, key=lambda field: _PLACE.get(field.name, len(_PLACE))),
        history=history,
        names=_read_names(service),
        report=_read_report(service, view.record),
        verdicts=[describe_verdict(one) for one in read_verdicts(service.store, acting, record_id)],
        moves=moves,
        q=q[:200],
    )


@router.post("/{record_id}/hieu-luc")
def post_state(
    record_id: str,
    service: ServiceDep,
    acting: ResultChanger,
    to_state: Annotated[ResultState, Form()],
    document_number: Annotated[str, Form(max_length=100)],
    document_date: Annotated[date, Form()],
    effective: Annotated[date, Form()],
    reason: Annotated[str, Form(max_length=500)],
    replaced_by: Annotated[str, Form(max_length=64)] = "",
    valid_to: Annotated[date | None, Form()] = None,
) -> Response:
    """Change the state of the record's result on a document's ground."""
    result = view_record(service.store, acting, record_id).result
    if result is None:
        raise InvalidValue("Hồ sơ này chưa có kết quả để đổi hiệu lực.")
    successor = replaced_by.strip() or None
    change = StateChange(to_state, document_number, document_date, effective, reason, successor, valid_to)
    change_result_state(service.store, acting, result.id, change)
    return redirect(f"/ho-so/{record_id}", notice="hieu-luc")


def _read_names(service: Service) -> dict[str, str]:
    """Names of accounts for the history; a key or the service itself keeps its id."""
    with service.store.read() as work:
        return {account.id: account.display_name for account in work.accounts.all()} | {"system": "Hệ thống"}


def _read_report(service: Service, record: Record) -> dict[str, object] | None:
    if record.report_sha256 is None:
        return None
    report: dict[str, object] = json.loads(service.blobs.read(record.report_sha256))
    return report
