"""What a register says of itself: its name and, for a demonstration, its own today."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from casemgmt import clock
from casemgmt.db import Audited, Base, Text

TODAY = "today"
DEMONSTRATION = "demonstration"
BACKED_UP = "backed_up_at"  # when the last backup was made that was found whole (ISO, UTC)


class Setting(Audited, Base):
    """One named value of the register."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Text]


def read(session: Session, key: str) -> str | None:
    """The value of a setting, None where it is not set."""
    setting = session.get(Setting, key)
    return setting.value if setting else None


def today(session: Session) -> date:
    """The register's day: its own where it carries one, else the calendar day at UTC+7."""
    own = read(session, TODAY)
    return date.fromisoformat(own) if own else clock.today()
