"""The stores of machine clients together (kho dữ liệu của hệ thống ngoài), one attribute a noun."""

from typing import Protocol

from records.agreements import AgreementStore
from records.alarms import AlarmStore, AskedStore
from records.credentials import CredentialStore
from records.limits import LimitStore
from records.prechecks import PrecheckStore
from records.replays import ReplayStore
from records.subscriptions import NoticeStore, WebhookStore


class ClientStores(Protocol):
    """Everything kept about machine clients beside their keys (kho dữ liệu của hệ thống ngoài)."""

    @property
    def agreements(self) -> AgreementStore:
        """Agreements."""
        ...

    @property
    def credentials(self) -> CredentialStore:
        """Public keys, tokens, used assertions."""
        ...

    @property
    def limits(self) -> LimitStore:
        """Token buckets."""
        ...

    @property
    def asked(self) -> AskedStore:
        """What was asked of late."""
        ...

    @property
    def alarms(self) -> AlarmStore:
        """Alarms."""
        ...

    @property
    def notices(self) -> NoticeStore:
        """Events for those who used a result."""
        ...

    @property
    def webhooks(self) -> WebhookStore:
        """Receivers and deliveries."""
        ...

    @property
    def prechecks(self) -> PrecheckStore:
        """Bulk pre-checks."""
        ...

    @property
    def replays(self) -> ReplayStore:
        """Answers to repeated requests."""
        ...
