"""Verdicts on signatures and their re-checks (kết luận chữ ký, kiểm tra lại)."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.deps import Needs, PagingDep, ServiceDep
from api.rechecks import describe_changes, describe_verdict, find_progress
from api.schemas.rechecks import (
    RecheckIn,
    RecheckProgressOut,
    VerdictChangeOut,
    VerdictChangesOut,
    VerdictOut,
    VerdictsOut,
)
from ingest.recheck_start import start_recheck, start_rechecks
from records.access import Permission
from records.actions.acting import Acting
from records.actions.verdicts import count_unseen, list_changes, mark_all_seen, mark_seen, read_verdicts
from records.errors import InvalidValue

router = APIRouter(tags=["kết luận chữ ký"])
RecordReader = Annotated[Acting, Depends(Needs(Permission.RECORD_READ))]
Rechecker = Annotated[Acting, Depends(Needs(Permission.VERDICT_RECHECK))]


@router.get("/records/{record_id}/verdicts", summary="Các lần kết luận chữ ký của một hồ sơ")
def get_verdicts(record_id: str, service: ServiceDep, acting: RecordReader) -> VerdictsOut:
    """Every judgement of the record's signatures, newest first."""
    found = read_verdicts(service.store, acting, record_id)
    return VerdictsOut(items=[VerdictOut.model_validate(describe_verdict(verdict)) for verdict in found])


@router.get("/verdict-changes", summary="Kết luận chữ ký đã thay đổi")
def get_changes(
    service: ServiceDep, acting: RecordReader, paging: PagingDep, unseen: bool = False
) -> VerdictChangesOut:
    """Changes of verdict of records the caller may open, newest first; `unseen` leaves out those seen."""
    rows, more = list_changes(service.store, acting, unseen=unseen, limit=paging.limit, offset=paging.offset)
    items = [VerdictChangeOut.model_validate(line) for line in describe_changes(rows)]
    return VerdictChangesOut(items=items, more=more, unseen=count_unseen(service.store, acting.principal))


@router.post("/verdict-changes/{number}/seen", summary="Đã xem một thay đổi", status_code=204)
def post_seen(number: int, service: ServiceDep, acting: RecordReader) -> Response:
    """Say that one has seen a change."""
    mark_seen(service.store, acting, number)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/verdict-changes/seen", summary="Đã xem mọi thay đổi", status_code=204)
def post_all_seen(service: ServiceDep, acting: RecordReader) -> Response:
    """Say that one has seen every change there is by now."""
    mark_all_seen(service.store, acting)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/rechecks", summary="Tiến độ kiểm tra lại chữ ký")
def get_progress(service: ServiceDep, acting: Rechecker) -> RecheckProgressOut:
    """How many records carry signatures, how many of them are due, at it, failing."""
    return RecheckProgressOut.model_validate(find_progress(service, acting))


@router.post("/rechecks", summary="Kiểm tra lại chữ ký ngay", status_code=202)
def post_recheck(body: RecheckIn, service: ServiceDep, acting: Rechecker) -> RecheckProgressOut:
    """Make one record, a unit's records or all of them due now; the worker judges them one by one."""
    if body.record is not None and body.unit is not None:
        raise InvalidValue("Nêu một hồ sơ hoặc một đơn vị, không cả hai.", field="record")
    if body.record is not None:
        start_recheck(service.store, acting, body.record)
    else:
        start_rechecks(service.store, acting, body.unit)
    return RecheckProgressOut.model_validate(find_progress(service, acting))
