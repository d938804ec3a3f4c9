"""What was given to a household."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String
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
    real_days,
    said,
    whole,
    yes_or_no,
)
from casemgmt.organisations.models import Organisation
from casemgmt.register.models import Household


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

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        *said("code"),
        *whole("quantity"),
        *whole("value"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_for_a_reason"),
        *real_days("given_on"),
    )
