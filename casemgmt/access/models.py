"""Accounts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.access.policy import Role
from casemgmt.db import Audited, Base, Moment, one_of
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit


class User(Audited, Base):
    """One person's account: a role, and the unit or the organisation whose households it serves.
    `epoch` grows whenever open sessions must end (password, role, disabling)."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    signs: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    must_change: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str] = mapped_column(String(200), info={"secret": True})
    epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment())
    unit: Mapped[Unit | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "role NOT IN ('district', 'commune') OR unit_id IS NOT NULL", name="unit_for_officers"
        ),
        CheckConstraint(
            "role <> 'organisation' OR organisation_id IS NOT NULL",
            name="organisation_for_its_role",
        ),
    )


class SignInFailure(Base):
    """A failed attempt to sign in, kept as long as it slows the next ones down. Account and
    source are keyed fingerprints: people type passwords where names belong."""

    __tablename__ = "sign_in_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment(), index=True)
    account: Mapped[str] = mapped_column(String(64), index=True)
    source: Mapped[str] = mapped_column(String(64), index=True)


class SentForm(Base):
    """A form that was accepted, by its one-time key: sent again, it leads to where the first one
    led and does nothing. Kept for some days."""

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment(), index=True)
    led_to: Mapped[str | None] = mapped_column(String(2000))
