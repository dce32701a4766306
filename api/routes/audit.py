"""The audit log for those who oversee (nhật ký kiểm toán)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.deps import Needs, PagingDep, ServiceDep
from api.schemas.base import Page
from api.schemas.records import AuditOut, build_audit_row
from records.access import Permission
from records.actions.acting import Acting
from records.actions.oversight import read_log

router = APIRouter(tags=["nhật ký"])
Auditor = Annotated[Acting, Depends(Needs(Permission.AUDIT_READ))]


@router.get("/audit", summary="Nhật ký kiểm toán")
def get_audit(
    service: ServiceDep,
    acting: Auditor,
    paging: PagingDep,
    subject_id: Annotated[str | None, Query(max_length=200)] = None,
    actor: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[AuditOut]:
    """Rows newest first, of one thing or one actor where asked; the look itself is a row."""
    rows, total = read_log(
        service.store, acting, subject_id=subject_id, actor=actor, limit=paging.limit, offset=paging.offset
    )
    items = [build_audit_row(row) for row in rows]
    return Page(items=items, total=total, limit=paging.limit, offset=paging.offset)
