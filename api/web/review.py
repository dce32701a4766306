"""The review form (kiểm tra): the paper left, its doubtful values right, one after the other."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from api.deps import Needs, ServiceDep
from api.errors import find_status
from api.web.labels import READING_ORDER
from api.web.paging import PageNumber, build_pager
from api.web.rendering import PageRoute, redirect, render
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.actions.fields import confirm_fields
from records.actions.records import RecordView, find_next_in_review, list_records, view_record
from records.actions.types import list_types
from records.errors import InvalidIdentifier, InvalidValue, StaleVersion
from records.field_names import DATE_FIELDS, REQUIRED_FIELDS, FieldName
from records.model import RecordField
from records.states import RecordState

router = APIRouter(route_class=PageRoute, prefix="/kiem-tra")
Confirmer = Annotated[Acting, Depends(Needs(Permission.FIELD_CONFIRM, "web"))]
ROWS = 50


@router.get("")
def get_queue(request: Request, service: ServiceDep, acting: Confirmer, page: PageNumber = 1) -> HTMLResponse:
    """Papers that wait for a person, oldest first."""
    records, total = list_records(
        service.store, acting, state=RecordState.IN_REVIEW, limit=ROWS, offset=(page - 1) * ROWS
    )
    pager = build_pager("/kiem-tra", {}, page, ROWS, len(records), total)
    return render(request, acting.principal, "queue.html", records=records, pager=pager)


@router.get("/{record_id}")
def get_form(record_id: str, request: Request, service: ServiceDep, acting: Confirmer) -> HTMLResponse:
    """The form of one paper."""
    view = view_record(service.store, acting, record_id)
    return _render_form(request, service, acting, view, {}, None)


@router.post("/{record_id}")
async def post_form(record_id: str, request: Request, service: ServiceDep, acting: Confirmer) -> Response:
    """Confirm every value as it stands in the form; an empty one says that the paper has none.

    What was typed stays in the form when a value is refused.
    """
    async with request.form(max_files=0, max_fields=60, max_part_size=8192) as form:
        typed = {name: str(form[name]) for name in READING_ORDER if name in form}
        seen = str(form.get("version", ""))
    version = int(seen) if re.fullmatch("[0-9]{1,9}", seen) else None
    return await run_in_threadpool(_confirm, request, service, acting, record_id, typed, version)


def _confirm(
    request: Request,
    service: Service,
    acting: Acting,
    record_id: str,
    typed: dict[FieldName, str],
    seen_version: int | None,
) -> Response:
    values = {name.value: text.strip() or None for name, text in typed.items()}
    try:
        confirm_fields(service.store, acting, record_id, values, seen_version)
    except (InvalidValue, InvalidIdentifier, StaleVersion) as error:
        view = view_record(service.store, acting, record_id)
        # After somebody else's change the form shows what holds now, not what was typed without knowing it.
        is_stale = isinstance(error, StaleVersion)
        shown = {} if is_stale else {name.value: text for name, text in typed.items()}
        return _render_form(request, service, acting, view, shown, error)
    following, _left = find_next_in_review(service.store, acting)
    if following is None:
        return redirect("/kiem-tra", notice="xac-nhan-het")
    return redirect(f"/kiem-tra/{following}", notice="xac-nhan")


def _render_form(
    request: Request,
    service: Service,
    acting: Acting,
    view: RecordView,
    typed: dict[str, str],
    error: InvalidValue | InvalidIdentifier | StaleVersion | None,
) -> HTMLResponse:
    known = {field.name: field for field in view.fields}
    _following, left = find_next_in_review(service.store, acting)
    return render(
        request,
        acting.principal,
        "review.html",
        status=find_status(error) if error else 200,
        view=view,
        rows=_build_rows(view, known, typed),
        error=error,
        wrong=error.context.get("field") if error else None,
        types=list_types(service.store),
        left=left,
    )


def _build_rows(
    view: RecordView, known: dict[str, RecordField], typed: dict[str, str]
) -> list[dict[str, object]]:
    """Doubtful and required values first, each in the order a person reads them."""
    rows: list[dict[str, object]] = []
    for name in READING_ORDER:
        field = known.get(name)
        value = typed.get(name, (field.value if field else None) or "")
        if name == FieldName.TYPE_CODE and not value:
            value = view.record.result_type or ""
        is_open = field is None or field.confirmed_by is None
        doubtful = (field is None and name in REQUIRED_FIELDS) or (field is not None and field.needs_review)
        rows.append(
            {
                "name": name.value,
                "field": field,
                "value": value,
                "is_date": name in DATE_FIELDS,
                "is_required": name in REQUIRED_FIELDS,
                "doubtful": is_open and doubtful,
            }
        )
    return sorted(rows, key=lambda row: not row["doubtful"])
