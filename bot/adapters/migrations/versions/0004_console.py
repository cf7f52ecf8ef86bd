"""The console: new roles, regions and second factor of accounts; sessions, tries of passwords, the audit."""

import sqlalchemy as sa  # type: ignore[import-untyped]
from alembic import op

revision = "0004"
down_revision = "0003"

ROLES = {"agent": "staff", "operator": "admin"}


def upgrade() -> None:
    for column in (
        sa.Column("regions", sa.Text, nullable=False, server_default=""),
        sa.Column("second_factor", sa.String(64)),
        sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    ):
        op.add_column("staff_accounts", column)
    _rename_roles(ROLES)
    op.create_table(
        "console_sessions",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "login_tries",
        sa.Column("whose", sa.String(64), primary_key=True),
        sa.Column("full_at", sa.Float, nullable=False),
    )
    op.create_table(
        "console_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(64), nullable=False, index=True),
        sa.Column("action", sa.String(32), nullable=False, index=True),
        sa.Column("target", sa.String(128), nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
    )


def downgrade() -> None:
    for table in ("console_audit", "login_tries", "console_sessions"):
        op.drop_table(table)
    _rename_roles({new: old for old, new in ROLES.items()})
    for column in ("version", "last_step", "second_factor", "regions"):
        op.drop_column("staff_accounts", column)


def _rename_roles(names: dict[str, str]) -> None:
    accounts = sa.table("staff_accounts", sa.column("role"))
    for old, new in names.items():
        op.execute(accounts.update().where(accounts.c.role == old).values(role=new))
