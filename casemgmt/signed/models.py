"""Signed tables: what was prepared, what was signed, by whom. What is signed is only ever added."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy import Text as Unbounded
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import Audited, Base, Day, Moment, Text, one_of, real_days
from casemgmt.places.models import Unit
from casemgmt.words import N_, _


class Stage(StrEnum):
    """What the figures are: Decision 24/2021/QĐ-TTg reports preliminary results before 15/11 and
    official ones after 14/12."""

    BASELINE = "baseline"
    MONTHLY = "monthly"
    PRELIMINARY = "preliminary"
    OFFICIAL = "official"

    @property
    def label(self) -> str:
        """The words of screens and papers."""
        return _(STAGES[self])


STAGES = {
    Stage.BASELINE: N_("Đầu kỳ"),
    Stage.MONTHLY: N_("Hằng tháng"),
    Stage.PRELIMINARY: N_("Sơ bộ"),
    Stage.OFFICIAL: N_("Chính thức"),
}


class _Asked:
    """Which table: its key, days, unit (None: the whole register), year of targets, map, and
    what Biểu 3 parts by. `content`: canonical JSON of every cell and the households behind it
    (signed.content); `hash`: its SHA-256."""

    table_name: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    start: Mapped[Day | None]
    as_of: Mapped[Day]
    year: Mapped[int]
    map_date: Mapped[Day | None]
    basis: Mapped[str] = mapped_column(String(20))
    stage: Mapped[Stage] = mapped_column(one_of(Stage, "stage"))
    number: Mapped[Text | None]
    why: Mapped[Text | None]
    content: Mapped[str] = mapped_column(Unbounded(), info={"unaudited": True}, deferred=True)
    hash: Mapped[str] = mapped_column(String(64))
    prepared_by: Mapped[str] = mapped_column(String(80))
    prepared_at: Mapped[datetime] = mapped_column(Moment())


class PreparedTable(_Asked, Audited, Base):
    """A table that waits for its first signature, or was taken back. `why`: why it supersedes an
    earlier one."""

    __tablename__ = "prepared_table"

    id: Mapped[int] = mapped_column(primary_key=True)
    supersedes_id: Mapped[int | None]  # no foreign key: that of signed_table follows from it
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment())
    withdraw_reason: Mapped[Text | None]
    unit: Mapped[Unit | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdraw_reason IS NULL)", name="withdrawn_for_a_reason"
        ),
        CheckConstraint("supersedes_id IS NULL OR why IS NOT NULL", name="supersedes_for_a_reason"),
        *real_days("start", "as_of", "map_date"),
    )


class SignedTable(_Asked, Audited, Base):
    """A signed table, frozen at its first signature. `version` counts from 1 along what it
    supersedes; `chain_entry`, `chain_head`: the newest audit entry before it."""

    __tablename__ = "signed_table"

    id: Mapped[int] = mapped_column(primary_key=True)
    prepared_id: Mapped[int] = mapped_column(ForeignKey("prepared_table.id"), unique=True)
    version: Mapped[int]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("signed_table.id"), unique=True)
    chain_entry: Mapped[int]
    chain_head: Mapped[str] = mapped_column(String(64))
    unit: Mapped[Unit | None] = relationship()
    signatures: Mapped[list["Signature"]] = relationship(order_by="Signature.place")

    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("supersedes_id <> id", name="supersedes_another"),
        CheckConstraint("supersedes_id IS NULL OR why IS NOT NULL", name="supersedes_for_a_reason"),
        *real_days("start", "as_of", "map_date"),
    )


class Signature(Audited, Base):
    """One signature, in its place (1: the unit itself, 2: the reviewing level above it), and the
    paper as it was printed with it."""

    __tablename__ = "signature"

    signed_id: Mapped[int] = mapped_column(ForeignKey("signed_table.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signed_by: Mapped[str] = mapped_column(String(80))
    signed_at: Mapped[datetime] = mapped_column(Moment())
    document: Mapped[bytes] = mapped_column(LargeBinary(), info={"unaudited": True}, deferred=True)
    document_hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("place IN (1, 2)", name="place"),)
