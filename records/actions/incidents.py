"""Lifting a false hit of the state-secret gate (gỡ cảnh báo nhầm tài liệu mật), by two people.

Luật 117/2025 Art. 5 forbids state secrets on this system; nobody overrides the gate alone. Each of the two
says so with the paper in hand; the paper is then scanned again by the one who scanned it first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from records.access import Permission, Principal
from records.actions.acting import Acting
from records.errors import AccessDenied, IllegalTransition
from records.model import Incident
from records.ports import Store, UnitOfWork
from records.states import IncidentState


def lift_incident(store: Store, acting: Acting, incident_id: str) -> Incident:
    """Say that a hit was false; the first call proposes, a second person's call lifts.

    Raises `RecordNotFound`, `AccessDenied` (also for the same person twice), `IllegalTransition`.
    """
    with store.write() as work:
        incident = work.incidents.get(incident_id)
        acting.check(Permission.INCIDENT_LIFT, incident.unit)
        lifted = _lift(incident, acting.principal.id, acting.at)
        _save(work, acting, incident, lifted)
        work.commit()
    return lifted


def hand_over_incident(store: Store, acting: Acting, incident_id: str) -> Incident:
    """Say that the hit was right and the paper went to those who keep state secrets.

    Raises `RecordNotFound`, `AccessDenied`, `IllegalTransition`.
    """
    with store.write() as work:
        incident = work.incidents.get(incident_id)
        acting.check(Permission.INCIDENT_LIFT, incident.unit)
        if incident.state not in (IncidentState.OPEN, IncidentState.LIFT_PROPOSED):
            raise IllegalTransition(incident=incident_id, state=incident.state.value)
        handed = replace(incident, state=IncidentState.HANDED_OVER)
        _save(work, acting, incident, handed)
        work.commit()
    return handed


def list_incidents(
    store: Store, acting: Acting, *, limit: int, offset: int = 0
) -> tuple[Sequence[Incident], int]:
    """Incidents of the units the caller may look into, newest first, with the total."""
    scope = acting.principal.scope(Permission.INCIDENT_READ)
    with store.read() as work:
        return work.incidents.page(scope, limit=limit, offset=offset)


def use_lift(work: UnitOfWork, incident_id: str, file_id: str) -> None:
    """Bind a lifted incident to the one file that is taken in under it; the caller commits.

    Raises `IllegalTransition` when another file has used it.
    """
    if work.steps.put(f"lifted:{incident_id}", file_id) != file_id:
        raise IllegalTransition("Việc gỡ cảnh báo này đã được dùng cho một tệp.", incident=incident_id)


def get_usable_lift(work: UnitOfWork, who: Principal, batch_id: str, incident_id: str) -> Incident:
    """The lifted incident under which `who` may scan again into `batch_id`, if nobody has yet.

    Raises `RecordNotFound`, `AccessDenied`, `IllegalTransition`.
    """
    incident = work.incidents.get(incident_id)
    if incident.account_id != who.id or incident.batch_id != batch_id:
        raise AccessDenied("Chỉ người đã quét, trong cùng lô, được quét lại.", incident=incident_id)
    used = work.steps.find(f"lifted:{incident_id}") is not None
    if incident.state is not IncidentState.LIFTED or used:
        raise IllegalTransition(incident=incident_id, state=incident.state.value)
    return incident


def _lift(incident: Incident, person: str, now: datetime) -> Incident:
    if incident.state is IncidentState.OPEN:
        return replace(incident, state=IncidentState.LIFT_PROPOSED, first_lifter=person, first_lifted_at=now)
    if incident.state is not IncidentState.LIFT_PROPOSED:
        raise IllegalTransition(incident=incident.id, state=incident.state.value)
    if incident.first_lifter == person:
        raise AccessDenied("Cần một người thứ hai cùng xác nhận.", incident=incident.id)
    return replace(incident, state=IncidentState.LIFTED, second_lifter=person, second_lifted_at=now)


def _save(work: UnitOfWork, acting: Acting, before: Incident, after: Incident) -> None:
    work.incidents.save(after)
    work.audit.add(
        acting.entry(
            f"incident.{after.state.value}",
            "incident",
            after.id,
            unit=after.unit,
            before=before,
            after=after,
            batch=after.batch_id,
            file=after.file_ordinal,
            page=after.page_ordinal,
        )
    )
