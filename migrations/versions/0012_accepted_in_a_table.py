"""A finding is accepted in one table: also of its year of targets, its map, its basis."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OF_BEFORE = ["table_name", "as_of", "row_code", "column_key", "declared"]
OF_A_TABLE = ["table_name", "as_of", "year", "map_day", "basis", *OF_BEFORE[2:]]
CELL = "uq_accepted_finding_cell"


def upgrade() -> None:
    """What was accepted before was told of no year, map and basis: it counts for the usual ones."""
    op.add_column("accepted_finding", sa.Column("year", sa.Integer(), nullable=True))
    op.add_column("accepted_finding", sa.Column("map_day", sa.Date(), nullable=True))
    op.add_column("accepted_finding", sa.Column("basis", sa.String(length=20), nullable=True))
    found = _findings()
    usual = {
        "year": sa.extract("year", found.c.as_of),
        "map_day": found.c.as_of,
        "basis": "sponsor",
    }
    op.execute(found.update().values(**usual))
    with op.batch_alter_table("accepted_finding", copy_from=_as_made(found, OF_BEFORE)) as table:
        for column in ("year", "map_day", "basis"):
            table.alter_column(column, nullable=False)
        table.drop_constraint(CELL, type_="unique")
        table.create_unique_constraint(CELL, OF_A_TABLE)
        if op.get_bind().dialect.name == "sqlite":
            table.create_check_constraint(
                op.f("ck_accepted_finding_map_day_is_a_day"), "date(map_day, '+0 days') IS map_day"
            )


def downgrade() -> None:
    """Refused where a cell is accepted in several tables that were one before."""
    found = _findings()
    cell = [found.c[name] for name in OF_BEFORE]
    several = sa.select(*cell).group_by(*cell).having(sa.func.count() > 1).limit(1)
    if op.get_bind().execute(several).first():
        raise RuntimeError(
            "Không thể hạ xuống: bảng accepted_finding còn dữ liệu. Hãy sao lưu rồi dùng một cơ sở"
            " dữ liệu mới."
        )
    with op.batch_alter_table("accepted_finding", copy_from=_as_made(found, OF_A_TABLE)) as table:
        table.drop_constraint(CELL, type_="unique")
        table.create_unique_constraint(CELL, OF_BEFORE)
        for column in ("year", "map_day", "basis"):
            table.drop_column(column)


def _findings() -> sa.Table:
    return sa.Table(
        "accepted_finding",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("row_code", sa.String(length=40), nullable=False),
        sa.Column("column_key", sa.String(length=60), nullable=False),
        sa.Column("declared", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("accepted_by", sa.String(length=80), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("map_day", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "date(as_of, '+0 days') IS as_of", name=op.f("ck_accepted_finding_as_of_is_a_day")
        ),
        sa.CheckConstraint("note <> ''", name=op.f("ck_accepted_finding_note_is_said")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_accepted_finding_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_finding")),
    )


def _as_made(table: sa.Table, cell: list[str]) -> sa.Table:
    """The table with the constraint of its cells: SQLite makes it anew from this."""
    table.append_constraint(sa.UniqueConstraint(*cell, name=CELL))
    return table
