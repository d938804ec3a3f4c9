"""The site reminds those who look after a real register when its last backup is old."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.audit import guards, trail
from casemgmt.web.database import db
from tests import browsing
from tests.browsing import Site

NEVER, LATE = "chưa được sao lưu lần nào", "đã quá 48 giờ"


@pytest.fixture
def site(url: str) -> Iterator[Site]:
    with browsing.site(url) as site:
        yield site


@pytest.fixture
def real(site: Site) -> Site:
    """A register that is no demonstration and was begun three days ago."""
    with site.engine.begin() as connection:
        guards.lift(connection)
        began = clock.now() - timedelta(days=3)
        moment = began.replace(tzinfo=None) if connection.dialect.name == "sqlite" else began
        connection.execute(text("UPDATE audit_entry SET at = :at"), {"at": moment})
        guards.place(connection)
    return site


def _set(engine: Engine, key: str, value: str) -> None:
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        session.merge(settings.Setting(key=key, value=value))
        session.commit()


def _backed_up(engine: Engine, ago: timedelta) -> datetime:
    made = clock.now() - ago
    _set(engine, settings.BACKED_UP, made.isoformat())
    return made


def test_a_register_without_a_backup_is_told_of(real: Site) -> None:
    for name in ("admin", "district", "commune"):
        assert NEVER in real.client(name).get("/tables").text
    for name in ("viewer", "hoi"):
        page = real.client(name).get("/tables").text
        assert "sao lưu" not in page


def test_a_young_register_is_left_in_peace(site: Site) -> None:
    assert "sao lưu" not in site.client("admin").get("/tables").text


def test_an_old_backup_is_told_of_until_there_is_a_new_one(real: Site) -> None:
    admin = real.client("admin")
    made = _backed_up(real.engine, timedelta(hours=49))
    page = admin.get("/tables").text
    assert LATE in page
    assert f"{made.astimezone(clock.VIETNAM):%d/%m/%Y}" in page
    _backed_up(real.engine, timedelta(hours=47))
    assert "sao lưu" not in admin.get("/tables").text


def test_a_demonstration_is_never_told_of(real: Site) -> None:
    _set(real.engine, settings.DEMONSTRATION, "Cam Lộ 2022")
    assert "sao lưu" not in real.client("admin").get("/tables").text
    _backed_up(real.engine, timedelta(days=30))
    assert "sao lưu" not in real.client("admin").get("/tables").text


def test_it_is_looked_up_once_while_nothing_changes(real: Site) -> None:
    asked: list[str] = []
    with real.app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda _c, _u, said, *_rest: asked.append(said)
        )
    admin = real.client("admin")
    admin.get("/tables")
    asked.clear()
    for _time in range(3):
        assert NEVER in admin.get("/tables").text
    assert asked
    assert not any("audit_entry.at" in said or "setting.key IN" in said for said in asked)
