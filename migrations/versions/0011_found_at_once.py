"""The newest entry that may have changed what is shown and whom an organisation leads are found at
once."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CHANGING = sa.text("what NOT IN ('read', 'signed_in', 'signed_out')")


def upgrade() -> None:
    op.create_index(
        "ix_audit_entry_changing",
        "audit_entry",
        ["id"],
        sqlite_where=CHANGING,
        postgresql_where=CHANGING,
    )
    op.create_index("ix_span_lead_sponsor", "span", ["lead_sponsor"])


def downgrade() -> None:
    op.drop_index("ix_span_lead_sponsor", "span")
    op.drop_index("ix_audit_entry_changing", "audit_entry")
