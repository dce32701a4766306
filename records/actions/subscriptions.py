"""News about results for whoever used them (thông báo thay đổi): written with the change, read, sent again.

Receivers are registered by administrators, for machine clients. People read the same news by the feed.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from records.access import Permission, authorize
from records.actions.acting import Acting
from records.actions.agreements import find_client
from records.addresses import AddressRefused, parse_target
from records.errors import IllegalTransition, InvalidValue, RecordNotFound
from records.identifiers import mask_numbers
from records.model import ApiKey, Result, ResultChange
from records.ports import Store, UnitOfWork
from records.states import ResultState
from records.subscriptions import (
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    Notice,
    NoticeKind,
    Webhook,
    WebhookState,
    build_expiring_key,
)

OVERLAP = timedelta(hours=24)
"""How long the secret before the newest still signs."""
_KINDS = {
    ResultState.REVOKED: NoticeKind.REVOKED,
    ResultState.REPLACED: NoticeKind.REPLACED,
    ResultState.CORRECTED: NoticeKind.CORRECTED,
    ResultState.EXPIRED: NoticeKind.EXPIRED,
    ResultState.VALID: NoticeKind.RESTORED,
}
_MOVES = {
    WebhookState.ACTIVE: {WebhookState.PAUSED, WebhookState.ENDED},
    WebhookState.PAUSED: {WebhookState.ACTIVE, WebhookState.ENDED},
    WebhookState.ENDED: set[WebhookState](),
}


def announce_change(work: UnitOfWork, result: Result, change: ResultChange) -> int:
    """Tell everybody who used the result, in the transaction that changes it; returns how many."""
    told = {
        "effective": change.effective.isoformat(),
        "document": {
            "number": mask_numbers(change.document_number),
            "date": change.document_date.isoformat(),
        },
        "replaced_by": change.replaced_by,
    }
    kind, key = _KINDS[change.to_state], f"change:{change.id}"
    clients = {use.actor for use in work.uses.of_result(result.id)}
    return sum(_tell(work, client, result, kind, key, change.at, told) for client in sorted(clients))


def announce_signature(work: UnitOfWork, result: Result, verdict: int, at: datetime) -> int:
    """Tell everybody who used the result that its signatures carry another value; returns how many."""
    told, key = {"signature": result.signature.value}, f"verdict:{verdict}"
    clients = {use.actor for use in work.uses.of_result(result.id)}
    return sum(_tell(work, client, result, NoticeKind.SIGNATURE, key, at, told) for client in sorted(clients))


def announce_expiring(store: Store, acting: Acting, days: int, limit: int = 500) -> int:
    """Tell of used results that end within so many days, each client once for each last day."""
    count = 0
    with store.write() as work:
        until = acting.today + timedelta(days=days)
        for client, result in work.clients.notices.expiring(acting.today, until, limit):
            key = build_expiring_key(result)
            count += _tell(work, client, result, NoticeKind.EXPIRING, key, acting.at, {})
        work.commit()
    return count


def read_changes(store: Store, acting: Acting, after: int, limit: int) -> Sequence[Notice]:
    """The caller's own news above that number, in order; the look is audited."""
    authorize(acting.principal, Permission.LOOKUP)
    with store.write() as work:
        found = work.clients.notices.after(acting.principal.id, after, limit)
        work.audit.add(
            acting.entry(
                "reuse.changes",
                "client",
                acting.principal.id,
                unit=acting.principal.home_unit,
                count=len(found),
                since=after,
            )
        )
        work.commit()
    return found


def list_webhooks(store: Store, acting: Acting) -> Sequence[tuple[Webhook, ApiKey]]:
    """Receivers of clients whose keys the caller manages, each with its client."""
    scope = acting.principal.scope(Permission.KEY_MANAGE)
    with store.read() as work:
        keys = {key.id: key for key in work.keys.all() if scope.covers(key.unit)}
        return [(hook, keys[hook.key_id]) for hook in work.clients.webhooks.all() if hook.key_id in keys]


def add_webhook(
    store: Store, acting: Acting, client: str, url: str, allowed: Iterable[str], *, plain: bool
) -> Webhook:
    """Register a receiver; https unless `plain`, no address of our own network unless `allowed`."""
    check_receiver(url, allowed, plain=plain)
    with store.write() as work:
        key = find_client(work, acting, client)
        hook = Webhook(
            str(uuid.uuid4()), key.id, url, WebhookState.ACTIVE, 1, None, acting.at, acting.principal.id
        )
        work.clients.webhooks.add(hook)
        work.audit.add(acting.entry("webhook.add", "webhook", hook.id, unit=key.unit, after=hook))
        work.commit()
    return hook


