"""Tables of reuse (lược đồ tái sử dụng): changed identifiers, requirements, uses, previews, reports."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from records.mismatches import MismatchState
from records.sql.columns import Choice, UtcTime
from records.sql.schema import CODE, HASH, ID, metadata

former_identifiers = Table(
    "former_identifiers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("former_scheme", CODE, nullable=False),
    Column("former_id", CODE, nullable=False),
    Column("current_scheme", CODE, nullable=False),
    Column("current_id", CODE, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("document", Text, nullable=False),
    Column("account_id", CODE, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    UniqueConstraint(
        "former_id",
        "former_scheme",
        "current_id",
        "current_scheme",
        "valid_from",
        # The usual name would be longer than PostgreSQL allows.
        name="uq_former_identifiers_change",
    ),
    Index(None, "current_id", "current_scheme"),
)
requirement_types = Table(
    "requirement_types",
    metadata,
    Column("requirement", CODE, primary_key=True),
    Column("type_code", CODE, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("source", Text, nullable=False),
)
evidence_uses = Table(
    "evidence_uses",
    metadata,
    Column("id", ID, primary_key=True),
    Column("result_id", ForeignKey("results.id"), nullable=False, index=True),
    Column("dossier", CODE, nullable=False),
    Column("procedure", CODE, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("actor", CODE, nullable=False),
    Column("actor_kind", CODE, nullable=False),
    Column("unit", CODE),
    Column("at", UtcTime, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("sha256", HASH),
    Column("report_sha256", HASH),
    UniqueConstraint("dossier", "result_id", "actor"),
)
repeat_keys = Table(
    "repeat_keys",
    metadata,
    Column("actor", CODE, primary_key=True),
    Column("key_sha256", HASH, primary_key=True),
    Column("request_sha256", HASH, nullable=False),
    Column("subject_id", ID, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
)
evidence_previews = Table(
    "evidence_previews",
    metadata,
    Column("token_sha256", HASH, primary_key=True),
    Column("result_id", ForeignKey("results.id"), nullable=False),
    Column("actor", CODE, nullable=False),
    Column("dossier", CODE, nullable=False),
    Column("procedure", CODE, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    Column("opened_at", UtcTime),
)
mismatches = Table(
    "mismatches",
    metadata,
    Column("id", ID, primary_key=True),
    Column("result_id", ForeignKey("results.id"), nullable=False, index=True),
    Column("unit", CODE, nullable=False),
    Column("dossier", CODE, nullable=False),
    Column("what", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("actor", CODE, nullable=False),
    Column("asking_unit", CODE),
    Column("at", UtcTime, nullable=False),
    Column("state", Choice(MismatchState), nullable=False),
    Column("answer", Text),
    Column("answered_by", CODE),
    Column("answered_at", UtcTime),
    Index(None, "state", "at"),
)
