"""What was given to a household, promised to it, and seen there."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import (
    Audited,
    Base,
    Code,
    Day,
    Dong,
    Moment,
    Private,
    Text,
    Thousandths,
    one_of,
    real_days,
    said,
    whole,
    yes_or_no,
)
from casemgmt.organisations.models import Organisation
from casemgmt.register.models import Household
from casemgmt.words import N_, _


class SupportKind(Audited, Base):
    """Hình thức giúp đỡ. Loans are never added to gifts."""

    __tablename__ = "support_kind"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    is_loan: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]

    __table_args__ = (*said("name"), *yes_or_no("is_loan"))


class SupportAction(Private, Audited, Base):
    """Hoạt động hỗ trợ: one thing given, or one loan, on a day. `value` in whole đồng, None:
    not valued. A voided one stays, with its reason, and counts nowhere."""

    __tablename__ = "support_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    given_on: Mapped[Day]
    kind_name: Mapped[str] = mapped_column(ForeignKey("support_kind.name"))
    content: Mapped[Text | None]
    quantity: Mapped[Decimal | None] = mapped_column(Thousandths())
    unit: Mapped[Text | None]
    value: Mapped[Dong | None]
    source: Mapped[Text | None]
    recorded_by: Mapped[str] = mapped_column(String(80), info={"unaudited": True})
    recorded_at: Mapped[datetime] = mapped_column(Moment(), info={"unaudited": True})
    voided_at: Mapped[datetime | None] = mapped_column(Moment())
    void_reason: Mapped[Text | None]
    version: Mapped[int] = mapped_column(info={"unaudited": True})
    household: Mapped[Household] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    kind: Mapped[SupportKind] = relationship()
    pictures: Mapped[list["Attachment"]] = relationship(viewonly=True, order_by="Attachment.id")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        *said("code"),
        *whole("quantity"),
        *whole("value"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_for_a_reason"),
        *real_days("given_on"),
    )


class Situation(StrEnum):
    """How a household fares, compared with the visit before."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"

    @property
    def label(self) -> str:
        """The word of the screens."""
        return _(_SITUATIONS[self])


_SITUATIONS = {
    Situation.BETTER: N_("Khá lên"),
    Situation.SAME: N_("Như cũ"),
    Situation.WORSE: N_("Khó khăn hơn"),
}


class Visit(Private, Audited, Base):
    """Thăm hộ: one visit to a household, by an organisation (None: by the commune). `next_on`:
    the day agreed for the next one. A voided visit stays, with its reason, and counts nowhere."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    visited_on: Mapped[Day]
    met: Mapped[Text | None]
    situation: Mapped[Situation] = mapped_column(one_of(Situation, "situation"))
    done: Mapped[Text | None]
    wishes: Mapped[Text | None]
    next_on: Mapped[Day | None]
    recorded_by: Mapped[str] = mapped_column(String(80), info={"unaudited": True})
    recorded_at: Mapped[datetime] = mapped_column(Moment(), info={"unaudited": True})
    voided_at: Mapped[datetime | None] = mapped_column(Moment())
    void_reason: Mapped[Text | None]
    version: Mapped[int] = mapped_column(info={"unaudited": True})
    household: Mapped[Household] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    pictures: Mapped[list["Attachment"]] = relationship(viewonly=True, order_by="Attachment.id")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_visit_household_id_visited_on", "household_id", "visited_on"),
        CheckConstraint("next_on > visited_on", name="next_is_later"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_for_a_reason"),
        *real_days("visited_on", "next_on"),
    )


class Promise(Private, Audited, Base):
    """Cam kết hỗ trợ: what an organisation promises a household by `due_on` (inclusive). It is
    kept by a support action, or dropped for a reason, or still open. `value` in whole đồng."""

    __tablename__ = "promise"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind_name: Mapped[str] = mapped_column(ForeignKey("support_kind.name"))
    content: Mapped[Text | None]
    quantity: Mapped[Decimal | None] = mapped_column(Thousandths())
    unit: Mapped[Text | None]
    value: Mapped[Dong | None]
    promised_on: Mapped[Day]
    due_on: Mapped[Day]
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("support_action.id"), unique=True)
    dropped_on: Mapped[Day | None]
    drop_reason: Mapped[Text | None]
    recorded_by: Mapped[str] = mapped_column(String(80), info={"unaudited": True})
    recorded_at: Mapped[datetime] = mapped_column(Moment(), info={"unaudited": True})
    version: Mapped[int] = mapped_column(info={"unaudited": True})
    household: Mapped[Household] = relationship()
    organisation: Mapped[Organisation] = relationship()
    kind: Mapped[SupportKind] = relationship()
    kept_by: Mapped[SupportAction | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        *whole("quantity"),
        *whole("value"),
        CheckConstraint("due_on >= promised_on", name="due_after_it_is_promised"),
        CheckConstraint(
            "(dropped_on IS NULL) = (drop_reason IS NULL)", name="dropped_for_a_reason"
        ),
        CheckConstraint("kept_by_id IS NULL OR dropped_on IS NULL", name="kept_or_dropped"),
        *real_days("promised_on", "due_on", "dropped_on"),
    )


class Attachment(Private, Audited, Base):
    """Ảnh, tài liệu: a picture that shows a visit or a support action, or a paper of a review.
    `content` holds at most 300 kB; a picture has been encoded anew, without its EXIF."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("support_action.id"), index=True)
    name: Mapped[Text]
    media_type: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes] = mapped_column(LargeBinary(), info={"unaudited": True}, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    added_by: Mapped[str] = mapped_column(String(80), info={"unaudited": True})
    added_at: Mapped[datetime] = mapped_column(Moment(), info={"unaudited": True})
    household: Mapped[Household] = relationship()

    __table_args__ = (
        *said("name"),
        CheckConstraint("length(content) <= 307200", name="at_most_300_kb"),
    )
