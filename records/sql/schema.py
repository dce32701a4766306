"""The tables (lược đồ): one per dataclass of `records.model`, columns named like its attributes.

Foreign keys hold inside an aggregate and along batch, file, record, result. Unit and type codes have none:
papers outlive the lists they were filed under.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from records.sql.columns import Choice, JsonMap, JsonTuple, UtcTime
from records.states import (
    CaptureState,
    Confidentiality,
    IncidentState,
    RecordState,
    ResultState,
    SignatureStanding,
    SignatureValue,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
ID = String()
HASH = String()
CODE = String()
NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself for INTEGER only

units = Table(
    "units",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("name", Text, nullable=False),
    Column("parent", CODE, index=True),
    Column("valid_from", Date),
    Column("valid_to", Date),
)
result_types = Table(
    "result_types",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("name", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
)
accounts = Table(
    "accounts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("login", CODE, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("password_hash", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)
role_grants = Table(
    "role_grants",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("role", CODE, nullable=False),
    Column("unit", CODE),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", HASH, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
login_failures = Table(
    "login_failures",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("login", CODE, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "login", "at"),
)
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("prefix", CODE, nullable=False, unique=True),
    Column("secret_sha256", HASH, nullable=False),
    Column("label", Text, nullable=False),
    Column("unit", CODE),
    Column("scopes", JsonTuple, nullable=False),
    Column("result_types", JsonTuple),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("last_used_at", UtcTime),
)
batches = Table(
    "batches",
    metadata,
    Column("id", ID, primary_key=True),
    Column("unit", CODE, nullable=False),
    Column("label", Text, nullable=False),
    Column("dossier", CODE),
    Column("state", Choice(CaptureState), nullable=False),
    Column("created_by", CODE, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("profile", CODE, nullable=False),
    Column("closed_at", UtcTime),
    Column("ordinals", Integer, nullable=False, server_default="0"),
    Index(None, "created_at"),
)
batch_files = Table(
    "batch_files",
    metadata,
    Column("id", ID, primary_key=True),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", Choice(CaptureState), nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("sha256", HASH, index=True),
    Column("format", CODE),
    Column("pages", Integer),
    Column("reason_code", CODE),
    Column("reason_vi", Text),
    Column("linked_file", ID),
    Column("record_id", ID),
    Column("owner_hint", CODE),
    Column("type_hint", CODE),
    Column("updated_at", UtcTime),
    # What `pending` compares: the hinted owner without spaces and dots.
    Column("owner_key", ID),
    UniqueConstraint("batch_id", "ordinal"),
    Index(None, "owner_key"),
)
records = Table(
    "records",
    metadata,
    Column("id", ID, primary_key=True),
    Column("file_id", ForeignKey("batch_files.id"), nullable=False, index=True),
    Column("batch_id", ForeignKey("batches.id"), nullable=False, index=True),
    Column("unit", CODE, nullable=False),
    Column("dossier", CODE),
    Column("state", Choice(RecordState), nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("original_sha256", HASH, nullable=False, index=True),
    Column("original_format", CODE, nullable=False),
    Column("rendition_sha256", HASH, index=True),
    Column("text_sha256", HASH, nullable=False),
    Column("signature_standing", Choice(SignatureStanding), nullable=False),
    Column("signature_value", Choice(SignatureValue), nullable=False),
    Column("signature_indication", CODE, nullable=False),
    Column("signature_headline_vi", Text, nullable=False),
    Column("report_sha256", HASH),
    Column("confidentiality", Choice(Confidentiality), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("result_type", CODE),
    Column("result_code", CODE),
    Column("confirmed_by", CODE),
    Column("confirmed_at", UtcTime),
    Index(None, "state", "created_at"),
    Column("reading_sha256", HASH),
    Index(None, "created_at"),
)
record_fields = Table(
    "record_fields",
    metadata,
    Column("record_id", ForeignKey("records.id"), primary_key=True),
    Column("name", CODE, primary_key=True),
    Column("value", Text),
    Column("raw", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("page", Integer),
    Column("box", JsonTuple),
    Column("needs_review", Boolean, nullable=False),
    Column("reasons", JsonTuple, nullable=False),
    Column("confirmed_by", CODE),
    Column("confirmed_at", UtcTime),
    Column("proposed", Text),
    # Only for the owner's identifier: what `pending` compares. Values themselves are too long for an index.
    Column("owner_key", ID),
    Index(None, "owner_key"),
)
results = Table(
    "results",
    metadata,
    Column("id", ID, primary_key=True),
    Column("record_id", ForeignKey("records.id"), unique=True),
    Column("owner_scheme", CODE, nullable=False),
    Column("owner_id", CODE, nullable=False),
    Column("type_code", CODE, nullable=False),
    Column("unit", CODE, nullable=False),
    Column("number", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("issued", Date, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("state", Choice(ResultState), nullable=False),
    Column("signature", Choice(SignatureValue), nullable=False),
    Column("confidentiality", Choice(Confidentiality), nullable=False),
    Column("visible_from", Date, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("sha256", HASH),
    # The whole search of a reuse lookup, in its order.
    Index(None, "owner_scheme", "owner_id", "type_code", "issued"),
)
result_changes = Table(
    "result_changes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("result_id", ForeignKey("results.id"), nullable=False, index=True),
    Column("from_state", Choice(ResultState), nullable=False),
    Column("to_state", Choice(ResultState), nullable=False),
    Column("document_number", Text, nullable=False),
    Column("document_date", Date, nullable=False),
    Column("effective", Date, nullable=False),
    Column("account_id", CODE, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("replaced_by", ID),
)
incidents = Table(
    "incidents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("account_id", CODE, nullable=False),
    Column("unit", CODE, nullable=False),
    Column("batch_id", ID, nullable=False),
    Column("file_id", ID, nullable=False),
    Column("file_ordinal", Integer, nullable=False),
    Column("page_ordinal", Integer, nullable=False),
    Column("state", Choice(IncidentState), nullable=False),
    Column("first_lifter", CODE),
    Column("first_lifted_at", UtcTime),
    Column("second_lifter", CODE),
    Column("second_lifted_at", UtcTime),
)
outbox = Table(
    "outbox",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("kind", CODE, nullable=False),
    Column("subject_id", ID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime, index=True),
    Column("error_code", CODE),
    Index(
        "ix_outbox_waiting",
        "number",
        sqlite_where=text("delivered_at IS NULL"),
        postgresql_where=text("delivered_at IS NULL"),
    ),
    sqlite_autoincrement=True,  # a number is never given twice
)
audit_rows = Table(
    "audit_rows",
    metadata,
    Column("id", ID, primary_key=True),
    Column("place", BigInteger, unique=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", CODE, nullable=False),
    Column("actor_kind", CODE, nullable=False),
    Column("action", CODE, nullable=False),
    Column("subject_kind", CODE, nullable=False),
    Column("subject_id", CODE, nullable=False),
    Column("unit", CODE),
    Column("purpose", Text),
    Column("outcome", CODE, nullable=False),
    Column("before", HASH),
    Column("after", HASH),
    Column("detail", JsonMap, nullable=False),
    Column("leaf_hash", HASH, nullable=False),
    Index(None, "at", "id"),
    Index(None, "subject_id", "at"),
    Index(None, "actor", "at"),
    Index(
        "ix_audit_rows_waiting",
        "at",
        "id",
        sqlite_where=text("place IS NULL"),
        postgresql_where=text("place IS NULL"),
    ),
)
audit_nodes = Table(
    "audit_nodes",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("hash", HASH, nullable=False),
)
audit_sequencer = Table(
    "audit_sequencer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("size", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="single_row"),
)
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", HASH, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("key_id", CODE, nullable=False),
    Column("signature", Text, nullable=False),
    sqlite_autoincrement=True,
)
steps = Table(
    "steps",
    metadata,
    Column("key", CODE, primary_key=True),
    Column("result", Text, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
)
worker_slots = Table(
    "worker_slots",
    metadata,
    Column("name", CODE, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("holder", CODE),
    Column("beat_at", UtcTime, nullable=False),
)
