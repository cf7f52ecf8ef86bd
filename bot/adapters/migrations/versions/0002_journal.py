"""The journal: questions and what was answered."""

import sqlalchemy as sa  # type: ignore[import-untyped]
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("code", sa.String(7), nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("door", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("release", sa.String(32), nullable=False),
        sa.Column("latency_ms", sa.Float, nullable=False),
        sa.Column("sender", sa.String(32), index=True),
        sa.Column("question", sa.Text),
        sa.Column("parts", sa.JSON(none_as_null=True)),
        sa.Column("facts", sa.JSON(none_as_null=True)),
        sa.Column("intent", sa.String(64)),
        sa.Column("confidence", sa.Float),
        sa.Column("topic", sa.String(64)),
        sa.Column("aspect", sa.String(32)),
        sa.Column("region", sa.String(6)),
        sa.Column("care", sa.String(6)),
        sa.Column("publisher", sa.String(6)),
        sa.Column("useful", sa.Boolean),
    )


def downgrade() -> None:
    op.drop_table("journal")
