"""Guessing passwords is slowed down, and nobody can lock a colleague out."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.access import throttle
from casemgmt.access.models import SignInFailure


def _fail(session: Session, account: str, source: str, times: int) -> None:
    for _ in range(times):
        throttle.note_failure(session, account=account, source=source)


def test_the_account_waits_for_that_source_alone(session: Session) -> None:
    _fail(session, "Lan", "10.0.0.1", throttle.MOST_FOR_ACCOUNT - 1)
    assert throttle.wait(session, account="lan", source="10.0.0.1") is None
    _fail(session, "lan", "10.0.0.1", 1)
    waiting = throttle.wait(session, account="LAN", source="10.0.0.1")
    assert waiting is not None
    assert timedelta(minutes=9) < waiting <= throttle.WINDOW
    assert throttle.wait(session, account="lan", source="10.0.0.2") is None
    assert throttle.wait(session, account="hoa", source="10.0.0.1") is None


def test_a_source_that_tries_many_accounts_waits_for_all(session: Session) -> None:
    for number in range(throttle.MOST_FOR_SOURCE):
        _fail(session, f"user{number}", "10.0.0.9", 1)
    assert throttle.wait(session, account="new", source="10.0.0.9") is not None
    assert throttle.wait(session, account="new", source="10.0.0.8") is None


def test_success_forgets_and_time_forgets(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail(session, "lan", "10.0.0.1", throttle.MOST_FOR_ACCOUNT)
    throttle.forget(session, account="lan", source="10.0.0.1")
    assert throttle.wait(session, account="lan", source="10.0.0.1") is None
    _fail(session, "lan", "10.0.0.1", throttle.MOST_FOR_ACCOUNT)
    later = clock.now() + throttle.WINDOW
    monkeypatch.setattr(clock, "now", lambda: later)
    assert throttle.wait(session, account="lan", source="10.0.0.1") is None
    _fail(session, "hoa", "10.0.0.1", 1)
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 1
