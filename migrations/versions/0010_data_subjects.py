"""Requests of data subjects."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column(
            "capacity",
            sa.Enum(
                "self",
                "parent",
                "representative",
                "other",
                name="capacity",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "asked_for",
            sa.Enum(
                "see",
                "copy",
                "correct",
                "delete",
                "restrict",
                "object",
                "withdraw",
                name="asked_for",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("others", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.String(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "done",
                "partly",
                "refused",
                "taken_back",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("asked_by <> ''", name=op.f("ck_data_request_asked_by_is_said")),
        sa.CheckConstraint(
            "date(answered_on, '+0 days') IS answered_on",
            name=op.f("ck_data_request_answered_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(confirmed_on, '+0 days') IS confirmed_on",
            name=op.f("ck_data_request_confirmed_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(due_on, '+0 days') IS due_on", name=op.f("ck_data_request_due_on_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(extended_on, '+0 days') IS extended_on",
            name=op.f("ck_data_request_extended_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(received_on, '+0 days') IS received_on",
            name=op.f("ck_data_request_received_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "outcome NOT IN ('partly', 'refused') OR answer IS NOT NULL",
            name=op.f("ck_data_request_refused_with_an_answer"),
        ),
        sa.CheckConstraint(
            "(extended_on IS NULL) = (extension_reason IS NULL)",
            name=op.f("ck_data_request_extended_for_a_reason"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_data_request_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_on IS NULL)",
            name=op.f("ck_data_request_answered_on_a_day"),
        ),
        sa.CheckConstraint(
            "confirmed_on >= received_on AND extended_on >= received_on"
            " AND answered_on >= received_on",
            name=op.f("ck_data_request_dealt_with_after_it_is_received"),
        ),
        sa.CheckConstraint(
            "due_on > received_on", name=op.f("ck_data_request_due_after_it_is_received")
        ),
        sa.CheckConstraint(
            "others IN (0, 1)", name=op.f("ck_data_request_others_is_yes_or_no")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_data_request_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index(
        op.f("ix_data_request_household_id"), "data_request", ["household_id"], unique=False
    )


def downgrade() -> None:
    """Refused while it holds rows of the register."""
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT 1 FROM data_request LIMIT 1")).first():
        raise RuntimeError(
            "Không thể hạ xuống: bảng data_request còn dữ liệu. Hãy sao lưu rồi dùng một cơ sở dữ"
            " liệu mới."
        )
    op.drop_table("data_request")
