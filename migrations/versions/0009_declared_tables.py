"""Signed tables that were brought in, kept."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declared_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("map_date", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("kept_by", sa.String(length=80), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_declared_table_version_from_one")),
        sa.CheckConstraint(
            "supersedes_id <> id", name=op.f("ck_declared_table_supersedes_another")
        ),
        sa.CheckConstraint(
            "(supersedes_id IS NULL) = (why IS NULL)",
            name=op.f("ck_declared_table_supersedes_for_a_reason"),
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_declared_table_title_is_said")),
        sa.CheckConstraint(
            "date(as_of, '+0 days') IS as_of", name=op.f("ck_declared_table_as_of_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(map_date, '+0 days') IS map_date",
            name=op.f("ck_declared_table_map_date_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_declared_table_unit_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["declared_table.id"],
            name=op.f("fk_declared_table_supersedes_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_table")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_declared_table_supersedes_id")),
    )


def downgrade() -> None:
    """Refused while any table is kept."""
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT 1 FROM declared_table LIMIT 1")).first():
        raise RuntimeError(
            "Không thể hạ xuống: bảng declared_table còn dữ liệu. Hãy sao lưu rồi dùng một cơ sở"
            " dữ liệu mới."
        )
    op.drop_table("declared_table")
