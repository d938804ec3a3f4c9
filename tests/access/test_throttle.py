"""Guessing passwords is slowed down, and nobody can lock a colleague out."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.access import throttle
from casemgmt.access.models import SignInFailure
from casemgmt.access.throttle import Attempt


def _fail(session: Session, account: str, source: str, times: int) -> None:
    for _ in range(times):
        throttle.note_failure(session, Attempt(account, source))


def test_the_account_waits_for_that_source_alone(session: Session) -> None:
    _fail(session, "Lan", "10.0.0.1", throttle.MOST_FOR_ACCOUNT - 1)
    assert throttle.wait(session, Attempt("lan", "10.0.0.1")) is None
    _fail(session, "lan", "10.0.0.1", 1)
    waiting = throttle.wait(session, Attempt("LAN", "10.0.0.1"))
    assert waiting is not None
    assert throttle.WINDOW - timedelta(minutes=1) < waiting <= throttle.WINDOW
    assert throttle.wait(session, Attempt("lan", "10.0.0.2")) is None
    assert throttle.wait(session, Attempt("hoa", "10.0.0.1")) is None


def test_a_source_that_tries_many_accounts_waits_for_all(session: Session) -> None:
    assert throttle.alarm(session) is None
    for number in range(throttle.MOST_FOR_SOURCE):
        _fail(session, f"user{number}", "10.0.0.9", 1)
    assert throttle.wait(session, Attempt("new", "10.0.0.9")) is not None
    assert throttle.wait(session, Attempt("new", "10.0.0.8")) is None
    # Whoever works behind the same address, at a browser that is known, is not kept waiting.
    assert throttle.wait(session, Attempt("new", "browser 1", known=True)) is None
    _fail(session, "user1", "10.0.0.7", throttle.ALARMING - throttle.MOST_FOR_SOURCE)
    assert throttle.alarm(session) == (throttle.ALARMING, 2)


def test_an_account_that_is_tried_from_everywhere_waits_but_where_it_is_known(
    session: Session,
) -> None:
    for number in range(throttle.MOST_ANYWHERE):
        _fail(session, "lan", f"10.0.1.{number}", 1)
    assert throttle.wait(session, Attempt("lan", "10.0.2.1")) is not None
    assert throttle.wait(session, Attempt("hoa", "10.0.2.1")) is None
    assert throttle.wait(session, Attempt("lan", "browser 1", known=True)) is None
    _fail(session, "lan", "browser 1", throttle.MOST_FOR_ACCOUNT)
    assert throttle.wait(session, Attempt("lan", "browser 1", known=True)) is not None


def test_success_forgets_and_time_forgets(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Attempt("lan", "10.0.0.1")
    _fail(session, "lan", "10.0.0.1", throttle.MOST_FOR_ACCOUNT)
    throttle.forget(session, here)
    assert throttle.wait(session, here) is None
    _fail(session, "lan", "10.0.0.1", throttle.MOST_FOR_ACCOUNT)
    later = clock.now() + throttle.WINDOW
    monkeypatch.setattr(clock, "now", lambda: later)
    assert throttle.wait(session, here) is None
    _fail(session, "hoa", "10.0.0.1", 1)
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 1
