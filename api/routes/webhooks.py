"""Receivers of events (nơi nhận thông báo): register, pause, rotate, look, send again."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.deps import Needs, PagingDep, ServiceDep
from api.schemas.base import Page
from api.schemas.clients import AttemptOut, DeliveryOut, NewWebhookOut, WebhookIn, WebhookMove, WebhookOut
from api.webhooks import format_secret
from records.access import Permission
from records.actions.acting import Acting
from records.actions.subscriptions import (
    add_webhook,
    list_attempts,
    list_deliveries,
    list_webhooks,
    move_webhook,
    resend_delivery,
    rotate_secret,
)
from records.subscriptions import Delivery, DeliveryState, NoticeKind

router = APIRouter(prefix="/webhooks", tags=["thông báo thay đổi"])
Manager = Annotated[Acting, Depends(Needs(Permission.KEY_MANAGE))]


@router.get("", summary="Danh sách nơi nhận")
def get_webhooks(service: ServiceDep, acting: Manager) -> list[WebhookOut]:
    """Receivers of clients the caller manages."""
    return [WebhookOut.model_validate(hook) for hook, _key in list_webhooks(service.store, acting)]


@router.post("", status_code=201, summary="Thêm nơi nhận")
def post_webhook(body: WebhookIn, service: ServiceDep, acting: Manager) -> NewWebhookOut:
    """Register a receiver; its secret is in the answer and nowhere else."""
    rules = service.sending_rules
    hook = add_webhook(service.store, acting, body.key, body.url, rules.allowed, plain=rules.plain)
    secret = format_secret(service.webhook_master, hook)
    return NewWebhookOut(webhook=WebhookOut.model_validate(hook), secret=secret)


@router.post("/{webhook_id}/state", summary="Tạm dừng, chạy lại, kết thúc")
def post_state(webhook_id: str, body: WebhookMove, service: ServiceDep, acting: Manager) -> WebhookOut:
    """Pause, resume or end a receiver."""
    return WebhookOut.model_validate(move_webhook(service.store, acting, webhook_id, body.state))


@router.post("/{webhook_id}/secret", summary="Đổi bí mật")
def post_secret(webhook_id: str, service: ServiceDep, acting: Manager) -> NewWebhookOut:
    """A new secret; the one before still signs beside it for 24 hours."""
    hook = rotate_secret(service.store, acting, webhook_id)
    secret = format_secret(service.webhook_master, hook)
    return NewWebhookOut(webhook=WebhookOut.model_validate(hook), secret=secret)


@router.get("/{webhook_id}/deliveries", summary="Các lượt gửi")
def get_deliveries(
    webhook_id: str,
    service: ServiceDep,
    acting: Manager,
    paging: PagingDep,
    state: DeliveryState | None = None,
) -> Page[DeliveryOut]:
    """Deliveries to a receiver, newest first."""
    rows, total = list_deliveries(
        service.store, acting, webhook_id, state=state, limit=paging.limit, offset=paging.offset
    )
    items = [build_delivery(row, notice.kind) for row, notice in rows]
    return Page[DeliveryOut](items=items, total=total, limit=paging.limit, offset=paging.offset)


@router.get("/deliveries/{delivery_id}/attempts", summary="Các lần thử của một lượt gửi")
def get_attempts(delivery_id: str, service: ServiceDep, acting: Manager) -> list[AttemptOut]:
    """Every attempt, oldest first."""
    return [AttemptOut.model_validate(one) for one in list_attempts(service.store, acting, delivery_id)]


@router.post("/deliveries/{delivery_id}/resend", status_code=204, summary="Gửi lại")
def post_resend(delivery_id: str, service: ServiceDep, acting: Manager) -> None:
    """Send again, under the same event id."""
    resend_delivery(service.store, acting, delivery_id)


def build_delivery(row: Delivery, kind: NoticeKind) -> DeliveryOut:
    """A delivery as it leaves."""
    return DeliveryOut(
        id=row.id,
        webhook_id=row.webhook_id,
        notice_id=row.notice_id,
        result_id=row.result_id,
        number=row.number,
        kind=kind,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        delivered_at=row.delivered_at,
        outcome=row.outcome,
    )
