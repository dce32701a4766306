"""What may be done about alarms (cảnh báo): look, acknowledge, lift the block."""

from collections.abc import Sequence
from dataclasses import replace

from records.access import Permission, Principal, Scope
from records.actions.acting import Acting
from records.alarms import Alarm
from records.errors import AccessDenied, IllegalTransition, InvalidValue, RecordNotFound
from records.ports import Store, UnitOfWork

_MOST = 1000


def list_alarms(
    store: Store, acting: Acting, limit: int = 50, offset: int = 0
) -> tuple[Sequence[Alarm], int]:
    """Alarms about clients and people of the caller's units, newest first, with the total."""
    scope = _find_scope(acting)
    with store.read() as work:
        if scope.units is None:
            return work.clients.alarms.page(limit=limit, offset=offset)
        found = [alarm for alarm in work.clients.alarms.page(limit=_MOST)[0] if scope.covers(alarm.unit)]
        return found[offset : offset + limit], len(found)


def count_waiting(store: Store, principal: Principal, seconds: float) -> int:
    """How many alarms wait for this person to look at them; none for who may not act on them."""
    if not principal.may(Permission.KEY_MANAGE):
        return 0
    with store.read(seconds) as work:
        return work.clients.alarms.waiting(principal.scope(Permission.KEY_MANAGE))


def acknowledge_alarm(store: Store, acting: Acting, alarm_id: str, note: str) -> Alarm:
    """Note that a person has looked at it, and what came of it; a block stays."""
    return _change(store, acting, alarm_id, note, lifts=False)


def lift_block(store: Store, acting: Acting, alarm_id: str, note: str) -> Alarm:
    """Let the client in again, for a reason; what it asked before no longer counts."""
    return _change(store, acting, alarm_id, note, lifts=True)


def _change(store: Store, acting: Acting, alarm_id: str, note: str, *, lifts: bool) -> Alarm:
    if not note.strip():
        raise InvalidValue("Cần ghi đã xem xét thế nào.", field="note")
    with store.write() as work:
        alarm = _get(work, acting, alarm_id)
        if alarm.acknowledged_at is not None and not (lifts and alarm.blocks and alarm.lifted_at is None):
            raise IllegalTransition(alarm=alarm.id)
        changed = replace(alarm, note=note.strip()[:1000])
        if alarm.acknowledged_at is None:
            changed = replace(changed, acknowledged_at=acting.at, acknowledged_by=acting.principal.id)
        if lifts:
            changed = replace(changed, lifted_at=acting.at, lifted_by=acting.principal.id)
        changed = work.clients.alarms.save(changed)
        action = "alarm.lift" if lifts else "alarm.acknowledge"
        work.audit.add(
            acting.entry(
                action, "client", alarm.client, unit=alarm.unit, before=alarm, after=changed, alarm=alarm.id
            )
        )
        work.commit()
    return changed


def _get(work: UnitOfWork, acting: Acting, alarm_id: str) -> Alarm:
    alarm = work.clients.alarms.get(alarm_id)
    if not acting.principal.scope(Permission.KEY_MANAGE).covers(alarm.unit):
        raise RecordNotFound(alarm=alarm_id)
    if alarm.client == acting.principal.id:
        # Nobody clears himself.
        raise AccessDenied(alarm=alarm_id)
    return alarm


def _find_scope(acting: Acting) -> Scope:
    principal = acting.principal
    if principal.may(Permission.AUDIT_READ):
        return principal.scope(Permission.AUDIT_READ).union(principal.scope(Permission.KEY_MANAGE))
    if not principal.may(Permission.KEY_MANAGE):
        raise AccessDenied(permission=Permission.KEY_MANAGE.value)
    return principal.scope(Permission.KEY_MANAGE)
