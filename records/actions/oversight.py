"""What those who oversee may do with the audit log (nhật ký kiểm toán): read it, and be read in it."""

from collections.abc import Sequence

from records.access import Permission, authorize
from records.actions.acting import Acting
from records.model import AuditEntry
from records.ports import Store


def read_log(
    store: Store,
    acting: Acting,
    *,
    subject_id: str | None = None,
    actor: str | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[Sequence[tuple[str, AuditEntry]], int]:
    """Rows of the units the caller oversees, newest first, with the total; the look itself is a row.

    Rows of no unit belong to the whole province. Raises `AccessDenied`.
    """
    authorize(acting.principal, Permission.AUDIT_READ)
    scope = acting.principal.scope(Permission.AUDIT_READ)
    with store.write() as work:
        found = work.audit.page(scope=scope, subject_id=subject_id, actor=actor, limit=limit, offset=offset)
        work.audit.add(
            acting.entry("audit.read", "audit", subject_id or "log", unit=acting.principal.home_unit)
        )
        work.commit()
    return found
