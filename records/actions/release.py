"""Running the release report (báo cáo miễn kiểm tra): counts over confirmed records, no content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from records.access import Permission, Scope, authorize
from records.actions.acting import Acting
from records.errors import InvalidValue
from records.ports import Store
from records.release import TARGET_ERROR, FieldRelease, judge_fields

MAX_TARGET = 0.05


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What an office's confirmations prove at a moment (báo cáo miễn kiểm tra).

    `unit` None: every unit the caller oversees. `profile` and `since` narrow it to what one reader read.
    """

    at: datetime
    unit: str | None
    profile: str | None
    since: datetime | None
    target: float
    fields: Sequence[FieldRelease]


def build_release_report(
    store: Store,
    acting: Acting,
    *,
    unit: str | None = None,
    profile: str | None = None,
    since: datetime | None = None,
    target: float = TARGET_ERROR,
) -> ReleaseReport:
    """Judge every field by the confirmed records of a unit and those below it; the run is audited.

    Raises `AccessDenied`, `InvalidValue` for a target outside 0 to 5 %.
    """
    if not 0 < target <= MAX_TARGET:
        raise InvalidValue("Tỷ lệ sai cho phép phải lớn hơn 0 và không quá 5 %.")
    authorize(acting.principal, Permission.RELEASE_READ)
    scope = acting.principal.scope(Permission.RELEASE_READ)
    with store.write() as work:
        if unit is not None:
            acting.check(Permission.RELEASE_READ, unit)
            scope = Scope(work.units.below(unit))
        entry = acting.entry(
            "release.report", "report", "release", unit=unit or acting.principal.home_unit, profile=profile
        )
        work.audit.add(entry)
        work.commit()
    with store.read() as work:
        fields = judge_fields(work.records.iter_confirmed(scope, profile=profile, since=since), target)
    return ReleaseReport(acting.at, unit, profile, since, target, fields)
