"""Keep the history of verdicts, when each is due again, and who has seen which change"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FREE = "queued_at IS NULL"
_TAKEN = "queued_at IS NOT NULL"
_CHANGED = "outcome = 'changed'"


_OLD_VERDICTS = """
INSERT INTO verdicts (record_id, unit, at, cause, outcome, reason, value, indication, headline_vi,
                      report_sha256, policy)
SELECT id, unit, created_at, 'stored', 'first', '', signature_value, signature_indication,
       signature_headline_vi, report_sha256, ''
FROM records WHERE report_sha256 IS NOT NULL AND signature_standing <> 'awaiting_digitiser_signature'
ORDER BY created_at, id
"""
# Of what they rest on nothing is known: an empty basis is other than any, so each is judged again once.
_OLD_DUES = """
INSERT INTO verdict_dues (record_id, unit, basis, checked_at, due_at, cause, attempts)
SELECT id, unit, '', created_at, created_at, 'schedule', 0
FROM records WHERE report_sha256 IS NOT NULL AND signature_standing <> 'awaiting_digitiser_signature'
"""


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "verdicts",
        sa.Column("number", number, nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("indication", sa.String(), nullable=False),
        sa.Column("headline_vi", sa.Text(), nullable=False),
        sa.Column("report_sha256", sa.String(), nullable=True),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=True),
        sa.Column("value_before", sa.String(length=40), nullable=True),
        sa.Column("headline_before", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_verdicts_record_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_verdicts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_verdicts_record_id_number", "verdicts", ["record_id", "number"])
    _create_partial_index("ix_verdicts_changed", "verdicts", ["number"], _CHANGED)
    _create_partial_index("ix_verdicts_changed_unit", "verdicts", ["unit", "number"], _CHANGED)
    op.create_table(
        "verdict_dues",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_verdict_dues_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_verdict_dues")),
    )
    _create_partial_index("ix_verdict_dues_waiting", "verdict_dues", ["cause", "due_at", "record_id"], _FREE)
    _create_partial_index("ix_verdict_dues_basis", "verdict_dues", ["basis", "record_id"], _FREE)
    _create_partial_index("ix_verdict_dues_queued", "verdict_dues", ["queued_at"], _TAKEN)
    op.create_index("ix_verdict_dues_unit", "verdict_dues", ["unit", "record_id"])
    op.create_table(
        "verdict_seen",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name=op.f("pk_verdict_seen")),
    )
    op.create_table(
        "verdict_seen_until",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_verdict_seen_until")),
    )
    op.execute(_OLD_VERDICTS)
    op.execute(_OLD_DUES)


def _create_partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
