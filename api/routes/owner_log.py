"""Who looked at an owner's papers and why (ai đã xem, vì sao): for the owner, and a file for inspectors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.deps import Needs, PagingDep, ServiceDep
from api.owner_log import build_owner_csv
from api.schemas.base import Page
from api.schemas.owner_log import OwnerLogIn, OwnerLookOut
from records.access import Permission
from records.actions.acting import Acting
from records.actions.owner_log import read_owner_log
from records.identifiers import parse_owner

router = APIRouter(prefix="/reuse", tags=["tra cứu tái sử dụng"])
OwnerReader = Annotated[Acting, Depends(Needs(Permission.OWNER_READ))]
Inspector = Annotated[Acting, Depends(Needs(Permission.AUDIT_READ))]
_MAXIMUM = 10_000


@router.post("/owner-log", summary="Ai đã xem giấy tờ của một chủ thể")
def post_owner_log(
    body: OwnerLogIn, service: ServiceDep, acting: OwnerReader, paging: PagingDep
) -> Page[OwnerLookOut]:
    """Looks at the present owner's papers, newest first: which unit, when, for which dossier."""
    owner = parse_owner(body.owner.scheme, body.owner.id)
    looks, total = read_owner_log(
        service.store, acting, owner, service.owner_secret, ground=body.ground,
        limit=paging.limit, offset=paging.offset,
    )  # fmt: skip
    items = [OwnerLookOut.model_validate(look) for look in looks]
    return Page(items=items, total=total, limit=paging.limit, offset=paging.offset)


@router.post("/owner-log.csv", summary="Ai đã xem, bảng tính cho thanh tra", response_class=Response)
def post_owner_log_csv(body: OwnerLogIn, service: ServiceDep, acting: Inspector) -> Response:
    """The newest ten thousand looks as CSV, with names of people."""
    owner = parse_owner(body.owner.scheme, body.owner.id)
    looks, _total = read_owner_log(
        service.store, acting, owner, service.owner_secret, ground=body.ground, limit=_MAXIMUM
    )
    headers = {"Content-Disposition": 'attachment; filename="ai-da-xem.csv"', "Cache-Control": "no-store"}
    return Response(build_owner_csv(looks), media_type="text/csv; charset=utf-8", headers=headers)
