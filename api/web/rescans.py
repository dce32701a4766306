"""Page of the rescan list (quét lại): what of a batch goes back to the scanner, printable."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.rescans import build_rescan_csv, build_rescan_rows
from api.routes.rescans import CSV_HEADERS
from api.web.rendering import PageRoute, render
from records.access import Permission
from records.actions.acting import Acting
from records.actions.rescans import list_rescans

router = APIRouter(route_class=PageRoute, prefix="/lo")
BatchReader = Annotated[Acting, Depends(Needs(Permission.BATCH_READ, "web"))]


@router.get("/{batch_id}/quet-lai")
def get_rescan_page(
    batch_id: str, request: Request, service: ServiceDep, acting: BatchReader
) -> HTMLResponse:
    """The list: file, page with its picture, why, what to do."""
    batch, rescans = list_rescans(service.store, acting, batch_id)
    rows = build_rescan_rows(rescans)
    may_see = acting.principal.may(Permission.RECORD_READ, batch.unit)
    return render(request, acting.principal, "rescans.html", batch=batch, rows=rows, may_see=may_see)


@router.get("/{batch_id}/quet-lai.csv")
def get_rescan_csv(batch_id: str, service: ServiceDep, acting: BatchReader) -> Response:
    """The list for a spreadsheet."""
    rows = build_rescan_rows(list_rescans(service.store, acting, batch_id)[1])
    return Response(build_rescan_csv(rows), media_type="text/csv; charset=utf-8", headers=CSV_HEADERS)
