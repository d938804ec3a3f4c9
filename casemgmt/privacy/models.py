"""Requests of data subjects: what somebody asks about their own data, and how it is answered."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import (
    Audited,
    Base,
    Day,
    Moment,
    Private,
    Text,
    one_of,
    real_days,
    said,
    yes_or_no,
)
from casemgmt.privacy.limits import Right
from casemgmt.register.models import Household
from casemgmt.sealing import Sealed
from casemgmt.words import N_, _


class Capacity(StrEnum):
    """In what capacity somebody asks."""

    SELF = "self"
    PARENT = "parent"
    REPRESENTATIVE = "representative"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word of the screens."""
        return _(_CAPACITIES[self])


_CAPACITIES = {
    Capacity.SELF: N_("Chính người đó"),
    Capacity.PARENT: N_("Cha, mẹ hoặc người giám hộ"),
    Capacity.REPRESENTATIVE: N_("Người được ủy quyền"),
    Capacity.OTHER: N_("Người khác"),
}


class Outcome(StrEnum):
    """What became of a request."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"  # by the one who asked

    @property
    def label(self) -> str:
        """The word of the screens."""
        return _(_OUTCOMES[self])


_OUTCOMES = {
    Outcome.DONE: N_("Đã làm theo yêu cầu"),
    Outcome.PARTLY: N_("Làm theo một phần"),
    Outcome.REFUSED: N_("Không làm theo"),
    Outcome.TAKEN_BACK: N_("Người yêu cầu rút lại"),
}


class DataRequest(Private, Audited, Base):
    """Yêu cầu của chủ thể dữ liệu, about a household of the register or somebody in it.
    `asked_by`: who asks, `capacity`: in what capacity; `content`: about whom, and what exactly;
    `others`: whether somebody else who was given the data must be turned to. `confirmed_on`: when
    the one who asked was told that it is dealt with; `due_on`: the last day for the answer (see
    `limits`), later where it was extended once, with a reason."""

    __tablename__ = "data_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    asked_by: Mapped[Text]
    capacity: Mapped[Capacity] = mapped_column(one_of(Capacity, "capacity"))
    right: Mapped[Right] = mapped_column("asked_for", one_of(Right, "asked_for"))
    content: Mapped[str] = mapped_column(Sealed("data_request.content"), info={"secret": True})
    others: Mapped[bool] = mapped_column(default=False)
    received_on: Mapped[Day]
    due_on: Mapped[Day]
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime] = mapped_column(Moment())
    confirmed_on: Mapped[Day | None]
    extended_on: Mapped[Day | None]
    extension_reason: Mapped[Text | None]
    outcome: Mapped[Outcome | None] = mapped_column(one_of(Outcome, "outcome"))
    answer: Mapped[str | None] = mapped_column(Sealed("data_request.answer"), info={"secret": True})
    answered_on: Mapped[Day | None]
    answered_by: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(info={"unaudited": True})
    household: Mapped[Household] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        *said("asked_by"),
        *yes_or_no("others"),
        *real_days("received_on", "due_on", "confirmed_on", "extended_on", "answered_on"),
        CheckConstraint("due_on > received_on", name="due_after_it_is_received"),
        CheckConstraint(
            "confirmed_on >= received_on AND extended_on >= received_on"
            " AND answered_on >= received_on",
            name="dealt_with_after_it_is_received",
        ),
        CheckConstraint(
            "(extended_on IS NULL) = (extension_reason IS NULL)", name="extended_for_a_reason"
        ),
        CheckConstraint("(outcome IS NULL) = (answered_on IS NULL)", name="answered_on_a_day"),
        CheckConstraint("(outcome IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"),
        CheckConstraint(
            "outcome NOT IN ('partly', 'refused') OR answer IS NOT NULL",
            name="refused_with_an_answer",
        ),
    )

    @property
    def waits(self) -> bool:
        """Whether it is still to be answered."""
        return self.outcome is None

    def late(self, day: date) -> bool:
        """Whether its answer is past its last day."""
        return self.waits and self.due_on < day
