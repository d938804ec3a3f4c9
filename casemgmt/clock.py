"""What day and what moment it is. Nothing else in the code asks the machine's clock."""

from datetime import UTC, date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))  # no daylight saving: a fixed offset needs no zone data


def today() -> date:
    """The calendar day in Viet Nam (UTC+7), whatever the machine's zone."""
    return datetime.now(VIETNAM).date()


def now() -> datetime:
    """The present moment in UTC, to the microsecond; this is what is stored."""
    return datetime.now(UTC)
