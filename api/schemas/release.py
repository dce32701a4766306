"""The release report as it travels (báo cáo miễn kiểm tra): counts and bounds, no content."""

from datetime import datetime

from api.schemas.base import Outgoing
from records.actions.release import ReleaseReport
from records.field_names import FieldName
from records.release import MINIMUM_CONFIRMED, ReleaseVerdict


class ReleaseOut(Outgoing):
    """What is proved of one field (một trường); figures from `threshold` on are what would be."""

    name: FieldName
    verdict: ReleaseVerdict
    confirmed: int
    proposed: int
    wrong: int
    threshold: float | None
    judged: int
    released: int
    errors: int
    share: float
    error_bound: float | None


class ReleaseReportOut(Outgoing):
    """The report (báo cáo); `minimum` is how many confirmed values a field needs."""

    at: datetime
    unit: str | None
    profile: str | None
    since: datetime | None
    target: float
    minimum: int
    fields: list[ReleaseOut]


def build_release(report: ReleaseReport) -> ReleaseReportOut:
    """The report's shape for answers."""
    return ReleaseReportOut(
        at=report.at,
        unit=report.unit,
        profile=report.profile,
        since=report.since,
        target=report.target,
        minimum=MINIMUM_CONFIRMED,
        fields=[ReleaseOut.model_validate(one) for one in report.fields],
    )
