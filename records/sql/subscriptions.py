"""Events for those who used a result, receivers and deliveries, in SQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, literal, select

from records.model import Result
from records.sql.rows import Rows, build_row, columns_of
from records.sql.schema import results
from records.sql.schema_clients import (
    deliveries,
    delivery_attempts,
    notice_numbers,
    notices,
    webhooks,
)
from records.sql.schema_reuse import evidence_uses
from records.states import ResultState
from records.subscriptions import (
    EXPIRING_KEY,
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    Notice,
    Webhook,
    WebhookState,
)


class SqlNoticeStore:
    """Events by client (thông báo)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, notice: Notice) -> Notice | None:
        """Give the event its client's next number; None when its key is there already."""
        mine = notice_numbers.c.client == notice.client
        self._rows.add_if_new(notice_numbers, {"client": notice.client, "last": 0})
        # The row's lock is held until commit: numbers become visible in their order.
        last = notice_numbers.update().where(mine).values(last=notice_numbers.c.last + 1)
        number: int = self._rows.run(last.returning(notice_numbers.c.last)).scalar_one()
        numbered = replace(notice, number=number)
        if self._rows.add_if_new(notices, build_row(numbered)):
            return numbered
        self._rows.run(notice_numbers.update().where(mine).values(last=number - 1))
        return None

    def get(self, notice_id: str) -> Notice:
        """The event of that id; `RecordNotFound`."""
        return self._rows.get(Notice, notices, "id", notice_id)

    def after(self, client: str, number: int, limit: int) -> Sequence[Notice]:
        """A client's events above that number, in order."""
        wanted = select(*columns_of(Notice, notices))
        mine = wanted.where(notices.c.client == client, notices.c.number > number)
        return self._rows.all(Notice, mine.order_by(notices.c.number).limit(limit))

    def expiring(self, today: date, until: date, limit: int) -> Sequence[tuple[str, Result]]:
        """Clients and results they used that end by `until`, of which they were not told yet."""
        # A result that was extended ends again, on another last day.
        key = literal(EXPIRING_KEY) + results.c.id + ":" + cast(results.c.valid_to, String)
        told = select(notices.c.id).where(notices.c.client == evidence_uses.c.actor, notices.c.key == key)
        in_force = results.c.state.in_((ResultState.VALID, ResultState.CORRECTED))
        wanted = (
            select(evidence_uses.c.actor.label("actor"), *columns_of(Result, results))
            .join(results, results.c.id == evidence_uses.c.result_id)
            .where(results.c.valid_to >= today, results.c.valid_to <= until, in_force, ~told.exists())
            .distinct()
            .limit(limit)
        )
        found: list[tuple[str, Result]] = []
        for row in self._rows.run(wanted).mappings():
            values: dict[str, Any] = dict(row)
            found.append((values.pop("actor"), Result(**values)))
        return found


class SqlWebhookStore:
    """Receivers and deliveries (nơi nhận, lượt gửi)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, webhook: Webhook) -> None:
        """Add a receiver."""
        self._rows.add(webhooks, build_row(webhook))

    def save(self, webhook: Webhook) -> Webhook:
        """Write with version + 1 where the stored version is still that one; returns it."""
        return self._rows.replace_versioned(webhooks, webhook)

    def get(self, webhook_id: str) -> Webhook:
        """The receiver of that id; `RecordNotFound`."""
        return self._rows.get(Webhook, webhooks, "id", webhook_id)

    def all(self, key_id: str | None = None) -> Sequence[Webhook]:
        """Receivers, of one client or of all, oldest first."""
        mine = [] if key_id is None else [webhooks.c.key_id == key_id]
        wanted = select(*columns_of(Webhook, webhooks)).where(*mine)
        return self._rows.all(Webhook, wanted.order_by(webhooks.c.created_at, webhooks.c.id))

    def add_delivery(self, delivery: Delivery) -> None:
        """Queue an event for a receiver; the same event twice is one."""
        self._rows.add_if_new(deliveries, build_row(delivery))

    def claim(self, now: datetime, until: datetime, limit: int) -> Sequence[Delivery]:
        """Due deliveries to active receivers, put off until then while they are tried."""
        earlier = deliveries.alias("earlier")
        first = (
            select(literal(1))
            .where(earlier.c.webhook_id == deliveries.c.webhook_id)
            .where(earlier.c.result_id == deliveries.c.result_id, earlier.c.number < deliveries.c.number)
            .where(earlier.c.state == DeliveryState.WAITING)
        )
        active = select(webhooks.c.id).where(webhooks.c.state == WebhookState.ACTIVE)
        wanted = (
            select(*columns_of(Delivery, deliveries))
            .where(deliveries.c.state == DeliveryState.WAITING, deliveries.c.due_at <= now)
            .where(deliveries.c.webhook_id.in_(active), ~first.exists())
            .order_by(deliveries.c.due_at, deliveries.c.number)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found = self._rows.all(Delivery, wanted)
        taken = [delivery.id for delivery in found]
        if taken:
            self._rows.run(deliveries.update().where(deliveries.c.id.in_(taken)).values(due_at=until))
        return found

    def put_off(self, webhook_id: str, until: datetime) -> None:
        """Let everything that waits for a receiver wait until then at least."""
        waits = (deliveries.c.webhook_id == webhook_id, deliveries.c.state == DeliveryState.WAITING)
        later = deliveries.update().where(*waits, deliveries.c.due_at < until)
        self._rows.run(later.values(due_at=until))

    def finish(self, delivery: Delivery, attempt: DeliveryAttempt) -> None:
        """Keep a delivery as an attempt left it, and the attempt."""
        self._rows.replace(deliveries, "id", build_row(delivery))
        self._rows.add(delivery_attempts, build_row(attempt))

    def get_delivery(self, delivery_id: str) -> Delivery:
        """The delivery of that id; `RecordNotFound`."""
        return self._rows.get(Delivery, deliveries, "id", delivery_id)

    def resend(self, delivery_id: str, now: datetime) -> Delivery:
        """Let a delivery wait again, from the first attempt on."""
        found = self.get_delivery(delivery_id)
        again = replace(found, state=DeliveryState.WAITING, attempts=0, due_at=now, delivered_at=None)
        self._rows.replace(deliveries, "id", build_row(again))
        return again

    def page(
        self, webhook_id: str, *, state: DeliveryState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Delivery], int]:
        """Deliveries to a receiver, newest first, with the total."""
        where = [deliveries.c.webhook_id == webhook_id]
        if state is not None:
            where.append(deliveries.c.state == state)
        order = (deliveries.c.created_at.desc(), deliveries.c.number.desc())
        return self._rows.page(Delivery, deliveries, where, order, limit, offset)

    def attempts(self, delivery_id: str) -> Sequence[DeliveryAttempt]:
        """Every attempt of a delivery, oldest first."""
        wanted = select(*columns_of(DeliveryAttempt, delivery_attempts))
        mine = wanted.where(delivery_attempts.c.delivery_id == delivery_id)
        ordered = mine.order_by(delivery_attempts.c.at, delivery_attempts.c.id)
        return self._rows.all(DeliveryAttempt, ordered)
