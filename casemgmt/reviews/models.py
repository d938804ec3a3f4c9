"""Rà soát: rounds of review, and what is proposed in them for each household."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
)
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
    whole,
    yes_or_no,
)
from casemgmt.organisations.models import Kind
from casemgmt.places.models import Unit
from casemgmt.register.models import Class, Household
from casemgmt.support.models import Attachment
from casemgmt.words import N_, _


class RoundKind(StrEnum):
    """Which procedure a round follows (Decision 24/2021/QĐ-TTg)."""

    PERIODIC = "periodic"  # Art. 3: once a year, 01/09-14/12
    MONTHLY = "monthly"  # Art. 5: from the 15th of a month, within 15 days

    @property
    def label(self) -> str:
        """The words of the screens."""
        return _(_ROUND_KINDS[self])


_ROUND_KINDS = {
    RoundKind.PERIODIC: N_("Rà soát định kỳ"),
    RoundKind.MONTHLY: N_("Rà soát thường xuyên"),
}


class Decider(StrEnum):
    """Who accepts what a commune proposes in a round."""

    LEVEL_ABOVE = "level_above"
    SECOND_PERSON = "second_person"  # another person of the commune than the proposer

    @property
    def label(self) -> str:
        """The words of the screens."""
        return _(_DECIDERS[self])


_DECIDERS = {
    Decider.LEVEL_ABOVE: N_("Cấp trên của xã"),
    Decider.SECOND_PERSON: N_("Người thứ hai của xã"),
}


class Round(Audited, Base):
    """Đợt rà soát of the communes under a unit, from `starts` to `last_day` (inclusive)."""

    __tablename__ = "review_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RoundKind] = mapped_column(one_of(RoundKind, "kind"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    starts: Mapped[Day]
    last_day: Mapped[Day]
    decider: Mapped[Decider] = mapped_column(one_of(Decider, "decider"))
    opened_by: Mapped[str] = mapped_column(String(80))
    closed_on: Mapped[Day | None]
    unit: Mapped[Unit] = relationship()
    communes: Mapped[list["CommuneReview"]] = relationship(back_populates="round")

    __table_args__ = (
        UniqueConstraint("kind", "unit_id", "starts"),
        CheckConstraint("last_day >= starts", name="ends_after_it_starts"),
        *real_days("starts", "last_day", "closed_on"),
    )


class CommuneReview(Audited, Base):
    """One commune's part of a round; `submitted_on`: the day on which it was sent as complete."""

    __tablename__ = "commune_review"

    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), primary_key=True)
    commune_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    submitted_on: Mapped[Day | None]
    submitted_by: Mapped[str | None] = mapped_column(String(80))
    round: Mapped[Round] = relationship(back_populates="communes")
    commune: Mapped[Unit] = relationship()

    __table_args__ = (
        CheckConstraint("(submitted_on IS NULL) = (submitted_by IS NULL)", name="sent_by_somebody"),
        *real_days("submitted_on"),
    )


class Listing(StrEnum):
    """Why a household stands in the list of a round."""

    POOR = "poor"
    NEAR_POOR = "near_poor"
    APPLIED = "applied"

    @property
    def label(self) -> str:
        """The words of the screens."""
        return _(_LISTINGS[self])


_LISTINGS = {
    Listing.POOR: N_("Đang là hộ nghèo"),
    Listing.NEAR_POOR: N_("Đang là hộ cận nghèo"),
    Listing.APPLIED: N_("Có giấy đề nghị"),
}


class State(StrEnum):
    """How far a proposal has come."""

    TO_REVIEW = "to_review"  # listed, not yet looked into
    DRAFT = "draft"  # filled in, not yet sent
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        """The word of the screens."""
        return _(_STATES[self])


_STATES = {
    State.TO_REVIEW: N_("Chưa rà soát"),
    State.DRAFT: N_("Nháp"),
    State.SUBMITTED: N_("Chờ duyệt"),
    State.RETURNED: N_("Bị trả lại"),
    State.ACCEPTED: N_("Đã duyệt"),
}


