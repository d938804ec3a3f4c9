"""How a database is opened: its settings stand on every connection, and it keeps quiet."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.db import SQLITE_SETTINGS
from casemgmt.register.models import Household


def test_every_connection_has_the_settings_that_writing_relies_on(engine: Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            stand = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in SQLITE_SETTINGS
            }
            assert stand == SQLITE_SETTINGS
        else:
            timeout = connection.exec_driver_sql("SHOW lock_timeout").scalar()
            assert timeout == "10s"


def test_an_error_repeats_nobodys_name(engine: Engine) -> None:
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        session.add_all(
            [Household(code="H1", head_name=name) for name in ("Hồ Thị Kín", "Hồ Văn Kín")]
        )
        with pytest.raises(DBAPIError) as refused:
            session.commit()
    assert "INSERT INTO household" in str(refused.value)
    assert "Kín" not in str(refused.value)
