"""The tables of machine clients (lược đồ của hệ thống ngoài): rights, limits, alarms, news, pre-checks.

Columns are named like the attributes of the dataclasses in `records.agreements`, `records.credentials`,
`records.alarms`, `records.subscriptions` and `records.prechecks`.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from records.agreements import AgreementState
from records.alarms import AlarmKind, AskedKind
from records.prechecks import PrecheckState
from records.sql.columns import Choice, JsonMap, JsonTuple, UtcTime
from records.sql.schema import CODE, HASH, ID, NUMBER, metadata
from records.subscriptions import DeliveryState, NoticeKind, WebhookState

agreements = Table(
    "agreements",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key_id", ForeignKey("api_keys.id"), nullable=False, index=True),
    Column("document", Text, nullable=False),
    Column("unit", CODE),
    Column("procedures", JsonTuple),
    Column("result_types", JsonTuple),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("state", Choice(AgreementState), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", CODE, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
)
client_public_keys = Table(
    "client_public_keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key_id", ForeignKey("api_keys.id"), nullable=False, index=True),
    Column("algorithm", CODE, nullable=False),
    Column("pem", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)
client_tokens = Table(
    "client_tokens",
    metadata,
    Column("token_sha256", HASH, primary_key=True),
    Column("key_id", ForeignKey("api_keys.id"), nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)
used_assertions = Table(
    "used_assertions",
    metadata,
    Column("key_id", ID, primary_key=True),
    Column("jti_sha256", HASH, primary_key=True),
    Column("expires_at", UtcTime, nullable=False, index=True),
)
rate_buckets = Table(
    "rate_buckets",
    metadata,
    Column("name", CODE, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", UtcTime, nullable=False),
)
asked = Table(
    "asked",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("client", CODE, nullable=False),
    Column("kind", Choice(AskedKind), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("owner", HASH, nullable=False),
    Column("dossier", HASH, nullable=False),
    Column("found", Boolean, nullable=False),
    Column("near", Boolean, nullable=False),
    Index(None, "client", "kind", "at"),
    sqlite_autoincrement=True,
)
alarms = Table(
    "alarms",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", Choice(AlarmKind), nullable=False),
    Column("client", CODE, nullable=False, index=True),
    Column("client_kind", CODE, nullable=False),
    Column("client_name", Text, nullable=False),
    Column("unit", CODE),
    Column("counts", JsonMap, nullable=False),
    Column("blocks", Boolean, nullable=False),
    Column("acknowledged_by", CODE),
    Column("acknowledged_at", UtcTime),
    Column("lifted_by", CODE),
    Column("lifted_at", UtcTime),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "at"),
)
notices = Table(
    "notices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client", CODE, nullable=False),
    Column("number", Integer, nullable=False),
    Column("key", CODE, nullable=False),
    Column("kind", Choice(NoticeKind), nullable=False),
    Column("result_id", ForeignKey("results.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("body", JsonMap, nullable=False),
    UniqueConstraint("client", "number"),
    UniqueConstraint("client", "key"),
)
notice_numbers = Table(
    "notice_numbers",
    metadata,
    Column("client", CODE, primary_key=True),
    Column("last", Integer, nullable=False),
)
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key_id", ForeignKey("api_keys.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("state", Choice(WebhookState), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("previous_until", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", CODE, nullable=False),
    Column("version", Integer, nullable=False),
)
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", ID, primary_key=True),
    Column("webhook_id", ForeignKey("webhooks.id"), nullable=False),
    Column("notice_id", ForeignKey("notices.id"), nullable=False, index=True),
    Column("result_id", ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Choice(DeliveryState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    Column("outcome", CODE, nullable=False),
    UniqueConstraint("webhook_id", "notice_id"),
    Index(None, "webhook_id", "result_id", "number"),
    Index(
        "ix_deliveries_waiting",
        "due_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)
delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("outcome", CODE, nullable=False),
)
prechecks = Table(
    "prechecks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client", CODE, nullable=False),
    Column("state", Choice(PrecheckState), nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    Column("held_until", UtcTime),
    Column("finished_at", UtcTime),
    Index(None, "client", "created_at"),
)
precheck_items = Table(
    "precheck_items",
    metadata,
    Column("precheck_id", ForeignKey("prechecks.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("question", Text),
    Column("answer", Text),
)
idempotent_answers = Table(
    "idempotent_answers",
    metadata,
    Column("client", CODE, primary_key=True),
    Column("key", CODE, primary_key=True),
    Column("body_sha256", HASH, nullable=False),
    Column("status", Integer),
    Column("answer", Text),
    Column("expires_at", UtcTime, nullable=False, index=True),
)
