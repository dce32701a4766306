"""Page of changed verdicts (kết luận chữ ký đã thay đổi): what was, what is, why, and "đã xem"."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.rechecks import describe_changes
from api.web.paging import PageNumber
from api.web.rendering import PageRoute, redirect, render
from records.access import Permission
from records.actions.acting import Acting
from records.actions.verdicts import list_changes, mark_all_seen, mark_seen

router = APIRouter(route_class=PageRoute, prefix="/ket-luan-chu-ky")
RecordReader = Annotated[Acting, Depends(Needs(Permission.RECORD_READ, "web"))]
ROWS = 50


@router.get("")
def get_changes(
    request: Request, service: ServiceDep, acting: RecordReader, page: PageNumber = 1, tat_ca: bool = False
) -> HTMLResponse:
    """Changes not seen yet, or all of them, newest first."""
    rows, more = list_changes(service.store, acting, unseen=not tat_ca, limit=ROWS, offset=(page - 1) * ROWS)
    lines = describe_changes(rows)
    return render(
        request, acting.principal, "rechecks.html", rows=lines, more=more, page=page, show_all=tat_ca
    )


@router.post("/da-xem")
def post_all_seen(service: ServiceDep, acting: RecordReader) -> Response:
    """Say that one has seen every change."""
    mark_all_seen(service.store, acting)
    return redirect("/ket-luan-chu-ky", notice="da-xem")


@router.post("/{number}/da-xem")
def post_seen(number: int, service: ServiceDep, acting: RecordReader) -> Response:
    """Say that one has seen this change."""
    mark_seen(service.store, acting, number)
    return redirect("/ket-luan-chu-ky", notice="da-xem")
