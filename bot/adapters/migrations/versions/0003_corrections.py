"""Who was told of which correction."""

import sqlalchemy as sa  # type: ignore[import-untyped]
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "corrections_told",
        sa.Column("sender", sa.String(32), primary_key=True),
        sa.Column("correction", sa.String(64), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("corrections_told")
