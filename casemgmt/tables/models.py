"""Findings on a printed table that somebody has looked at and accepted."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casemgmt.db import Audited, Base, Day, Moment, Text, real_days, said


class AcceptedFinding(Audited, Base):
    """Ghi chú đối chiếu: a printed cell that does not follow from the records, and the note with
    which it was accepted. `row`: a unit's code or `total`; `declared`: the cell as printed."""

    __tablename__ = "accepted_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column("table_name", String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    as_of: Mapped[Day]
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
            "row_code",
            "column_key",
            "declared",
            name="uq_accepted_finding_cell",
        ),
        *said("note"),
        *real_days("as_of"),
    )
