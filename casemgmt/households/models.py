"""Filters that a person keeps, and records of one household that were joined."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import Audited, Base, Day, Private, Text, real_days, said
from casemgmt.register.models import Household


class SavedFilter(Audited, Base):
    """Bộ lọc đã lưu: a way to look at the list of households, kept by one account. `query` is the
    address's part behind the question mark; it holds no search text, which may name a person."""

    __tablename__ = "saved_filter"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[Text]
    query: Mapped[str] = mapped_column(String(1000))

    __table_args__ = (UniqueConstraint("user_id", "name"), *said("name"))


class JoinedRecord(Private, Audited, Base):
    """Gộp hồ sơ trùng: the record `household_id` was a second one of the household `into_id`. Its
    code leads there, and it counts nowhere on any day."""

    __tablename__ = "joined_record"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    joined_on: Mapped[Day]
    reason: Mapped[Text]
    household: Mapped[Household] = relationship(foreign_keys=[household_id])
    into: Mapped[Household] = relationship(foreign_keys=[into_id])

    __table_args__ = (
        CheckConstraint("household_id <> into_id", name="into_another"),
        *said("reason"),
        *real_days("joined_on"),
    )
