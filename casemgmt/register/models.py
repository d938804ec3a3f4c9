"""The core: households, who lives in them, and the three dated facts about them.

A fact (stay, classification, lead) is keyed by household and first day. It holds until its written
last day or until the day before the household's next fact of the kind, whichever is first, so the
database itself cannot hold two of a kind on one day. What follows from the facts is the timeline,
`Span`, which register.timeline derives and nobody else writes."""

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from casemgmt import sealing, vietnamese
from casemgmt.db import (
    Audited,
    Base,
    Code,
    Day,
    Private,
    Text,
    integers,
    one_of,
    real_days,
    said,
    whole,
    yes_or_no,
)
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places.models import Unit
from casemgmt.typed import Birth
from casemgmt.words import _


class Class(StrEnum):
    """Phân loại: the class of a household (Decree 07/2021/NĐ-CP, Art. 3)."""

    POOR = "poor"
    NEAR_POOR = "near_poor"
    NOT_POOR = "not_poor"
    NONE = "none"  # never classified; only in the timeline

    @property
    def label(self) -> str:
        """The word of screens and workbooks."""
        return _(_CLASS_LABELS[self])


_CLASS_LABELS = {
    Class.POOR: "Hộ nghèo",
    Class.NEAR_POOR: "Hộ cận nghèo",
    Class.NOT_POOR: "Hộ không nghèo",
    Class.NONE: "Chưa phân loại",
}


class Relation(StrEnum):
    """Quan hệ với chủ hộ; the value is the word of screens and workbooks."""

    HEAD = "Chủ hộ"
    WIFE = "Vợ"
    HUSBAND = "Chồng"
    CHILD = "Con"
    DAUGHTER_IN_LAW = "Con dâu"
    SON_IN_LAW = "Con rể"
    FATHER = "Bố"
    MOTHER = "Mẹ"
    GRANDFATHER = "Ông"
    GRANDMOTHER = "Bà"
    ELDER_BROTHER = "Anh"
    ELDER_SISTER = "Chị"
    YOUNGER_SIBLING = "Em"
    GRANDCHILD = "Cháu"
    OTHER = "Khác"


class Sex(StrEnum):
    """Giới tính."""

    MALE = "Nam"
    FEMALE = "Nữ"


class Arrival(StrEnum):
    """Lý do đến of a stay; None where the household simply lived there."""

    MOVED_IN = "chuyển đến"
    SPLIT = "tách hộ"


class Departure(StrEnum):
    """Lý do đi of a stay."""

    MOVED_OUT = "chuyển đi"
    MERGED = "nhập hộ"
    DISSOLVED = "giải thể"


class Standard(Audited, Base):
    """A poverty standard and the days on which classifications follow it. `cut_rural` and
    `cut_urban` are the highest B1 points of a household under the income line; None where the
    standard was not scored so. `lines` are đồng per person and month."""

    __tablename__ = "standard"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[Text]
    document: Mapped[Text]
    starts: Mapped[Day] = mapped_column(unique=True)
    last_day: Mapped[Day]
    line_rural: Mapped[int]
    line_urban: Mapped[int]
    cut_rural: Mapped[int | None]
    cut_urban: Mapped[int | None]
    least_b2: Mapped[int | None]  # deprivation points from which a household is poor
    indicators: Mapped[list["Indicator"]] = relationship(order_by="Indicator.position")

    __table_args__ = (
        CheckConstraint("last_day >= starts", name="ends_after_it_starts"),
        *real_days("starts", "last_day"),
    )


