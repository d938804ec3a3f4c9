"""Who is signed in at which browser: kept here, so that ending a session ends it.

A session ends when nothing is asked in it for half an hour, and half a day after it was opened.
What stands for longer than that is taken away when the next one opens."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casemgmt import clock, sealing
from casemgmt.access.models import OpenSession, User

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=2)  # how exactly it is known when somebody was last seen


def fingerprint(number: str) -> str:
    """What is kept of the number that a browser holds."""
    return sealing.digest(number, "open session")


def over(opened_at: datetime, seen_at: datetime) -> bool:
    """Whether a session has lasted, or lain still, too long."""
    now = clock.now()
    return now - seen_at > IDLE or now - opened_at > LONGEST


def begin(session: Session, *, mark: str, user_id: int, epoch: int, device: str) -> None:
    """Write a session down, and forget those that are over."""
    now = clock.now()
    session.execute(
        delete(OpenSession).where(
            (OpenSession.seen_at < now - IDLE) | (OpenSession.opened_at < now - LONGEST)
        )
    )
    session.add(
        OpenSession(
            hash=mark,
            user_id=user_id,
            epoch=epoch,
            opened_at=now,
            seen_at=now,
            proved_at=now,
            device=device,
        )
    )
    session.flush()


def end(session: Session, number: str) -> None:
    """End the session of a browser's number, where there is one."""
    session.execute(delete(OpenSession).where(OpenSession.hash == fingerprint(number)))


def note_seen(session: Session, mark: str) -> None:
    """Somebody is still there. A session that has ended meanwhile stays so."""
    now = clock.now()
    session.execute(update(OpenSession).where(OpenSession.hash == mark).values(seen_at=now))


def note_proved(session: Session, mark: str) -> None:
    """The password has been given again. A session that has ended meanwhile stays so."""
    now = clock.now()
    session.execute(update(OpenSession).where(OpenSession.hash == mark).values(proved_at=now))


def open_of(session: Session, user: User) -> Sequence[OpenSession]:
    """The sessions of an account that go on, the one seen last first."""
    query = select(OpenSession).where(
        OpenSession.user_id == user.id, OpenSession.epoch == user.epoch
    )
    found = session.scalars(query.order_by(OpenSession.seen_at.desc(), OpenSession.id.desc()))
    return [one for one in found if not over(one.opened_at, one.seen_at)]
