"""Administrative units, each through its periods, and how many households live in them.

A unit is one thing for all time (`code`); what it is called, its level and the unit above it are
facts of a period. The official code (Mã TCTK) may be used again by another unit later, as the
reform of 01/07/2025 did (Resolution 202/2025/QH15), so it identifies nothing here."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import Audited, Base, Code, Day, Text, one_of, real_days, said, whole


class Tier(StrEnum):
    """The place of a unit in the ladder, whatever its level is called."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    VILLAGE = "village"


class Level(StrEnum):
    """What a unit is called by its level; the value is the word of the screens and workbooks."""

    PROVINCE = "tỉnh"
    DISTRICT = "huyện"
    COMMUNE = "xã"
    WARD = "phường"
    TOWN = "thị trấn"
    THON = "thôn"
    BAN = "bản"
    QUARTER = "khu phố"

    @property
    def tier(self) -> Tier:
        """The place of this level in the ladder."""
        return _TIERS[self]


_TIERS = {
    Level.PROVINCE: Tier.PROVINCE,
    Level.DISTRICT: Tier.DISTRICT,
    Level.COMMUNE: Tier.COMMUNE,
    Level.WARD: Tier.COMMUNE,
    Level.TOWN: Tier.COMMUNE,
    Level.THON: Tier.VILLAGE,
    Level.BAN: Tier.VILLAGE,
    Level.QUARTER: Tier.VILLAGE,
}


class Area(StrEnum):
    """Khu vực: decides the income line and the cut of score B1."""

    RURAL = "nông thôn"
    URBAN = "thành thị"


class Unit(Audited, Base):
    """One unit for all time. `position` is its place in the register's order of units."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int]
    periods: Mapped[list["UnitPeriod"]] = relationship(
        back_populates="unit", foreign_keys="UnitPeriod.unit_id", order_by="UnitPeriod.starts"
    )

    __table_args__ = (*said("code"),)


class UnitPeriod(Audited, Base):
    """A unit under one parent. Holds from `starts` to `last_day` (inclusive; None: still) or
    until the day before the unit's next period, whichever is first. `starts` is SINCE_ALWAYS
    where nobody knows the first day."""

    __tablename__ = "unit_period"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    starts: Mapped[Day] = mapped_column(primary_key=True)
    last_day: Mapped[Day | None]
    name: Mapped[Text]
    level: Mapped[Level] = mapped_column(one_of(Level, "level"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    official_code: Mapped[str | None] = mapped_column(String(40))
    area: Mapped[Area | None] = mapped_column(one_of(Area, "area"))
    unit: Mapped[Unit] = relationship(back_populates="periods", foreign_keys=[unit_id])
    parent: Mapped[Unit | None] = relationship(foreign_keys=[parent_id])

    __table_args__ = (
        CheckConstraint("last_day >= starts", name="ends_after_it_starts"),
        CheckConstraint("parent_id <> unit_id", name="not_its_own_parent"),
        *said("name"),
        *real_days("starts", "last_day"),
    )


class Lies(Base):
    """The map: `unit` lies within `within` from `starts` until `ends` (exclusive), each unit
    within itself too. Derived from the periods by places.map, written by nobody else."""

    __tablename__ = "lies"

    within_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    tier: Mapped[Tier] = mapped_column(one_of(Tier, "tier"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    starts: Mapped[Day] = mapped_column(primary_key=True)
    ends: Mapped[Day]
    within_tier: Mapped[Tier] = mapped_column(one_of(Tier, "within_tier"))

    __table_args__ = (
        CheckConstraint("ends > starts", name="ends_after_it_starts"),
        *real_days("starts", "ends"),
        Index("ix_lies_unit_id_within_tier", "unit_id", "within_tier", "starts"),
        {"sqlite_with_rowid": False},
    )


class ResidentHouseholds(Audited, Base):
    """Dân cư: how many households live in a unit, in force from a day until the next row.
    The registers of residence count them; they cannot be derived from the poor ones.
    `ethnic_minority` None: unknown, which is not zero."""

    __tablename__ = "resident_households"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    starts: Mapped[date] = mapped_column(primary_key=True)
    total: Mapped[int]
    ethnic_minority: Mapped[int | None]

    __table_args__ = (
        *whole("total"),
        *whole("ethnic_minority"),
        CheckConstraint("ethnic_minority <= total", name="minority_within_total"),
        *real_days("starts"),
    )
