"""How a database is opened: its settings stand on every connection, and it keeps quiet."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.db import POSTGRESQL_SETTINGS, SQLITE_SETTINGS, engine_options, open_engine, prepare
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
            held = {
                name: connection.exec_driver_sql(f"SHOW {name}").scalar()
                for name in POSTGRESQL_SETTINGS
            }
            assert held == POSTGRESQL_SETTINGS


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


@pytest.mark.behind_its_back
def test_a_connection_that_lacks_a_setting_is_not_used(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pooler may drop what is asked for: here nobody asks, so the server's own value stands."""
    if url.startswith("sqlite"):
        monkeypatch.setitem(SQLITE_SETTINGS, "cache_spill", 7)  # takes another value than asked
        engine = create_engine(url)
    else:
        options = engine_options(url)
        options["connect_args"].pop("options")
        engine = create_engine(url, **options)
    prepare(engine)
    with pytest.raises(RuntimeError, match="did not take"), engine.connect():
        pass
    engine.dispose()


def test_a_new_database_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    engine = open_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE one (id INTEGER)")
        beside = [path for path in tmp_path.iterdir() if path.name.startswith("new.db")]
        assert len(beside) == 3
        assert {path.stat().st_mode & 0o777 for path in beside} == {0o600}
    engine.dispose()
