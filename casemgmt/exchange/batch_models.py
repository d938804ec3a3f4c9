"""What was imported in the browser: the file, how it was read, what it did."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy import Text as Unbounded
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import Audited, Base, Moment, Text, integers, one_of, said, whole
from casemgmt.places.models import Unit
from casemgmt.sealing import Sealed, SealedFile
from casemgmt.words import N_, _


class Stage(StrEnum):
    """What became of a file."""

    WAITING = "waiting"
    UNREADABLE = "unreadable"
    DROPPED = "dropped"
    APPLIED = "applied"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        """The words of the screens."""
        return _(_STAGES[self])


_STAGES = {
    Stage.WAITING: N_("chưa nhập"),
    Stage.UNREADABLE: N_("không đọc được"),
    Stage.DROPPED: N_("đã bỏ"),
    Stage.APPLIED: N_("đã nhập"),
    Stage.UNDONE: N_("đã hoàn tác"),
}


class ImportBatch(Audited, Base):
    """Đợt nhập: one file that an account of a unit has sent. `reading`: its cells as they were
    read (exchange.apart); `layout`: which sheet and column is which, as it was confirmed
    (exchange.layout); `earlier`: the rows that it changed, as they stood before
    (exchange.undoing). `first_entry`, `last_entry`: its entries of the audit trail,
    `undo_first_entry`, `undo_last_entry`: those of its undoing."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    file_name: Mapped[Text]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stage: Mapped[Stage] = mapped_column(one_of(Stage, "stage"), default=Stage.WAITING)
    sent_by: Mapped[str] = mapped_column(String(80))
    sent_at: Mapped[datetime] = mapped_column(Moment())
    refusal: Mapped[Text | None]
    content: Mapped[bytes | None] = mapped_column(
        SealedFile("import_batch.content"), info={"unaudited": True}, deferred=True
    )
    reading: Mapped[str | None] = mapped_column(
        Sealed("import_batch.reading"), info={"unaudited": True}, deferred=True
    )
    layout: Mapped[str | None] = mapped_column(Unbounded(), info={"unaudited": True})
    earlier: Mapped[str | None] = mapped_column(
        Sealed("import_batch.earlier"), info={"unaudited": True}, deferred=True
    )
    applied_by: Mapped[str | None] = mapped_column(String(80))
    applied_at: Mapped[datetime | None] = mapped_column(Moment())
    added: Mapped[int | None]
    changed: Mapped[int | None]
    unchanged: Mapped[int | None]
    first_entry: Mapped[int | None]
    last_entry: Mapped[int | None]
    undone_by: Mapped[str | None] = mapped_column(String(80))
    undone_at: Mapped[datetime | None] = mapped_column(Moment())
    undo_reason: Mapped[Text | None]
    undo_first_entry: Mapped[int | None]
    undo_last_entry: Mapped[int | None]
    unit: Mapped[Unit] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(stage IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name="applied_at_a_time"
        ),
        CheckConstraint(
            "(first_entry IS NULL) = (applied_at IS NULL)"
            " AND (last_entry IS NULL) = (applied_at IS NULL)"
            " AND last_entry >= first_entry",
            name="applied_with_entries",
        ),
        CheckConstraint("(stage = 'undone') = (undone_at IS NOT NULL)", name="undone_at_a_time"),
        CheckConstraint(
            "(undo_first_entry IS NULL) = (undone_at IS NULL)"
            " AND (undo_last_entry IS NULL) = (undone_at IS NULL)",
            name="undone_with_entries",
        ),
        CheckConstraint("(undo_reason IS NULL) = (undone_at IS NULL)", name="undone_for_a_reason"),
        CheckConstraint("(stage = 'unreadable') = (refusal IS NOT NULL)", name="unreadable_why"),
        *said("file_name"),
        *whole("size"),
        *integers("added", "changed", "unchanged", "first_entry", "last_entry"),
        *integers("undo_first_entry", "undo_last_entry"),
    )


class KnownLayout(Base):
    """How a unit has said that a file of this shape (a hash of the titles of its sheets and
    columns) is to be read; the next one of the same shape is read likewise."""

    __tablename__ = "known_layout"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    shape: Mapped[str] = mapped_column(String(64), primary_key=True)
    layout: Mapped[str] = mapped_column(Unbounded())

    __table_args__ = (*said("layout"),)