class Indicator(Audited, Base):
    """One deprivation indicator of a standard."""

    __tablename__ = "indicator"

    standard_code: Mapped[str] = mapped_column(ForeignKey("standard.code"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    name: Mapped[Text]
    dimension: Mapped[Text]


class Household(Private, Audited, Base):
    """A household, for all time. Where it lives, its class and its sponsors are facts."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    head_name: Mapped[Text]
    head_search: Mapped[str] = mapped_column(info={"unaudited": True}, index=True)
    head_order: Mapped[bytes] = mapped_column(LargeBinary(), info={"unaudited": True})
    address: Mapped[Text | None]
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    note: Mapped[str | None] = mapped_column(
        sealing.Sealed("household.note"), info={"secret": True}
    )
    version: Mapped[int] = mapped_column(info={"unaudited": True})

    members: Mapped[list["Member"]] = relationship(back_populates="household", order_by="Member.id")
    stays: Mapped[list["Stay"]] = relationship(
        back_populates="household", foreign_keys="Stay.household_id", order_by="Stay.starts"
    )
    classifications: Mapped[list["Classification"]] = relationship(
        back_populates="household", order_by="Classification.starts"
    )
    leads: Mapped[list["Lead"]] = relationship(back_populates="household", order_by="Lead.starts")
    supporters: Mapped[list["Supporter"]] = relationship(
        back_populates="household", order_by="Supporter.starts"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (*said("code", "head_name"),)

    @validates("head_name")
    def _keep_keys(self, _key: str, name: str) -> str:
        name = vietnamese.clean(name)
        self.head_search = vietnamese.fold(name)
        self.head_order = vietnamese.name_key(name)
        return name


class Member(Private, Audited, Base):
    """A person in a household, from `starts` (None: unknown) to `last_day` (inclusive; None:
    still). A birth date may be a year alone. The CCCD is sealed; `citizen_digest` finds equal
    ones, `tail_digest` equal last four digits."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    name: Mapped[Text]
    name_search: Mapped[str] = mapped_column(info={"unaudited": True}, index=True)
    relation: Mapped[Relation] = mapped_column(one_of(Relation, "relation"))
    birth_year: Mapped[int | None]
    birth_month: Mapped[int | None]
    birth_day: Mapped[int | None]
    sex: Mapped[Sex | None] = mapped_column(one_of(Sex, "sex"))
    citizen_id: Mapped[str | None] = mapped_column(
        sealing.Sealed("member.citizen_id"), info={"secret": True}
    )
    citizen_digest: Mapped[str | None] = mapped_column(
        String(64), index=True, info={"unaudited": True}
    )
    tail_digest: Mapped[str | None] = mapped_column(
        String(64), index=True, info={"unaudited": True}
    )
    ethnicity: Mapped[Text | None]
    can_work: Mapped[bool] = mapped_column(default=False)
    member_of: Mapped[Kind] = mapped_column(one_of(Kind, "member_of"), default=Kind.NONE)
    starts: Mapped[Day | None]
    last_day: Mapped[Day | None]
    version: Mapped[int] = mapped_column(info={"unaudited": True})
    household: Mapped[Household] = relationship(back_populates="members")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("last_day >= starts", name="ends_after_it_starts"),
        CheckConstraint("birth_month BETWEEN 1 AND 12", name="birth_month"),
        CheckConstraint("birth_day BETWEEN 1 AND 31", name="birth_day"),
        CheckConstraint("birth_year BETWEEN 1850 AND 2150", name="birth_year"),
        CheckConstraint("birth_day IS NULL OR birth_month IS NOT NULL", name="day_needs_month"),
        CheckConstraint("birth_month IS NULL OR birth_year IS NOT NULL", name="month_needs_year"),
        *integers("birth_year", "birth_month", "birth_day"),
        *yes_or_no("can_work"),
        *said("name"),
        *real_days("starts", "last_day"),
    )

    @property
    def birth(self) -> Birth | None:
        """The birth date as precisely as it is known."""
        if self.birth_year is None:
            return None
        return Birth(self.birth_year, self.birth_month, self.birth_day)

    @birth.setter
    def birth(self, birth: Birth | None) -> None:
        self.birth_year = birth.year if birth else None
        self.birth_month = birth.month if birth else None
        self.birth_day = birth.day if birth else None

    @validates("name")
    def _keep_key(self, _key: str, name: str) -> str:
        name = vietnamese.clean(name)
        self.name_search = vietnamese.fold(name)
        return name

    @validates("citizen_id")
    def _keep_digests(self, _key: str, citizen_id: str | None) -> str | None:
        self.citizen_digest = citizen_digest(citizen_id) if citizen_id else None
        self.tail_digest = tail_digest(citizen_id) if citizen_id else None
        return citizen_id


def citizen_digest(citizen_id: str) -> str:
    """What `Member.citizen_digest` holds for this CCCD."""
    return sealing.digest(citizen_id, "member.citizen_id")


def tail_digest(digits: str) -> str:
    """What `Member.tail_digest` holds for a CCCD that ends in these (last four) digits."""
    return sealing.digest(digits[-4:], "member.citizen_tail")


class Stay(Private, Audited, Base):
    """Cư trú: the village that a household lives in. `arrived_from_id` and `left_for_id` name the
    other household of a split, a merger or a dissolution."""

    __tablename__ = "stay"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    starts: Mapped[Day] = mapped_column(primary_key=True)
    last_day: Mapped[Day | None]
    village_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    arrival: Mapped[Arrival | None] = mapped_column(one_of(Arrival, "arrival"))
    departure: Mapped[Departure | None] = mapped_column(one_of(Departure, "departure"))
    arrived_from_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    left_for_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    household: Mapped[Household] = relationship(back_populates="stays", foreign_keys=[household_id])
    village: Mapped[Unit] = relationship()

    __table_args__ = (
        CheckConstraint("last_day >= starts", name="ends_after_it_starts"),
        CheckConstraint("departure IS NULL OR last_day IS NOT NULL", name="left_on_a_day"),
        CheckConstraint("arrived_from_id <> household_id", name="arrived_from_another"),
        CheckConstraint("left_for_id <> household_id", name="left_for_another"),
        *real_days("starts", "last_day"),
    )


class Classification(Private, Audited, Base):
    """Phân loại, from its day until the next one. `standard_code` is the standard in force on
    `starts` (None before the first we know). `reason`: why it deviates from what the scores
    imply, or why the past was corrected."""

    __tablename__ = "classification"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    starts: Mapped[Day] = mapped_column(primary_key=True)
    class_: Mapped[Class] = mapped_column("class", one_of(Class, "class"))
    minority: Mapped[bool] = mapped_column(default=False)
    social_protection: Mapped[bool] = mapped_column(default=False)
    merit: Mapped[bool] = mapped_column(default=False)
    member_of: Mapped[Kind] = mapped_column(one_of(Kind, "member_of"), default=Kind.NONE)
    standard_code: Mapped[str | None] = mapped_column(ForeignKey("standard.code"))
    score_b1: Mapped[int | None]
    score_b2: Mapped[int | None]
    decision_number: Mapped[Text | None]
    decision_date: Mapped[Day | None]
    note: Mapped[str | None] = mapped_column(
        sealing.Sealed("classification.note"), info={"secret": True}
    )
    reason: Mapped[Text | None]
    household: Mapped[Household] = relationship(back_populates="classifications")
    deprivations: Mapped[list["Deprivation"]] = relationship(
        cascade="all, delete-orphan", order_by="Deprivation.indicator_code"
    )

    __table_args__ = (
        CheckConstraint("class <> 'none'", name="class_is_said"),
        *yes_or_no("minority", "social_protection", "merit"),
        *whole("score_b1"),
        *whole("score_b2"),
        *real_days("starts", "decision_date"),
    )


class Deprivation(Private, Audited, Base):
    """Thiếu hụt: an indicator in which the household was deprived when it was classified."""

    __tablename__ = "deprivation"

    household_id: Mapped[int] = mapped_column(primary_key=True)
    starts: Mapped[date] = mapped_column(primary_key=True)
    standard_code: Mapped[str] = mapped_column(String(10), primary_key=True)
    indicator_code: Mapped[str] = mapped_column(String(40), primary_key=True)

    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "starts"],
            ["classification.household_id", "classification.starts"],
            ondelete="CASCADE",
            name="fk_deprivation_classification",
        ),
        ForeignKeyConstraint(
            ["standard_code", "indicator_code"],
            ["indicator.standard_code", "indicator.code"],
            name="fk_deprivation_indicator",
        ),
    )


