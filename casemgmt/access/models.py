"""Accounts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.access.policy import Role
from casemgmt.db import Audited, Base, Moment, one_of
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit
from casemgmt.sealing import Sealed


class User(Audited, Base):
    """One person's account: a role, and the unit or the organisation whose households it serves.
    `epoch` grows whenever open sessions must end (password, role, second factor, disabling);
    `password_until`: when a password that was made up for it opens nothing any more;
    `second_factor_since`: since when it is asked for a second factor."""

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
    password_until: Mapped[datetime | None] = mapped_column(Moment())
    second_factor_since: Mapped[datetime | None] = mapped_column(Moment())
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


class OpenSession(Base):
    """Somebody signed in at a browser. The browser holds a random id, we only its keyed hash;
    `epoch` is the account's when it signed in; `seen_at` is noted now and then, not each time;
    `proved_at`: when the password was last given; `device`: which browser on what, no address."""

    __tablename__ = "open_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    epoch: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(Moment())
    seen_at: Mapped[datetime] = mapped_column(Moment())
    proved_at: Mapped[datetime] = mapped_column(Moment())
    device: Mapped[str] = mapped_column(String(80))


class SecondFactor(Base):
    """What an account shares with an app that makes codes, and the newest 30-second step whose
    code it has used. That it is set up or taken off is a change of the account."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Sealed("second factor"))
    last_step: Mapped[int]


class RecoveryCode(Base):
    """A code, by its keyed hash, that stands in once for the app."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment())


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
