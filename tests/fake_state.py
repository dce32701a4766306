"""What the fake store holds and how its stores handle it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from records.agreements import Agreement
from records.alarms import Alarm, Asked
from records.credentials import ClientToken, PublicKey
from records.errors import DuplicateRecord, RecordNotFound, StaleVersion
from records.former_identifiers import FormerIdentifier
from records.mismatches import Mismatch
from records.model import (
    Account,
    ApiKey,
    AuditEntry,
    Batch,
    BatchFile,
    Incident,
    OutboxEvent,
    Record,
    RecordField,
    Result,
    ResultChange,
    ResultType,
    Session,
    TreeHead,
    Unit,
)
from records.ports import Clock
from records.prechecks import Precheck
from records.replays import KeptAnswer
from records.requirements import RequirementType
from records.saved_searches import SavedSearch, SearchExport
from records.subscriptions import Delivery, DeliveryAttempt, Notice, Webhook
from records.uses import EvidencePreview, EvidenceUse, RepeatKey
from records.verdicts import SignatureVerdict, VerdictDue


@dataclass
class State:
    """Everything a fake store holds; a transaction works on a copy."""

    clock: Clock
    units: dict[str, Unit] = field(default_factory=dict)
    types: dict[str, ResultType] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    failures: list[tuple[str, datetime]] = field(default_factory=list)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    files: dict[str, BatchFile] = field(default_factory=dict)
    ordinals: dict[str, int] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    fields: dict[tuple[str, str], RecordField] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    changes: dict[str, ResultChange] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    events: dict[int, tuple[OutboxEvent, datetime, datetime | None]] = field(default_factory=dict)
    event_errors: dict[int, str] = field(default_factory=dict)
    last_event: int = 0
    entries: dict[str, tuple[AuditEntry, str]] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    heads: list[TreeHead] = field(default_factory=list)
    steps: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    slots: dict[str, tuple[str | None, datetime]] = field(default_factory=dict)
    verdicts: dict[int, SignatureVerdict] = field(default_factory=dict)
    verdict_dues: dict[str, VerdictDue] = field(default_factory=dict)
    verdicts_seen: dict[tuple[str, int], datetime] = field(default_factory=dict)
    saved_searches: dict[str, SavedSearch] = field(default_factory=dict)
    search_exports: dict[str, SearchExport] = field(default_factory=dict)
    former: dict[str, FormerIdentifier] = field(default_factory=dict)
    requirements: dict[tuple[str, str, date], RequirementType] = field(default_factory=dict)
    uses: dict[tuple[str, str, str], EvidenceUse] = field(default_factory=dict)
    repeat_keys: dict[tuple[str, str], RepeatKey] = field(default_factory=dict)
    previews: dict[str, EvidencePreview] = field(default_factory=dict)
    mismatches: dict[str, Mismatch] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    public_keys: dict[str, PublicKey] = field(default_factory=dict)
    tokens: dict[str, ClientToken] = field(default_factory=dict)
    assertions: dict[tuple[str, str], datetime] = field(default_factory=dict)
    buckets: dict[str, tuple[float, datetime]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    attempts: dict[str, DeliveryAttempt] = field(default_factory=dict)
    prechecks: dict[str, Precheck] = field(default_factory=dict)
    precheck_items: dict[tuple[str, int], tuple[str | None, str | None]] = field(default_factory=dict)
    replays: dict[tuple[str, str], KeptAnswer] = field(default_factory=dict)

    def copy(self) -> "State":
        """A copy whose containers are its own; the values in them are frozen."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        own = {name: value.copy() for name, value in values.items() if isinstance(value, dict | list)}
        return State(**values | own)


def add_new(table: dict[Any, Any], key: Any, value: Any) -> None:
    """Put a value under a key that must be new."""
    if key in table:
        raise DuplicateRecord()
    table[key] = value


def get_known(table: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key that must be there."""
    if key not in table:
        raise RecordNotFound(id=str(key))
    return table[key]


def put_known(table: dict[Any, Any], key: Any, value: Any) -> None:
    """Overwrite the value under a key that must be there."""
    get_known(table, key)
    table[key] = value


def save_versioned(table: dict[str, Any], value: Any) -> Any:
    """Overwrite the version that `value` was read with; returns the next."""
    if get_known(table, value.id).version != value.version:
        raise StaleVersion(id=value.id)
    table[value.id] = replace(value, version=value.version + 1)
    return table[value.id]


def cut_page(found: Sequence[Any], limit: int, offset: int) -> tuple[list[Any], int]:
    """One page and the number of all."""
    return list(found[offset : offset + limit]), len(found)


def newest_first(found: Iterable[Any], moment: str) -> list[Any]:
    """By time downwards, then by id upwards."""
    by_id = sorted(found, key=lambda value: value.id)
    return sorted(by_id, key=lambda value: getattr(value, moment), reverse=True)
