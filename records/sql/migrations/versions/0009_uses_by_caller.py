"""Keep a use for each caller: two units that work on one dossier both used the result, and both are told"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("evidence_uses", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_evidence_uses_dossier_result_id"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_evidence_uses_dossier_result_id_actor"), ["dossier", "result_id", "actor"]
        )
