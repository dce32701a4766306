"""Keep a reading copy with the confirmed text beside the archived files"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("records", sa.Column("reading_sha256", sa.String(), nullable=True))