class Lead(Private, Audited, Base):
    """Đỡ đầu, vai trò chính: the one organisation that leads the help to a household."""

    __tablename__ = "lead"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    starts: Mapped[Day] = mapped_column(primary_key=True)
    last_day: Mapped[Day | None]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    in_charge: Mapped[Text | None]
    end_reason: Mapped[Text | None]
    household: Mapped[Household] = relationship(back_populates="leads")
    organisation: Mapped[Organisation] = relationship()

    __table_args__ = (
        CheckConstraint("last_day >= starts", name="ends_after_it_starts"),
        *real_days("starts", "last_day"),
    )


class Supporter(Private, Audited, Base):
    """Đỡ đầu, vai trò phối hợp: plain intervals, any number of organisations at once."""

    __tablename__ = "supporter"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    starts: Mapped[Day] = mapped_column(primary_key=True)
    last_day: Mapped[Day | None]
    in_charge: Mapped[Text | None]
    end_reason: Mapped[Text | None]
    household: Mapped[Household] = relationship(back_populates="supporters")
    organisation: Mapped[Organisation] = relationship()

    __table_args__ = (
        CheckConstraint("last_day >= starts", name="ends_after_it_starts"),
        *real_days("starts", "last_day"),
    )


class Span(Private, Base):
    """The timeline: one row for each stretch of days in which nothing about a household changed,
    from `starts` until `ends` (exclusive). No row for days on which it lived nowhere. Columns
    that measures read are never NULL, so that a condition can be negated."""

    __tablename__ = "span"

    village_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    starts: Mapped[Day] = mapped_column(primary_key=True)
    ends: Mapped[Day]
    class_: Mapped[Class] = mapped_column("class", one_of(Class, "class"))
    minority: Mapped[bool]
    social_protection: Mapped[bool]
    merit: Mapped[bool]
    member_of: Mapped[Kind] = mapped_column(one_of(Kind, "member_of"))
    lead_kind: Mapped[Kind] = mapped_column(one_of(Kind, "lead_kind"))
    lead_sponsor: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))

    __table_args__ = (
        UniqueConstraint("household_id", "starts"),
        Index("ix_span_lead_sponsor", "lead_sponsor"),
        CheckConstraint("ends > starts", name="ends_after_it_starts"),
        CheckConstraint("(lead_sponsor IS NULL) = (lead_kind = 'none')", name="lead_has_its_kind"),
        *yes_or_no("minority", "social_protection", "merit"),
        *real_days("starts", "ends"),
        {"sqlite_with_rowid": False},
    )
