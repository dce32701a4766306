"""The feed of changes (luồng thay đổi): for clients that cannot be sent to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.deps import Needs, ServiceDep
from api.schemas.clients import ChangeOut, ChangesOut
from records.access import Permission
from records.actions.acting import Acting
from records.actions.subscriptions import read_changes
from records.subscriptions import Notice

router = APIRouter(prefix="/reuse/changes", tags=["thông báo thay đổi"])
Asker = Annotated[Acting, Depends(Needs(Permission.LOOKUP))]


@router.get("", summary="Thay đổi của kết quả đã dùng")
def get_changes(
    service: ServiceDep,
    acting: Asker,
    response: Response,
    after: Annotated[int, Query(ge=0, le=2_147_483_647)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ChangesOut:
    """Events about results the caller used, above the number `after`, in order; ask again with `next`."""
    found = read_changes(service.store, acting, after, limit)
    response.headers["Cache-Control"] = "no-store"
    items = [build_change(notice) for notice in found]
    return ChangesOut(items=items, next=items[-1].number if items else after, more=len(items) == limit)


def build_change(notice: Notice) -> ChangeOut:
    """An event as it leaves."""
    return ChangeOut(
        id=notice.id,
        number=notice.number,
        type=f"evidence.{notice.kind.value}",
        timestamp=notice.at,
        data=notice.body,
    )
