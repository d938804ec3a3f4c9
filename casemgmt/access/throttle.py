"""Slowing down those who guess passwords: counted in the database, so a restart forgets nothing.

Failures count for an account from one source, so that nobody can lock a colleague out from
elsewhere, and for a source over all accounts, with room for an office behind one address."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from casemgmt import clock, sealing
from casemgmt.access.models import SignInFailure

WINDOW = timedelta(minutes=10)
MOST_FOR_ACCOUNT = 5
MOST_FOR_SOURCE = 50


def wait(session: Session, *, account: str, source: str) -> timedelta | None:
    """How long this source must wait before it may try this account again; None: not at all."""
    of_source = SignInFailure.source == _print(source)
    of_both = of_source & (SignInFailure.account == _print(account.casefold()))
    for condition, most in ((of_both, MOST_FOR_ACCOUNT), (of_source, MOST_FOR_SOURCE)):
        recent = (
            select(SignInFailure.at)
            .where(condition, SignInFailure.at > clock.now() - WINDOW)
            .order_by(SignInFailure.at.desc())
            .limit(most)
            .subquery()
        )
        failures, oldest = session.execute(
            select(func.count(), func.min(recent.c.at)).select_from(recent)
        ).one()
        if failures >= most:
            left: timedelta = oldest + WINDOW - clock.now()
            return left
    return None


def note_failure(session: Session, *, account: str, source: str) -> None:
    """Remember a failed attempt, and forget those that no longer count."""
    now = clock.now()
    session.execute(delete(SignInFailure).where(SignInFailure.at <= now - WINDOW))
    session.add(SignInFailure(at=now, account=_print(account.casefold()), source=_print(source)))
    session.flush()


def forget(session: Session, *, account: str, source: str) -> None:
    """After a successful sign-in: the account's failures from this source count no more."""
    session.execute(
        delete(SignInFailure).where(
            SignInFailure.source == _print(source),
            SignInFailure.account == _print(account.casefold()),
        )
    )


def _print(text: str) -> str:
    return sealing.digest(text, "sign_in")
