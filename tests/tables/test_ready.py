"""Statements sent as text: what goes wrong is said in SQLAlchemy's terms."""

import pytest
from sqlalchemy import column, func, select, table, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from casemgmt.db import open_engine
from casemgmt.tables.ready import Ready
from casemgmt.web.faults import Fault, fault_of


def test_what_takes_too_long_is_told_as_such(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 20"))
        with pytest.raises(OperationalError) as raised:
            Ready(select(func.pg_sleep(text("5")))).rows(connection, {})
    assert fault_of(raised.value) is Fault.BUSY
    engine.dispose()


def test_a_connection_that_was_ended_is_given_up(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    with engine.connect() as connection, engine.connect() as other:
        number = connection.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        with pytest.raises(DBAPIError) as raised:
            Ready(select(text("1"))).rows(connection, {})
        assert connection.invalidated
    assert fault_of(raised.value) is Fault.AWAY
    engine.dispose()


def test_our_own_mistake_is_no_fault_of_the_ground(session: Session) -> None:
    unheard_of = select(column("x")).select_from(table("unheard_of"))
    with pytest.raises((OperationalError, ProgrammingError)) as raised:
        Ready(unheard_of).rows(session.connection(), {})
    assert fault_of(raised.value) is None
