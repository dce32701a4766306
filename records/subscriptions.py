"""News about results to whoever used them (thông báo thay đổi kết quả): events, webhooks, deliveries.

Events are numbered for each client in the transaction that causes them, so that a reader who remembers the
last number misses none. They carry no owner and no name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from records.model import Result

EXPIRING_KEY = "expiring:"
"""How the key of a last day's event begins; result and day follow."""


def build_expiring_key(result: Result) -> str:
    """The key that lets a client be told once of each last day of a result."""
    return f"{EXPIRING_KEY}{result.id}:{result.valid_to}"


class NoticeKind(StrEnum):
    """What happened to a result (loại thay đổi)."""

    REVOKED = "revoked"
    REPLACED = "replaced"
    CORRECTED = "corrected"
    EXPIRED = "expired"
    RESTORED = "restored"
    EXPIRING = "expiring"
    SIGNATURE = "signature"


class WebhookState(StrEnum):
    """Whether a receiver gets events (trạng thái nơi nhận)."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class DeliveryState(StrEnum):
    """How far a delivery is (trạng thái gửi); parked: given up until somebody sends it again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Notice:
    """An event for one client (thông báo): `number` counts from 1, `key` keeps it from coming twice."""

    id: str
    client: str
    number: int
    key: str
    kind: NoticeKind
    result_id: str
    at: datetime
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a client's events go (nơi nhận thông báo).

    The secret is derived from the service's own key, `id` and `generation`; the one before still signs until
    `previous_until`.
    """

    id: str
    key_id: str
    url: str
    state: WebhookState
    generation: int
    previous_until: datetime | None
    created_at: datetime
    created_by: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one receiver (lượt gửi); `outcome` is a short code of the last attempt."""

    id: str
    webhook_id: str
    notice_id: str
    result_id: str
    number: int
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One try (lần gửi): when, how long, and what came of it."""

    id: str
    delivery_id: str
    at: datetime
    milliseconds: int
    outcome: str


class NoticeStore(Protocol):
    """Events by client (thông báo)."""

    def add(self, notice: Notice) -> Notice | None:
        """Give the event its client's next number; None when its key is there already."""
        ...

    def get(self, notice_id: str) -> Notice:
        """The event of that id; `RecordNotFound`."""
        ...

    def after(self, client: str, number: int, limit: int) -> Sequence[Notice]:
        """A client's events above that number, in order."""
        ...

    def expiring(self, today: date, until: date, limit: int) -> Sequence[tuple[str, Result]]:
        """Clients and results they used that end by `until`, of which last day they were not told yet."""
        ...


class WebhookStore(Protocol):
    """Receivers and deliveries (nơi nhận, lượt gửi)."""

    def add(self, webhook: Webhook) -> None:
        """Add a receiver."""
        ...

    def save(self, webhook: Webhook) -> Webhook:
        """Write with version + 1 where the stored version is still that one; returns it."""
        ...

    def get(self, webhook_id: str) -> Webhook:
        """The receiver of that id; `RecordNotFound`."""
        ...

    def all(self, key_id: str | None = None) -> Sequence[Webhook]:
        """Receivers, of one client or of all, oldest first."""
        ...

    def add_delivery(self, delivery: Delivery) -> None:
        """Queue an event for a receiver; the same event twice is one."""
        ...

    def claim(self, now: datetime, until: datetime, limit: int) -> Sequence[Delivery]:
        """Due deliveries to active receivers, put off until then while they are tried.

        Of one result and receiver only the first that waits, so that their order holds.
        """
        ...

    def put_off(self, webhook_id: str, until: datetime) -> None:
        """Let everything that waits for a receiver wait until then at least."""
        ...

    def finish(self, delivery: Delivery, attempt: DeliveryAttempt) -> None:
        """Keep a delivery as an attempt left it, and the attempt."""
        ...

    def get_delivery(self, delivery_id: str) -> Delivery:
        """The delivery of that id; `RecordNotFound`."""
        ...

    def resend(self, delivery_id: str, now: datetime) -> Delivery:
        """Let a delivery wait again, from the first attempt on."""
        ...

    def page(
        self, webhook_id: str, *, state: DeliveryState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Delivery], int]:
        """Deliveries to a receiver, newest first, with the total."""
        ...

    def attempts(self, delivery_id: str) -> Sequence[DeliveryAttempt]:
        """Every attempt of a delivery, oldest first."""
        ...
