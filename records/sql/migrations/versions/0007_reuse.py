"""Keep changed identifiers, requirements, uses in dossiers, one-time previews and reports of wrong data"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "former_identifiers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("former_scheme", sa.String(), nullable=False),
        sa.Column("former_id", sa.String(), nullable=False),
        sa.Column("current_scheme", sa.String(), nullable=False),
        sa.Column("current_id", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_identifiers")),
        sa.UniqueConstraint(
            "former_id",
            "former_scheme",
            "current_id",
            "current_scheme",
            "valid_from",
            name=op.f("uq_former_identifiers_change"),
        ),
    )
    op.create_index("ix_former_identifiers_at", "former_identifiers", ["at"])
    op.create_index(
        "ix_former_identifiers_current_id_current_scheme",
        "former_identifiers",
        ["current_id", "current_scheme"],
    )
    op.create_table(
        "requirement_types",
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("requirement", "type_code", "valid_from", name=op.f("pk_requirement_types")),
    )
    op.create_table(
        "evidence_uses",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("result_id", sa.String(), nullable=False),
        sa.Column("dossier", sa.String(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("report_sha256", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_evidence_uses_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_uses")),
        sa.UniqueConstraint("dossier", "result_id", name=op.f("uq_evidence_uses_dossier_result_id")),
    )
    op.create_index("ix_evidence_uses_result_id", "evidence_uses", ["result_id"])
    op.create_index("ix_evidence_uses_at", "evidence_uses", ["at"])
    op.create_table(
        "repeat_keys",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("key_sha256", sa.String(), nullable=False),
        sa.Column("request_sha256", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("actor", "key_sha256", name=op.f("pk_repeat_keys")),
    )
    op.create_index("ix_repeat_keys_at", "repeat_keys", ["at"])
    op.create_table(
        "evidence_previews",
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("result_id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("dossier", sa.String(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("opened_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_evidence_previews_result_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_evidence_previews")),
    )
    op.create_index("ix_evidence_previews_expires_at", "evidence_previews", ["expires_at"])
    op.create_table(
        "mismatches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("result_id", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("dossier", sa.String(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("asking_unit", sa.String(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_mismatches_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mismatches")),
    )
    op.create_index("ix_mismatches_result_id", "mismatches", ["result_id"])
    op.create_index("ix_mismatches_state_at", "mismatches", ["state", "at"])
    # The nightly turn of what has run out.
    op.create_index("ix_results_valid_to", "results", ["valid_to"])