class Proposal(Private, Audited, Base):
    """What is proposed for one household in a round. Accepted, it has become a classification
    from `starts` on; it becomes one exactly once."""

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(index=True)
    commune_id: Mapped[int]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    listed: Mapped[Listing] = mapped_column(one_of(Listing, "listed"))
    state: Mapped[State] = mapped_column(one_of(State, "state"), default=State.TO_REVIEW)
    class_: Mapped[Class | None] = mapped_column("class", one_of(Class, "class"))
    minority: Mapped[bool] = mapped_column(default=False)
    social_protection: Mapped[bool] = mapped_column(default=False)
    merit: Mapped[bool] = mapped_column(default=False)
    member_of: Mapped[Kind] = mapped_column(one_of(Kind, "member_of"), default=Kind.NONE)
    score_b1: Mapped[int | None]
    score_b2: Mapped[int | None]
    reason: Mapped[Text | None]
    met_on: Mapped[Day | None]
    met_present: Mapped[int | None]
    met_agreed: Mapped[int | None]
    posted_from: Mapped[Day | None]
    posted_until: Mapped[Day | None]
    proposed_by: Mapped[str | None] = mapped_column(String(80))
    submitted_at: Mapped[datetime | None] = mapped_column(Moment())
    return_reason: Mapped[Text | None]
    return_field: Mapped[str | None] = mapped_column(String(40))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Moment())
    decision_number: Mapped[Text | None]
    decision_date: Mapped[Day | None]
    starts: Mapped[Day | None]
    version: Mapped[int] = mapped_column(info={"unaudited": True})
    household: Mapped[Household] = relationship()
    commune_review: Mapped[CommuneReview] = relationship()
    deprivations: Mapped[list["ProposedDeprivation"]] = relationship(
        cascade="all, delete-orphan", order_by="ProposedDeprivation.indicator_code"
    )
    events: Mapped[list["ProposalEvent"]] = relationship(order_by="ProposalEvent.id")
    papers: Mapped[list["ProposalPaper"]] = relationship(
        cascade="all, delete-orphan", order_by="ProposalPaper.attachment_id"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "commune_id"],
            ["commune_review.round_id", "commune_review.commune_id"],
            name="fk_proposal_commune_review",
        ),
        UniqueConstraint("round_id", "household_id"),
        CheckConstraint("class <> 'none'", name="class_is_said"),
        CheckConstraint("state = 'to_review' OR class IS NOT NULL", name="filled_in"),
        CheckConstraint("state <> 'returned' OR return_reason IS NOT NULL", name="return_reason"),
        CheckConstraint("(state = 'accepted') = (starts IS NOT NULL)", name="accepted_from_a_day"),
        CheckConstraint(
            "state <> 'accepted' OR decided_by <> proposed_by", name="decided_by_another"
        ),
        CheckConstraint("met_agreed <= met_present", name="agreed_were_present"),
        CheckConstraint("posted_until >= posted_from", name="posted_in_order"),
        *yes_or_no("minority", "social_protection", "merit"),
        *whole("score_b1"),
        *whole("score_b2"),
        *whole("met_present"),
        *whole("met_agreed"),
        *real_days("met_on", "posted_from", "posted_until", "decision_date", "starts"),
    )


class ProposedDeprivation(Private, Audited, Base):
    """Thiếu hụt found in the review."""

    __tablename__ = "proposed_deprivation"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True
    )
    standard_code: Mapped[str] = mapped_column(String(10), primary_key=True)
    indicator_code: Mapped[str] = mapped_column(String(40), primary_key=True)

    __table_args__ = (
        ForeignKeyConstraint(
            ["standard_code", "indicator_code"],
            ["indicator.standard_code", "indicator.code"],
            name="fk_proposed_deprivation_indicator",
        ),
    )


class EventKind(StrEnum):
    """One thing that happened to a proposal."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    TAKEN_BACK = "taken_back"

    @property
    def label(self) -> str:
        """The words of the screens."""
        return _(_EVENTS[self])


_EVENTS = {
    EventKind.SUBMITTED: N_("Gửi duyệt"),
    EventKind.RETURNED: N_("Trả lại"),
    EventKind.ACCEPTED: N_("Duyệt"),
    EventKind.TAKEN_BACK: N_("Rút về sửa"),
}


class ProposalEvent(Private, Audited, Base):
    """The way of a proposal between commune and decider."""

    __tablename__ = "proposal_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment())
    by: Mapped[str] = mapped_column(String(80))
    what: Mapped[EventKind] = mapped_column(one_of(EventKind, "what"))
    reason: Mapped[Text | None]
    field: Mapped[str | None] = mapped_column(String(40))


class ProposalPaper(Private, Audited, Base):
    """A paper of a proposal: the minutes of the village meeting, the household's letter."""

    __tablename__ = "proposal_paper"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True
    )
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    attachment: Mapped[Attachment] = relationship()
