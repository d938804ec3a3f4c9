"""Failed sign-ins, which slow down those who guess passwords."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    for column in ("at", "account", "source"):
        op.create_index(op.f(f"ix_sign_in_failure_{column}"), "sign_in_failure", [column])


def downgrade() -> None:
    """Only forgets recent failures: nothing of the register."""
    op.drop_table("sign_in_failure")
