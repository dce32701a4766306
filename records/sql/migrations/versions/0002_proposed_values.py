"""Keep what was proposed beside what was confirmed"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("record_fields", sa.Column("proposed", sa.Text(), nullable=True))
    # What nobody has confirmed yet is still as it was proposed; what the sender said was no proposal.
    op.execute(
        "UPDATE record_fields SET proposed = value "
        "WHERE confirmed_by IS NULL AND reasons NOT LIKE '%from_upload%'"
    )
