"""Agreements, credentials, receivers, news and alarms as they travel (hệ thống ngoài)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.base import Code, Incoming, Outgoing, ShortText
from records.agreements import AgreementState
from records.alarms import AlarmKind
from records.subscriptions import DeliveryState, NoticeKind, WebhookState

Codes = Annotated[list[Code], Field(min_length=1, max_length=5000)]


class AgreementIn(Incoming):
    """An agreement to be made (thoả thuận mới); lists left out: everything."""

    key: Code
    document: ShortText
    unit: Code | None = None
    procedures: Codes | None = None
    result_types: Codes | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class AgreementOut(Outgoing):
    """An agreement (thoả thuận chia sẻ)."""

    id: str
    key_id: str
    document: str
    unit: str | None
    procedures: list[str] | None
    result_types: list[str] | None
    valid_from: date
    valid_to: date | None
    state: AgreementState
    reason: str
    created_at: datetime
    updated_at: datetime
    version: int


class AgreementMove(Incoming):
    """Suspend, resume or end (đổi trạng thái thoả thuận), with the reason."""

    state: AgreementState
    reason: ShortText


class PublicKeyIn(Incoming):
    """A client's public key in PEM (khoá công khai); the algorithm is read from it."""

    pem: Annotated[str, Field(min_length=50, max_length=5000)]


class PublicKeyOut(Outgoing):
    """A registered public key (khoá công khai); `id` is the `kid` of assertions."""

    id: str
    key_id: str
    algorithm: str
    created_at: datetime
    ended_at: datetime | None


class TokenOut(Outgoing):
    """A short-lived token (mã truy cập), as RFC 6749 clause 5.1 writes it."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int


class WebhookIn(Incoming):
    """A receiver to be registered (nơi nhận mới)."""

    key: Code
    url: Annotated[str, Field(min_length=1, max_length=2048)]


class WebhookMove(Incoming):
    """Pause, resume or end a receiver (đổi trạng thái nơi nhận)."""

    state: WebhookState


class WebhookOut(Outgoing):
    """A receiver (nơi nhận thông báo); never its secret."""

    id: str
    key_id: str
    url: str
    state: WebhookState
    generation: int
    previous_until: datetime | None
    created_at: datetime


class NewWebhookOut(Outgoing):
    """A receiver with its secret, shown this once (nơi nhận vừa tạo)."""

    webhook: WebhookOut
    secret: str


class DeliveryOut(Outgoing):
    """A delivery (lượt gửi) with the kind of its event."""

    id: str
    webhook_id: str
    notice_id: str
    result_id: str
    number: int
    kind: NoticeKind
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    outcome: str


class AttemptOut(Outgoing):
    """One attempt of a delivery (lần gửi)."""

    at: datetime
    milliseconds: int
    outcome: str


class ChangeOut(Outgoing):
    """One event of the feed (thay đổi của kết quả đã dùng); `data` as webhooks carry it."""

    id: str
    number: int
    type: str
    timestamp: datetime
    data: Mapping[str, Any]


class ChangesOut(Outgoing):
    """Events in order (các thay đổi); `next` is the cursor to ask after."""

    items: list[ChangeOut]
    next: int
    more: bool


class AlarmNote(Incoming):
    """What came of looking at an alarm (kết luận xem xét)."""

    note: ShortText


class AlarmOut(Outgoing):
    """An alarm (cảnh báo)."""

    id: str
    at: datetime
    kind: AlarmKind
    client: str
    client_kind: str
    client_name: str
    unit: str | None
    counts: Mapping[str, int]
    blocks: bool
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    lifted_by: str | None
    lifted_at: datetime | None
    note: str
