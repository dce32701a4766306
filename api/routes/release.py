"""The release report for administrators and auditors (báo cáo miễn kiểm tra)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.deps import Needs, ServiceDep
from api.schemas.release import ReleaseReportOut, build_release
from records.access import Permission
from records.actions.acting import Acting
from records.actions.release import MAX_TARGET, build_release_report
from records.release import TARGET_ERROR

router = APIRouter(tags=["miễn kiểm tra"])
ReleaseReader = Annotated[Acting, Depends(Needs(Permission.RELEASE_READ))]


@router.get("/release-report", summary="Báo cáo miễn kiểm tra theo từng trường")
def get_release_report(
    service: ServiceDep,
    acting: ReleaseReader,
    unit: Annotated[str | None, Query(max_length=35)] = None,
    profile: Annotated[str | None, Query(max_length=40)] = None,
    since: datetime | None = None,
    target: Annotated[float, Query(gt=0, le=MAX_TARGET)] = TARGET_ERROR,
) -> ReleaseReportOut:
    """What the confirmed records prove, field by field; nothing is released by asking."""
    report = build_release_report(
        service.store, acting, unit=unit, profile=profile, since=since, target=target
    )
    return build_release(report)
