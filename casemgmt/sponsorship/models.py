"""Requests to sponsor a household, and the plan by which it is to leave poverty."""

from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import Audited, Base, Day, Private, Text, integers, one_of, real_days, said
from casemgmt.organisations.models import Organisation
from casemgmt.register.models import Household
from casemgmt.words import N_, _


class Answer(StrEnum):
    """What became of a request to sponsor."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by the organisation that asked
    STALE = "stale"  # somebody else became the lead meanwhile

    @property
    def label(self) -> str:
        """The word of the screens."""
        return _(_ANSWERS[self])


_ANSWERS = {
    Answer.WAITING: N_("Chờ xã trả lời"),
    Answer.ACCEPTED: N_("Đã nhận"),
    Answer.DECLINED: N_("Không nhận"),
    Answer.WITHDRAWN: N_("Đã rút"),
    Answer.STALE: N_("Hết hiệu lực"),
}


class SponsorRequest(Private, Audited, Base):
    """Đề nghị nhận đỡ đầu: an organisation asks to lead the help to a household. One organisation
    has at most one waiting request for a household. `answer_reason` is said when the request is
    declined, withdrawn or stale."""

    __tablename__ = "sponsor_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    asked_on: Mapped[Day]
    asked_by: Mapped[str] = mapped_column(String(80))
    message: Mapped[Text | None]
    answer: Mapped[Answer] = mapped_column(one_of(Answer, "answer"), default=Answer.WAITING)
    answered_on: Mapped[Day | None]
    answered_by: Mapped[str | None] = mapped_column(String(80))
    answer_reason: Mapped[Text | None]
    version: Mapped[int] = mapped_column(info={"unaudited": True})
    household: Mapped[Household] = relationship()
    organisation: Mapped[Organisation] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index(
            "uq_sponsor_request_waiting",
            "household_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("answer = 'waiting'"),
            postgresql_where=text("answer = 'waiting'"),
        ),
        CheckConstraint("(answer = 'waiting') = (answered_on IS NULL)", name="answered_on_a_day"),
        CheckConstraint(
            "answer IN ('waiting', 'accepted') OR answer_reason IS NOT NULL",
            name="refused_for_a_reason",
        ),
        CheckConstraint("answered_on >= asked_on", name="answered_after_it_is_asked"),
        *real_days("asked_on", "answered_on"),
    )


class Cause(StrEnum):
    """Nguyên nhân nghèo, as the survey form of Circular 07/2021/TT-BLĐTBXH lists them."""

    NO_LAND = "no_land"
    NO_CAPITAL = "no_capital"
    NO_LABOUR = "no_labour"
    NO_TOOLS = "no_tools"
    NO_KNOWLEDGE = "no_knowledge"
    NO_SKILLS = "no_skills"
    ILLNESS = "illness"  # health: shown only to those who may see private fields
    OTHER = "other"

    @property
    def label(self) -> str:
        """The words of the form."""
        return _(_CAUSES[self])


_CAUSES = {
    Cause.NO_LAND: N_("Không có đất sản xuất"),
    Cause.NO_CAPITAL: N_("Không có vốn sản xuất, kinh doanh"),
    Cause.NO_LABOUR: N_("Không có lao động"),
    Cause.NO_TOOLS: N_("Không có công cụ, phương tiện sản xuất"),
    Cause.NO_KNOWLEDGE: N_("Không có kiến thức về sản xuất"),
    Cause.NO_SKILLS: N_("Không có kỹ năng lao động, sản xuất"),
    Cause.ILLNESS: N_("Có người ốm đau, bệnh nặng, tai nạn"),
    Cause.OTHER: N_("Nguyên nhân khác"),
}


class ExitPlan(Private, Audited, Base):
    """Kế hoạch thoát nghèo of a household for a year: what it needs and wishes, why it is poor,
    goals and the steps to them."""

    __tablename__ = "exit_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    year: Mapped[int]
    surveyed_on: Mapped[Day]
    wishes: Mapped[Text | None]
    strengths: Mapped[Text | None]
    made_by: Mapped[str] = mapped_column(String(80), info={"unaudited": True})
    version: Mapped[int] = mapped_column(info={"unaudited": True})
    household: Mapped[Household] = relationship()
    causes: Mapped[list["PlanCause"]] = relationship(
        cascade="all, delete-orphan", order_by="PlanCause.cause", back_populates="plan"
    )
    goals: Mapped[list["Goal"]] = relationship(
        cascade="all, delete-orphan", order_by="Goal.id", back_populates="plan"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("household_id", "year"),
        CheckConstraint("year BETWEEN 1990 AND 2100", name="year"),
        *integers("year"),
        *real_days("surveyed_on"),
    )


class PlanCause(Private, Audited, Base):
    """One cause of poverty that the survey found."""

    __tablename__ = "plan_cause"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("exit_plan.id", ondelete="CASCADE"), primary_key=True
    )
    cause: Mapped[Cause] = mapped_column(one_of(Cause, "cause"), primary_key=True)
    plan: Mapped[ExitPlan] = relationship(back_populates="causes")

    @property
    def household_id(self) -> int:
        """The household that it is about: whose trail its entries are."""
        return self.plan.household_id


class Goal(Private, Audited, Base):
    """Mục tiêu of a plan: a deprivation to be overcome, or (without an indicator) income."""

    __tablename__ = "goal"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("exit_plan.id", ondelete="CASCADE"), index=True)
    standard_code: Mapped[str | None] = mapped_column(String(10))
    indicator_code: Mapped[str | None] = mapped_column(String(40))
    content: Mapped[Text]
    reached_on: Mapped[Day | None]
    plan: Mapped[ExitPlan] = relationship(back_populates="goals")
    steps: Mapped[list["Step"]] = relationship(
        cascade="all, delete-orphan", order_by="Step.due_on, Step.id", back_populates="goal"
    )

    __table_args__ = (
        ForeignKeyConstraint(
            ["standard_code", "indicator_code"],
            ["indicator.standard_code", "indicator.code"],
            name="fk_goal_indicator",
        ),
        CheckConstraint(
            "(standard_code IS NULL) = (indicator_code IS NULL)", name="indicator_of_a_standard"
        ),
        *said("content"),
        *real_days("reached_on"),
    )

    @property
    def household_id(self) -> int:
        """The household that it is about: whose trail its entries are."""
        return self.plan.household_id


class Step(Private, Audited, Base):
    """Việc cần làm for a goal: what, by whom, by which day (inclusive)."""

    __tablename__ = "step"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), index=True)
    content: Mapped[Text]
    who: Mapped[Text | None]
    due_on: Mapped[Day]
    done_on: Mapped[Day | None]
    goal: Mapped[Goal] = relationship(back_populates="steps")

    __table_args__ = (*said("content"), *real_days("due_on", "done_on"))

    @property
    def household_id(self) -> int:
        """The household that it is about: whose trail its entries are."""
        return self.goal.plan.household_id
