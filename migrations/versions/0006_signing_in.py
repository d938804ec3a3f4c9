"""Signing in: sessions kept here, second factors, first passwords that last for days only."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("recovery_code", "second_factor", "open_session")  # in the order they can be dropped
COLUMNS = ("password_until", "second_factor_since")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("user_account", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "open_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_open_session_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_session")),
        sa.UniqueConstraint("hash", name=op.f("uq_open_session_hash")),
    )
    op.create_index(op.f("ix_open_session_user_id"), "open_session", ["user_id"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "hash", name=op.f("pk_recovery_code")),
    )


def downgrade() -> None:
    """Refused while an account has a second factor; open sessions end."""
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT 1 FROM second_factor LIMIT 1")).first():
        raise RuntimeError(
            "Không thể hạ xuống: còn tài khoản dùng yếu tố thứ hai. Hãy bỏ các yếu tố này trước."
        )
    for table in TABLES:
        op.drop_table(table)
    for name in reversed(COLUMNS):
        op.drop_column("user_account", name)
