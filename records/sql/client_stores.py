"""The stores of machine clients on one connection."""

from records.sql.agreements import SqlAgreementStore
from records.sql.alarms import SqlAlarmStore, SqlAskedStore
from records.sql.credentials import SqlCredentialStore
from records.sql.limits import SqlLimitStore
from records.sql.prechecks import SqlPrecheckStore
from records.sql.replays import SqlReplayStore
from records.sql.rows import Rows
from records.sql.subscriptions import SqlNoticeStore, SqlWebhookStore


class SqlClientStores:
    """Everything kept about machine clients beside their keys (kho dữ liệu của hệ thống ngoài)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    @property
    def agreements(self) -> SqlAgreementStore:
        """Agreements."""
        return SqlAgreementStore(self._rows)

    @property
    def credentials(self) -> SqlCredentialStore:
        """Public keys, tokens, used assertions."""
        return SqlCredentialStore(self._rows)

    @property
    def limits(self) -> SqlLimitStore:
        """Token buckets."""
        return SqlLimitStore(self._rows)

    @property
    def asked(self) -> SqlAskedStore:
        """What was asked of late."""
        return SqlAskedStore(self._rows)

    @property
    def alarms(self) -> SqlAlarmStore:
        """Alarms."""
        return SqlAlarmStore(self._rows)

    @property
    def notices(self) -> SqlNoticeStore:
        """Events for those who used a result."""
        return SqlNoticeStore(self._rows)

    @property
    def webhooks(self) -> SqlWebhookStore:
        """Receivers and deliveries."""
        return SqlWebhookStore(self._rows)

    @property
    def prechecks(self) -> SqlPrecheckStore:
        """Bulk pre-checks."""
        return SqlPrecheckStore(self._rows)

    @property
    def replays(self) -> SqlReplayStore:
        """Answers to repeated requests."""
        return SqlReplayStore(self._rows)
