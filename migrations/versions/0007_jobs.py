"""Long jobs that can be left and fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "case-files",
                "visit-forms",
                "household-list",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parameters", sa.LargeBinary(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                "stopped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=32), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (content IS NOT NULL)", name=op.f("ck_job_done_with_a_file")
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_job_failed_why")
        ),
        sa.CheckConstraint(
            "(state = 'running') = (worker IS NOT NULL)", name=op.f("ck_job_running_by_a_worker")
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'failed', 'stopped')) = (ended_at IS NOT NULL)",
            name=op.f("ck_job_ended_at_a_time"),
        ),
        sa.CheckConstraint(
            "date(as_of, '+0 days') IS as_of", name=op.f("ck_job_as_of_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("name <> ''", name=op.f("ck_job_name_is_said")),
        sa.CheckConstraint(
            "typeof(done) IN ('integer', 'null')", name=op.f("ck_job_done_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(total) IN ('integer', 'null')", name=op.f("ck_job_total_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(tries) IN ('integer', 'null')", name=op.f("ck_job_tries_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "(content IS NULL) = (sha256 IS NULL)", name=op.f("ck_job_file_with_its_hash")
        ),
        sa.CheckConstraint(
            "(worker IS NULL) = (beat_at IS NULL)", name=op.f("ck_job_worker_with_a_beat")
        ),
        sa.CheckConstraint("done <= total", name=op.f("ck_job_done_of_total")),
        sa.CheckConstraint("done >= 0", name=op.f("ck_job_done_at_least_0")),
        sa.CheckConstraint("total >= 1", name=op.f("ck_job_total_at_least_1")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_job_tries_at_least_0")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_job_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_one_runs",
        "job",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(op.f("ix_job_user_id"), "job", ["user_id"], unique=False)


def downgrade() -> None:
    """Nothing of the register is lost: papers are made again."""
    op.drop_table("job")
