"""Signed tables: what was prepared, what was signed and by whom, as it was printed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "signature",
    "signed_table",
    "prepared_table",
)  # in the order in which they can be dropped


def upgrade() -> None:
    op.create_table(
        "prepared_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdraw_reason", sa.String(), nullable=True),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("map_date", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "baseline",
                "monthly",
                "preliminary",
                "official",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.String(length=80), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "date(as_of, '+0 days') IS as_of", name=op.f("ck_prepared_table_as_of_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(map_date, '+0 days') IS map_date",
            name=op.f("ck_prepared_table_map_date_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(start, '+0 days') IS start", name=op.f("ck_prepared_table_start_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdraw_reason IS NULL)",
            name=op.f("ck_prepared_table_withdrawn_for_a_reason"),
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR why IS NOT NULL",
            name=op.f("ck_prepared_table_supersedes_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_prepared_table_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_table")),
    )
    op.create_table(
        "signed_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prepared_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("chain_entry", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("map_date", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "baseline",
                "monthly",
                "preliminary",
                "official",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.String(length=80), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "date(as_of, '+0 days') IS as_of", name=op.f("ck_signed_table_as_of_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(map_date, '+0 days') IS map_date", name=op.f("ck_signed_table_map_date_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(start, '+0 days') IS start", name=op.f("ck_signed_table_start_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR why IS NOT NULL",
            name=op.f("ck_signed_table_supersedes_for_a_reason"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_signed_table_version_from_one")),
        sa.CheckConstraint("supersedes_id <> id", name=op.f("ck_signed_table_supersedes_another")),
        sa.ForeignKeyConstraint(
            ["prepared_id"], ["prepared_table.id"], name=op.f("fk_signed_table_prepared_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["signed_table.id"], name=op.f("fk_signed_table_supersedes_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_signed_table_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_table")),
        sa.UniqueConstraint("prepared_id", name=op.f("uq_signed_table_prepared_id")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_signed_table_supersedes_id")),
    )
    op.create_table(
        "signature",
        sa.Column("signed_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signed_by", sa.String(length=80), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("document_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_signature_place")),
        sa.ForeignKeyConstraint(
            ["signed_id"], ["signed_table.id"], name=op.f("fk_signature_signed_id")
        ),
        sa.PrimaryKeyConstraint("signed_id", "place", name=op.f("pk_signature")),
    )


def downgrade() -> None:
    """Refused while any of it holds rows of the register."""
    connection = op.get_bind()
    for table in TABLES:
        if connection.execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise RuntimeError(
                f"Không thể hạ xuống: bảng {table} còn dữ liệu. Hãy sao lưu rồi dùng một cơ sở"
                " dữ liệu mới."
            )
    for table in TABLES:
        op.drop_table(table)
