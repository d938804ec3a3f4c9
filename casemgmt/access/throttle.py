"""Slowing down those who guess passwords: counted in the database, so a restart forgets nothing.

Failures count for an account from one source, for a source over all accounts (with room for an
office behind one address), and for an account wherever they come from. A browser at which the
account has signed in before is a source of its own and knows the first limit alone: nobody can
lock a colleague out from elsewhere, nor an office by guessing from its address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from casemgmt import clock, sealing
from casemgmt.access.models import SignInFailure
from casemgmt.errors import RuleBroken

WINDOW = timedelta(minutes=15)
MOST_FOR_ACCOUNT = 5  # from one source
MOST_FOR_SOURCE = 50
MOST_ANYWHERE = 12  # for one account; a few more may be tried at one moment
ALARMING = 60  # failures, all together, that somebody should look at


class Wrong(RuleBroken):
    """A password or a code that is not right: it counts as a failure."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """For which account it is tried, from which source; `known`: the source is a browser at which
    the account has signed in before."""

    account: str
    source: str
    known: bool = False


def wait(session: Session, attempt: Attempt) -> timedelta | None:
    """How long to wait before this may be tried; None: not at all."""
    of_account = SignInFailure.account == _print(attempt.account.casefold())
    of_source = SignInFailure.source == _print(attempt.source)
    limits = (
        (of_account & of_source, MOST_FOR_ACCOUNT),
        (of_source, MOST_FOR_SOURCE),
        (of_account, MOST_ANYWHERE),
    )
    for condition, most in limits[:1] if attempt.known else limits:
        failures, oldest = _recent(session, condition, most)
        if failures >= most:
            return oldest + WINDOW - clock.now()
    return None


def _recent(session: Session, condition: ColumnElement[bool], most: int) -> tuple[int, datetime]:
    """Of the newest failures, at most so many: their number, and when the oldest was."""
    recent = (
        select(SignInFailure.at)
        .where(condition, SignInFailure.at > clock.now() - WINDOW)
        .order_by(SignInFailure.at.desc())
        .limit(most)
        .subquery()
    )
    failures = select(func.count(), func.min(recent.c.at)).select_from(recent)
    count, oldest = session.execute(failures).one()
    return count, oldest


def note_failure(session: Session, attempt: Attempt) -> None:
    """Remember a failed attempt, and forget those that no longer count."""
    now = clock.now()
    session.execute(delete(SignInFailure).where(SignInFailure.at <= now - WINDOW))
    account, source = _print(attempt.account.casefold()), _print(attempt.source)
    session.add(SignInFailure(at=now, account=account, source=source))
    session.flush()


def forget(session: Session, attempt: Attempt) -> None:
    """After a success: the account's failures from this source count no more."""
    session.execute(
        delete(SignInFailure).where(
            SignInFailure.source == _print(attempt.source),
            SignInFailure.account == _print(attempt.account.casefold()),
        )
    )


def alarm(session: Session) -> tuple[int, int] | None:
    """The failures of the last quarter of an hour and the sources they came from, where there are
    so many that somebody tries many accounts or from many places; else None."""
    found = select(func.count(), func.count(SignInFailure.source.distinct()))
    query = found.where(SignInFailure.at > clock.now() - WINDOW)
    failures, sources = session.execute(query).one()
    return (failures, sources) if failures >= ALARMING else None


def _print(text: str) -> str:
    return sealing.digest(text, "sign_in")
