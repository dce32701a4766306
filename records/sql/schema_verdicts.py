"""Tables of the verdicts' history (lược đồ kết luận chữ ký): what was judged, when it is due, who saw it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from records.sql.columns import Choice, UtcTime
from records.sql.schema import CODE, HASH, ID, NUMBER, metadata
from records.states import SignatureValue
from records.verdicts import Cause, Outcome

_CHANGED = text("outcome = 'changed'")
_FREE = text("queued_at IS NULL")
_TAKEN = text("queued_at IS NOT NULL")

verdicts = Table(
    "verdicts",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("record_id", ForeignKey("records.id"), nullable=False),
    Column("unit", CODE, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("cause", Choice(Cause), nullable=False),
    Column("outcome", Choice(Outcome), nullable=False),
    Column("reason", CODE, nullable=False),
    Column("value", Choice(SignatureValue), nullable=False),
    Column("indication", CODE, nullable=False),
    Column("headline_vi", Text, nullable=False),
    Column("report_sha256", HASH),
    Column("policy", CODE, nullable=False),
    Column("trust", CODE),
    Column("value_before", Choice(SignatureValue)),
    Column("headline_before", Text),
    Index(None, "record_id", "number"),
    Index("ix_verdicts_changed", "number", sqlite_where=_CHANGED, postgresql_where=_CHANGED),
    Index("ix_verdicts_changed_unit", "unit", "number", sqlite_where=_CHANGED, postgresql_where=_CHANGED),
    sqlite_autoincrement=True,  # a number is never given twice: "seen up to" must not hide a later one
)
verdict_dues = Table(
    "verdict_dues",
    metadata,
    Column("record_id", ForeignKey("records.id"), primary_key=True),
    Column("unit", CODE, nullable=False),
    # What the verdict rests on; rows of another basis are found on both sides of it in the index.
    Column("basis", CODE, nullable=False),
    Column("checked_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("cause", Choice(Cause), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("queued_at", UtcTime),
    Column("error_code", CODE),
    # With the id last: all that were made due by hand at one moment are in order without sorting them.
    Index(
        "ix_verdict_dues_waiting",
        "cause",
        "due_at",
        "record_id",
        sqlite_where=_FREE,
        postgresql_where=_FREE,
    ),
    Index("ix_verdict_dues_basis", "basis", "record_id", sqlite_where=_FREE, postgresql_where=_FREE),
    Index("ix_verdict_dues_queued", "queued_at", sqlite_where=_TAKEN, postgresql_where=_TAKEN),
    Index("ix_verdict_dues_unit", "unit", "record_id"),
)
verdict_seen = Table(
    "verdict_seen",
    metadata,
    Column("account_id", ID, primary_key=True),
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
)
verdict_seen_until = Table(
    "verdict_seen_until",
    metadata,
    Column("account_id", ID, primary_key=True),
    Column("number", NUMBER, nullable=False),
    Column("at", UtcTime, nullable=False),
)
