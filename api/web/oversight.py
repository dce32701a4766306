"""Pages of those who watch (giám sát): hits of the state-secret gate, the audit log."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.web.paging import PageNumber, build_pager
from api.web.rendering import PageRoute, redirect, render
from records.access import Permission
from records.actions.acting import Acting
from records.actions.incidents import hand_over_incident, lift_incident, list_incidents
from records.actions.oversight import read_log

router = APIRouter(route_class=PageRoute)
IncidentReader = Annotated[Acting, Depends(Needs(Permission.INCIDENT_READ, "web"))]
IncidentLifter = Annotated[Acting, Depends(Needs(Permission.INCIDENT_LIFT, "web"))]
AuditReader = Annotated[Acting, Depends(Needs(Permission.AUDIT_READ, "web"))]
ROWS = 100


@router.get("/su-co")
def get_incidents(
    request: Request, service: ServiceDep, acting: IncidentReader, page: PageNumber = 1
) -> HTMLResponse:
    """Hits of the gate without any content, newest first."""
    incidents, total = list_incidents(service.store, acting, limit=ROWS, offset=(page - 1) * ROWS)
    with service.store.read() as work:
        names = {account.id: account.display_name for account in work.accounts.all()}
    pager = build_pager("/su-co", {}, page, ROWS, len(incidents), total)
    return render(request, acting.principal, "incidents.html", incidents=incidents, names=names, pager=pager)


@router.post("/su-co/{incident_id}/nham")
def post_lift(incident_id: str, service: ServiceDep, acting: IncidentLifter) -> Response:
    """Say with the paper in hand that the hit was false."""
    lift_incident(service.store, acting, incident_id)
    return redirect("/su-co", notice="su-co")


@router.post("/su-co/{incident_id}/ban-giao")
def post_hand_over(incident_id: str, service: ServiceDep, acting: IncidentLifter) -> Response:
    """Say that the hit was right and the paper was handed over."""
    hand_over_incident(service.store, acting, incident_id)
    return redirect("/su-co", notice="su-co")


@router.get("/nhat-ky")
def get_audit(
    request: Request,
    service: ServiceDep,
    acting: AuditReader,
    page: PageNumber = 1,
    doi_tuong: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """The audit log, newest first, perhaps of one thing."""
    rows, total = read_log(
        service.store, acting, subject_id=doi_tuong.strip() or None, limit=ROWS, offset=(page - 1) * ROWS
    )
    with service.store.read() as work:
        names = {account.id: account.display_name for account in work.accounts.all()}
    query = {"doi_tuong": doi_tuong} if doi_tuong else {}
    pager = build_pager("/nhat-ky", query, page, ROWS, len(rows), total)
    return render(
        request, acting.principal, "audit.html", rows=rows, names=names, subject=doi_tuong, pager=pager
    )
