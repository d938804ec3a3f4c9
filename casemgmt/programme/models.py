"""The programme of a year: assigned targets, and the households meant to exit by name."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import (
    Audited,
    Base,
    Moment,
    Private,
    Text,
    Thousandths,
    integers,
    one_of,
    whole,
)
from casemgmt.places.models import Unit
from casemgmt.register.models import Household
from casemgmt.words import N_, _


class TargetKind(StrEnum):
    """Chỉ tiêu. `poverty_rate_reduction` is in percentage points, the others are counts."""

    EXIT_HOUSEHOLDS = "exit_households"
    POVERTY_RATE_REDUCTION = "poverty_rate_reduction"
    JOBS = "jobs"
    VOCATIONAL_TRAINING = "vocational_training"
    CERTIFICATION = "certification"
    TECHNOLOGY_TRANSFER = "technology_transfer"
    BUSINESS_SKILLS = "business_skills"
    LABOUR_EXPORT = "labour_export"

    @property
    def label(self) -> str:
        """The words of the screens."""
        return _(_TARGETS[self])


_TARGETS = {
    TargetKind.EXIT_HOUSEHOLDS: N_("Số hộ thoát nghèo"),
    TargetKind.POVERTY_RATE_REDUCTION: N_("Giảm tỷ lệ hộ nghèo (điểm phần trăm)"),
    TargetKind.JOBS: N_("Giải quyết việc làm"),
    TargetKind.VOCATIONAL_TRAINING: N_("Đào tạo nghề"),
    TargetKind.CERTIFICATION: N_("Sát hạch, cấp chứng chỉ nghề"),
    TargetKind.TECHNOLOGY_TRANSFER: N_("Chuyển giao khoa học công nghệ"),
    TargetKind.BUSINESS_SKILLS: N_("Tập huấn liên kết sản xuất"),
    TargetKind.LABOUR_EXPORT: N_("Xuất khẩu lao động"),
}


class Target(Audited, Base):
    """What a unit was assigned for a year, by which document. A district's own target is not the
    sum of its communes' and is never added to it."""

    __tablename__ = "target"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    kind: Mapped[TargetKind] = mapped_column(one_of(TargetKind, "kind"), primary_key=True)
    value: Mapped[Decimal] = mapped_column(Thousandths())
    document: Mapped[Text | None]
    unit: Mapped[Unit] = relationship()

    __table_args__ = (
        *whole("value"),
        *integers("year"),
        CheckConstraint("year BETWEEN 1990 AND 2100", name="year"),
        CheckConstraint(
            "kind = 'poverty_rate_reduction' OR value % 1000 = 0", name="counts_are_whole"
        ),
    )


class RegisteredExit(Private, Audited, Base):
    """Đăng ký thoát nghèo: a household that is meant, by name, to leave poverty in a year."""

    __tablename__ = "registered_exit"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    household_id: Mapped[int] = mapped_column(
        ForeignKey("household.id"), primary_key=True, index=True
    )
    household: Mapped[Household] = relationship()

    __table_args__ = (
        CheckConstraint("year BETWEEN 1990 AND 2100", name="year"),
        *integers("year"),
    )


class TargetAmendment(Audited, Base):
    """Điều chỉnh chỉ tiêu: what a target was before it was changed, by which document, and when.
    `value` and `document` None: there was no target before. `reason`: why it was changed or taken
    away, where no new document says it."""

    __tablename__ = "target_amendment"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[TargetKind] = mapped_column(one_of(TargetKind, "kind"))
    value: Mapped[Decimal | None] = mapped_column(Thousandths())
    document: Mapped[Text | None]
    reason: Mapped[Text | None]
    amended_at: Mapped[datetime] = mapped_column(Moment())
    amended_by: Mapped[str] = mapped_column(String(80))
    unit: Mapped[Unit] = relationship()

    __table_args__ = (
        Index("ix_target_amendment_year_unit_id_kind", "year", "unit_id", "kind"),
        *whole("value"),
        *integers("year"),
    )
