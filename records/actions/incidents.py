"""Lifting a false hit of the state-secret gate (gỡ cảnh báo nhầm tài liệu mật), by two people.

Luật 117/2025 Art. 5 forbids state secrets on this system; nobody overrides the gate alone. Each of the two
says so with the paper in hand; the paper is then scanned again by the one who scanned it first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from records.access import Permission, Principal, authorize
from records.errors import AccessDenied, IllegalTransition
from records.model import AuditEntry, Incident
from records.ports import Clock, Store, UnitOfWork
from records.states import IncidentState


def lift_incident(store: Store, clock: Clock, who: Principal, incident_id: str) -> Incident:
    """Say that a hit was false; the first call proposes, a second person's call lifts.

    Raises `RecordNotFound`, `AccessDenied` (also for the same person twice), `IllegalTransition`.
    """
    now = clock.now()
    with store.write() as uow:
        incident = uow.incidents.get(incident_id)
        authorize(who, Permission.INCIDENT_LIFT, incident.unit)
        lifted = _lift(incident, who.id, now)
        uow.incidents.save(lifted)
        uow.audit.add(_build_entry(lifted, who, f"incident.{lifted.state.value}", now))
        uow.commit()
    return lifted


def hand_over_incident(store: Store, clock: Clock, who: Principal, incident_id: str) -> Incident:
    """Say that the hit was right and the paper went to those who keep state secrets.

    Raises `RecordNotFound`, `AccessDenied`, `IllegalTransition`.
    """
    now = clock.now()
    with store.write() as uow:
        incident = uow.incidents.get(incident_id)
        authorize(who, Permission.INCIDENT_LIFT, incident.unit)
        if incident.state not in (IncidentState.OPEN, IncidentState.LIFT_PROPOSED):
            raise IllegalTransition(incident=incident_id, state=incident.state.value)
        handed = replace(incident, state=IncidentState.HANDED_OVER)
        uow.incidents.save(handed)
        uow.audit.add(_build_entry(handed, who, "incident.handed_over", now))
        uow.commit()
    return handed


def list_incidents(
    store: Store, who: Principal, *, limit: int, offset: int = 0
) -> tuple[Sequence[Incident], int]:
    """Incidents of the units the caller may look into, newest first, with the total."""
    authorize(who, Permission.INCIDENT_READ)
    with store.read() as uow:
        return uow.incidents.page(who.scope(Permission.INCIDENT_READ), limit=limit, offset=offset)


def use_lift(uow: UnitOfWork, incident_id: str, file_id: str) -> None:
    """Bind a lifted incident to the one file that is taken in under it; the caller commits.

    Raises `IllegalTransition` when another file has used it.
    """
    if uow.steps.put(f"lifted:{incident_id}", file_id) != file_id:
        raise IllegalTransition("Việc gỡ cảnh báo này đã được dùng cho một tệp.", incident=incident_id)


def get_usable_lift(uow: UnitOfWork, who: Principal, batch_id: str, incident_id: str) -> Incident:
    """The lifted incident under which `who` may scan again into `batch_id`, if nobody has yet.

    Raises `RecordNotFound`, `AccessDenied`, `IllegalTransition`.
    """
    incident = uow.incidents.get(incident_id)
    if incident.account_id != who.id or incident.batch_id != batch_id:
        raise AccessDenied("Chỉ người đã quét, trong cùng lô, được quét lại.", incident=incident_id)
    used = uow.steps.find(f"lifted:{incident_id}") is not None
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


def _build_entry(incident: Incident, who: Principal, action: str, at: datetime) -> AuditEntry:
    return AuditEntry(
        at=at,
        actor=who.id,
        actor_kind=who.kind,
        action=action,
        subject_kind="incident",
        subject_id=incident.id,
        unit=incident.unit,
        detail={"batch": incident.batch_id, "file": incident.file_ordinal, "page": incident.page_ordinal},
    )
