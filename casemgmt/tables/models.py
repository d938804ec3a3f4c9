"""Printed tables that are kept, and findings on them that somebody has looked at and accepted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy import Text as Unbounded
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import Audited, Base, Day, Moment, Text, real_days, said
from casemgmt.places.models import Unit


class AcceptedFinding(Audited, Base):
    """Ghi chú đối chiếu: a printed cell that does not follow from the records, and the note with
    which it was accepted. In which table: its key, day, year of targets, the day of its map, what
    Biểu 3 parts by. `row`: a unit's code or `total`; `declared`: the cell as printed."""

    __tablename__ = "accepted_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column("table_name", String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    as_of: Mapped[Day]
    year: Mapped[int]
    map_day: Mapped[Day]
    basis: Mapped[str] = mapped_column(String(20))
    row: Mapped[str] = mapped_column("row_code", String(40))
    column: Mapped[str] = mapped_column("column_key", String(60))
    declared: Mapped[str] = mapped_column(String(60))
    note: Mapped[Text]
    accepted_by: Mapped[str] = mapped_column(String(80), info={"unaudited": True})
    accepted_at: Mapped[datetime] = mapped_column(Moment(), info={"unaudited": True})

    __table_args__ = (
        UniqueConstraint(
            "table_name",
            "as_of",
            "year",
            "map_day",
            "basis",
            "row_code",
            "column_key",
            "declared",
            name="uq_accepted_finding_cell",
        ),
        *said("note"),
        *real_days("as_of", "map_day"),
    )


class DeclaredTable(Audited, Base):
    """Bảng đã ký được giữ lại: a printed table as it was read from a file. Which table: its key,
    unit (None: the whole register), day, year of targets, map, what Biểu 3 parts by. `title`,
    `number`: of the paper; `file_hash`: SHA-256 of the file's bytes; `content`: its cells as
    canonical JSON (tables.kept), `hash`: that one's SHA-256. `version` counts from 1 along what it
    supersedes, `why` says why it does. Rows are only ever added."""

    __tablename__ = "declared_table"

    id: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column("table_name", String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    as_of: Mapped[Day]
    year: Mapped[int]
    map_date: Mapped[Day | None]
    basis: Mapped[str] = mapped_column(String(20))
    title: Mapped[Text]
    number: Mapped[Text | None]
    file_name: Mapped[Text]
    file_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Unbounded(), info={"unaudited": True}, deferred=True)
    hash: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("declared_table.id"), unique=True)
    why: Mapped[Text | None]
    kept_by: Mapped[str] = mapped_column(String(80))
    kept_at: Mapped[datetime] = mapped_column(Moment())
    unit: Mapped[Unit | None] = relationship()

    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("supersedes_id <> id", name="supersedes_another"),
        CheckConstraint("(supersedes_id IS NULL) = (why IS NULL)", name="supersedes_for_a_reason"),
        *said("title"),
        *real_days("as_of", "map_date"),
    )
