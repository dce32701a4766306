"""What of a batch has to be scanned again (danh sách quét lại), as JSON and as CSV."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.deps import Needs, ServiceDep
from api.rescans import RescanRow, build_rescan_csv, build_rescan_rows
from api.schemas.rescans import RescanOut, RescansOut
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.actions.rescans import list_rescans

router = APIRouter(tags=["lô quét"])
BatchReader = Annotated[Acting, Depends(Needs(Permission.BATCH_READ))]
CSV_HEADERS = {"Content-Disposition": 'attachment; filename="quet-lai.csv"', "Cache-Control": "no-store"}


@router.get("/batches/{batch_id}/rescans", summary="Danh sách quét lại của lô")
def get_rescans(batch_id: str, service: ServiceDep, acting: BatchReader) -> RescansOut:
    """Pages with faults and refused files, by file and page, each with why and what to do."""
    rows = _list_rows(service, acting, batch_id)
    return RescansOut(items=[RescanOut.model_validate(row) for row in rows])


@router.get("/batches/{batch_id}/rescans.csv", summary="Danh sách quét lại (CSV)", response_class=Response)
def get_rescans_csv(batch_id: str, service: ServiceDep, acting: BatchReader) -> Response:
    """The same list for a spreadsheet, UTF-8."""
    data = build_rescan_csv(_list_rows(service, acting, batch_id))
    return Response(data, media_type="text/csv; charset=utf-8", headers=CSV_HEADERS)


def _list_rows(service: Service, acting: Acting, batch_id: str) -> Sequence[RescanRow]:
    return build_rescan_rows(list_rescans(service.store, acting, batch_id)[1])
