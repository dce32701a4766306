"""Agreements, public keys and alarms (thoả thuận, khoá công khai, cảnh báo) over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.assertions import find_algorithm
from api.deps import Needs, PagingDep, ServiceDep
from api.schemas.base import Page
from api.schemas.clients import (
    AgreementIn,
    AgreementMove,
    AgreementOut,
    AlarmNote,
    AlarmOut,
    PublicKeyIn,
    PublicKeyOut,
)
from records.access import Permission
from records.actions.acting import Acting
from records.actions.agreements import NewAgreement, add_agreement, list_agreements, move_agreement
from records.actions.alarms import acknowledge_alarm, lift_block, list_alarms
from records.actions.credentials import add_public_key, end_public_key, list_public_keys

router = APIRouter(tags=["hệ thống ngoài"])
Manager = Annotated[Acting, Depends(Needs(Permission.KEY_MANAGE))]
Anybody = Annotated[Acting, Depends(Needs(None))]


@router.get("/agreements", summary="Danh sách thoả thuận")
def get_agreements(service: ServiceDep, acting: Manager) -> list[AgreementOut]:
    """Agreements with clients the caller manages."""
    return [AgreementOut.model_validate(row) for row, _key in list_agreements(service.store, acting)]


@router.post("/agreements", status_code=201, summary="Thêm thoả thuận")
def post_agreement(body: AgreementIn, service: ServiceDep, acting: Manager) -> AgreementOut:
    """Make an agreement; lists left out mean everything."""
    new = NewAgreement(
        body.key,
        body.document,
        body.unit,
        None if body.procedures is None else tuple(body.procedures),
        None if body.result_types is None else tuple(body.result_types),
        body.valid_from,
        body.valid_to,
    )
    return AgreementOut.model_validate(add_agreement(service.store, acting, new))


@router.post("/agreements/{agreement_id}/state", summary="Đình chỉ, khôi phục, kết thúc thoả thuận")
def post_agreement_state(
    agreement_id: str, body: AgreementMove, service: ServiceDep, acting: Manager
) -> AgreementOut:
    """Suspend, resume or end; works within three seconds."""
    moved = move_agreement(service.store, acting, agreement_id, body.state, body.reason)
    return AgreementOut.model_validate(moved)


@router.get("/keys/{key_id}/public-keys", summary="Khoá công khai của một hệ thống")
def get_public_keys(key_id: str, service: ServiceDep, acting: Manager) -> list[PublicKeyOut]:
    """Public keys of a client, oldest first."""
    return [PublicKeyOut.model_validate(key) for key in list_public_keys(service.store, acting, key_id)]


@router.post("/keys/{key_id}/public-keys", status_code=201, summary="Thêm khoá công khai")
def post_public_key(key_id: str, body: PublicKeyIn, service: ServiceDep, acting: Manager) -> PublicKeyOut:
    """Register a public key for signed assertions."""
    key = add_public_key(service.store, acting, key_id, body.pem, find_algorithm(body.pem))
    return PublicKeyOut.model_validate(key)


@router.post("/public-keys/{public_key_id}/end", summary="Kết thúc khoá công khai")
def post_public_key_end(public_key_id: str, service: ServiceDep, acting: Manager) -> PublicKeyOut:
    """End a public key now; tokens already given end by themselves within minutes."""
    return PublicKeyOut.model_validate(end_public_key(service.store, acting, public_key_id))


@router.get("/alarms", summary="Cảnh báo dò quét")
def get_alarms(service: ServiceDep, acting: Anybody, paging: PagingDep) -> Page[AlarmOut]:
    """Alarms about the caller's units, for administrators and auditors."""
    rows, total = list_alarms(service.store, acting, paging.limit, paging.offset)
    items = [AlarmOut.model_validate(row) for row in rows]
    return Page[AlarmOut](items=items, total=total, limit=paging.limit, offset=paging.offset)


@router.post("/alarms/{alarm_id}/acknowledgement", summary="Ghi nhận đã xem xét")
def post_acknowledgement(alarm_id: str, body: AlarmNote, service: ServiceDep, acting: Manager) -> AlarmOut:
    """Note that a person has looked at it; a block stays."""
    return AlarmOut.model_validate(acknowledge_alarm(service.store, acting, alarm_id, body.note))


@router.post("/alarms/{alarm_id}/lift", summary="Gỡ chặn")
def post_lift(alarm_id: str, body: AlarmNote, service: ServiceDep, acting: Manager) -> AlarmOut:
    """Let the client in again; works within two seconds."""
    return AlarmOut.model_validate(lift_block(service.store, acting, alarm_id, body.note))
