"""The release report as a page of administration (báo cáo miễn kiểm tra)."""

from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.web.admin import render_section
from api.web.labels import READING_ORDER
from api.web.rendering import VIETNAM, PageRoute
from records.access import Permission
from records.actions.acting import Acting
from records.actions.release import build_release_report
from records.actions.units import list_units
from records.release import MINIMUM_CONFIRMED

router = APIRouter(route_class=PageRoute, prefix="/quan-tri")
ReleaseReader = Annotated[Acting, Depends(Needs(Permission.RELEASE_READ, "web"))]
PROFILES = ("tesseract", "fast", "accurate")


@router.get("/mien-kiem")
def get_release_report(
    request: Request,
    service: ServiceDep,
    acting: ReleaseReader,
    don_vi: Annotated[str, Query(max_length=35)] = "",
    cau_hinh: Annotated[str, Query(max_length=40)] = "",
    tu_ngay: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """What the confirmed records prove, field by field, in the order a person reads a paper."""
    since = _parse_start(tu_ngay)
    report = build_release_report(
        service.store, acting, unit=don_vi.strip() or None, profile=cau_hinh.strip() or None, since=since
    )
    fields = sorted(report.fields, key=lambda one: READING_ORDER.index(one.name))
    return render_section(
        request,
        acting,
        "mien-kiem",
        report=report,
        fields=fields,
        units=list_units(service.store),
        profiles=PROFILES,
        minimum=MINIMUM_CONFIRMED,
        chosen={"unit": don_vi, "profile": cau_hinh, "since": since.date().isoformat() if since else ""},
    )


def _parse_start(text: str) -> datetime | None:
    """The start of a day in Vietnam; None for an empty or a wrong one, which the form then shows empty."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    except ValueError:
        return None