def move_webhook(store: Store, acting: Acting, webhook_id: str, state: WebhookState) -> Webhook:
    """Pause, resume or end a receiver; what waits for it waits on."""
    with store.write() as work:
        hook, key = _get(work, acting, webhook_id)
        if state not in _MOVES[hook.state]:
            raise IllegalTransition(webhook=hook.id, state=hook.state.value)
        changed = work.clients.webhooks.save(replace(hook, state=state))
        _audit(work, acting, f"webhook.{state.value}", hook, changed, key)
        work.commit()
    return changed


def rotate_secret(store: Store, acting: Acting, webhook_id: str) -> Webhook:
    """Begin a new secret; the one before still signs beside it for a day."""
    with store.write() as work:
        hook, key = _get(work, acting, webhook_id)
        changed = replace(hook, generation=hook.generation + 1, previous_until=acting.at + OVERLAP)
        changed = work.clients.webhooks.save(changed)
        _audit(work, acting, "webhook.rotate", hook, changed, key)
        work.commit()
    return changed


def resend_delivery(store: Store, acting: Acting, delivery_id: str) -> Delivery:
    """Send a delivery again, parked or delivered; the event keeps its id."""
    with store.write() as work:
        delivery = work.clients.webhooks.get_delivery(delivery_id)
        hook, key = _get(work, acting, delivery.webhook_id)
        again = work.clients.webhooks.resend(delivery_id, acting.at)
        work.audit.add(
            acting.entry("webhook.resend", "webhook", hook.id, unit=key.unit, delivery=delivery_id)
        )
        work.commit()
    return again


def list_deliveries(
    store: Store,
    acting: Acting,
    webhook_id: str,
    *,
    state: DeliveryState | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[Sequence[tuple[Delivery, Notice]], int]:
    """Deliveries to a receiver, newest first, each with its event, and the total."""
    with store.read() as work:
        _get(work, acting, webhook_id)
        rows, total = work.clients.webhooks.page(webhook_id, state=state, limit=limit, offset=offset)
        return [(row, work.clients.notices.get(row.notice_id)) for row in rows], total


def list_attempts(store: Store, acting: Acting, delivery_id: str) -> Sequence[DeliveryAttempt]:
    """Every attempt of a delivery, oldest first."""
    with store.read() as work:
        _get(work, acting, work.clients.webhooks.get_delivery(delivery_id).webhook_id)
        return work.clients.webhooks.attempts(delivery_id)


def check_receiver(url: str, allowed: Iterable[str], *, plain: bool) -> None:
    """Raise `InvalidValue` for an address that may not be sent to; names are looked up when sending."""
    try:
        target = parse_target(url, frozenset(allowed))
    except AddressRefused as exc:
        raise InvalidValue(
            "Địa chỉ nhận không được phép: cần https, tên máy công khai.", reason=str(exc)
        ) from exc
    if target.scheme != "https" and not plain:
        raise InvalidValue("Địa chỉ nhận phải dùng https.", reason="scheme")


def _tell(
    work: UnitOfWork,
    client: str,
    result: Result,
    kind: NoticeKind,
    key: str,
    at: datetime,
    told: Mapping[str, object],
) -> bool:
    """One event for one client, and a delivery to each of its receivers."""
    dossiers = [use.dossier for use in work.uses.of_result(result.id) if use.actor == client]
    body: dict[str, object] = {
        "evidence_id": result.id,
        "type_code": result.type_code,
        "state": result.state.value,
        "version": result.version,
        "valid_to": result.valid_to.isoformat() if result.valid_to else None,
        "dossiers": dossiers[:100],
        **told,
    }
    notice = work.clients.notices.add(Notice(str(uuid.uuid4()), client, 0, key, kind, result.id, at, body))
    if notice is None:
        return False
    for hook in work.clients.webhooks.all(client):
        if hook.state is not WebhookState.ENDED:
            work.clients.webhooks.add_delivery(_build_delivery(hook, notice))
    return True


def _build_delivery(hook: Webhook, notice: Notice) -> Delivery:
    return Delivery(
        id=str(uuid.uuid4()),
        webhook_id=hook.id,
        notice_id=notice.id,
        result_id=notice.result_id,
        number=notice.number,
        state=DeliveryState.WAITING,
        attempts=0,
        created_at=notice.at,
        due_at=notice.at,
    )


def _get(work: UnitOfWork, acting: Acting, webhook_id: str) -> tuple[Webhook, ApiKey]:
    hook = work.clients.webhooks.get(webhook_id)
    key = work.keys.get(hook.key_id)
    if not acting.principal.scope(Permission.KEY_MANAGE).covers(key.unit):
        raise RecordNotFound(webhook=webhook_id)
    return hook, key


def _audit(
    work: UnitOfWork, acting: Acting, action: str, before: Webhook, after: Webhook, key: ApiKey
) -> None:
    work.audit.add(acting.entry(action, "webhook", before.id, unit=key.unit, before=before, after=after))
