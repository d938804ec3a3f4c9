"""Imports in the browser: what was sent, how it is read, what it did, how it is taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "known_layout",
    "import_batch",
)  # in the order in which they can be dropped


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "waiting",
                "unreadable",
                "dropped",
                "applied",
                "undone",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("reading", sa.LargeBinary(), nullable=True),
        sa.Column("layout", sa.Text(), nullable=True),
        sa.Column("earlier", sa.LargeBinary(), nullable=True),
        sa.Column("applied_by", sa.String(length=80), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=True),
        sa.Column("unchanged", sa.Integer(), nullable=True),
        sa.Column("first_entry", sa.Integer(), nullable=True),
        sa.Column("last_entry", sa.Integer(), nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_reason", sa.String(), nullable=True),
        sa.Column("undo_first_entry", sa.Integer(), nullable=True),
        sa.Column("undo_last_entry", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(stage = 'undone') = (undone_at IS NOT NULL)",
            name=op.f("ck_import_batch_undone_at_a_time"),
        ),
        sa.CheckConstraint(
            "(stage = 'unreadable') = (refusal IS NOT NULL)",
            name=op.f("ck_import_batch_unreadable_why"),
        ),
        sa.CheckConstraint(
            "(stage IN ('applied', 'undone')) = (applied_at IS NOT NULL)",
            name=op.f("ck_import_batch_applied_at_a_time"),
        ),
        sa.CheckConstraint("file_name <> ''", name=op.f("ck_import_batch_file_name_is_said")),
        sa.CheckConstraint(
            "typeof(added) IN ('integer', 'null')", name=op.f("ck_import_batch_added_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(changed) IN ('integer', 'null')", name=op.f("ck_import_batch_changed_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(first_entry) IN ('integer', 'null')",
            name=op.f("ck_import_batch_first_entry_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(last_entry) IN ('integer', 'null')",
            name=op.f("ck_import_batch_last_entry_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(size) IN ('integer', 'null')", name=op.f("ck_import_batch_size_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(unchanged) IN ('integer', 'null')",
            name=op.f("ck_import_batch_unchanged_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(undo_first_entry) IN ('integer', 'null')",
            name=op.f("ck_import_batch_undo_first_entry_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(undo_last_entry) IN ('integer', 'null')",
            name=op.f("ck_import_batch_undo_last_entry_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "(first_entry IS NULL) = (applied_at IS NULL)"
            " AND (last_entry IS NULL) = (applied_at IS NULL)"
            " AND last_entry >= first_entry",
            name=op.f("ck_import_batch_applied_with_entries"),
        ),
        sa.CheckConstraint(
            "(undo_first_entry IS NULL) = (undone_at IS NULL)"
            " AND (undo_last_entry IS NULL) = (undone_at IS NULL)",
            name=op.f("ck_import_batch_undone_with_entries"),
        ),
        sa.CheckConstraint(
            "(undo_reason IS NULL) = (undone_at IS NULL)",
            name=op.f("ck_import_batch_undone_for_a_reason"),
        ),
        sa.CheckConstraint("size >= 0", name=op.f("ck_import_batch_size_at_least_0")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_import_batch_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(op.f("ix_import_batch_unit_id"), "import_batch", ["unit_id"], unique=False)
    op.create_table(
        "known_layout",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.CheckConstraint("layout <> ''", name=op.f("ck_known_layout_layout_is_said")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_known_layout_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "shape", name=op.f("pk_known_layout")),
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
