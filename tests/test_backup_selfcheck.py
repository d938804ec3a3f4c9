"""The nightly drill: a sound register is found sound; whatever is not as it was is named."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from casemgmt import clock
from casemgmt.audit import guards
from casemgmt.backup import selfcheck
from casemgmt.backup.selfcheck import differences, picture, self_check
from casemgmt.db import open_engine
from tests import backing_up
from tests.test_cli import run

# The tables that count would be backed up too.
pytestmark = pytest.mark.behind_its_back


@pytest.fixture
def filled(engine: Engine) -> Engine:
    return backing_up.fill(engine)


def test_a_sound_register_is_found_sound(filled: Engine, home: Path) -> None:
    for key in (None, bytes(32)):
        checked = self_check(filled, key)
        assert checked.wrong == []
        assert checked.rows > 100
        assert len(set(checked.days)) == 5
        assert checked.days[0] == clock.today()
    assert not [path for path in home.iterdir() if path.is_dir()]  # nothing is left behind


def test_what_a_killed_run_left_is_swept(sqlite_url: str, home: Path) -> None:
    engine = open_engine(sqlite_url)
    stale, running = home / "scratch-old", home / "scratch-new"
    for folder in (stale, running):
        folder.mkdir(parents=True)
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(stale, (long_ago, long_ago))
    self_check(engine)
    engine.dispose()
    assert (stale.exists(), running.exists()) == (False, True)


def _tamper(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        guards.lift(connection)
        connection.execute(text(statement))
        guards.place(connection)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE audit_entry SET actor = 'khác' WHERE id = 5", "nhật ký đứt ở mục 5"),
        ("UPDATE signed_table SET content = '[]'", "bảng đã ký 1"),
        ("UPDATE attachment SET sha256 = 'x'", "tệp đính kèm 1"),
        ("UPDATE signature SET document_hash = 'x'", "bản in của bảng đã ký 1"),
    ],
)
def test_what_was_tampered_with_is_named(filled: Engine, statement: str, says: str) -> None:
    _tamper(filled, statement)
    wrong = self_check(filled).wrong
    assert any(says in sentence for sentence in wrong), wrong


Changing = Callable[[Connection], object]


def _say(statement: str) -> Changing:
    return lambda connection: connection.execute(text(statement))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_say("DELETE FROM saved_filter"), "bảng saved_filter: sổ có"),
        (_say("UPDATE household SET head_name = 'Khác'"), "bảng household: nội dung"),
        (_say("UPDATE attachment SET content = 'a'"), "bảng attachment: nội dung"),
        (_say("DELETE FROM span"), "bieu-2"),
        (_say("DELETE FROM span"), "bieu-3"),
        (_say("DELETE FROM audit_entry"), "nhật ký: sổ ở mục"),
    ],
)
def test_a_restored_register_that_differs_is_told(
    sqlite_url: str, change: Changing, says: str
) -> None:
    engine = backing_up.fill(open_engine(sqlite_url))
    days = [clock.today()]
    with engine.begin() as connection:
        before = picture(connection, days)
        assert list(differences(before, picture(connection, days))) == []
        guards.lift(connection)
        change(connection)
        assert any(says in one for one in differences(before, picture(connection, days)))
        connection.rollback()
    engine.dispose()


@pytest.fixture
def damaged(sqlite_url: str) -> Iterator[str]:
    """A database with a page that is not what SQLite wrote."""
    engine = backing_up.fill(open_engine(sqlite_url))
    with engine.connect() as connection:
        root = connection.scalar(
            text("SELECT rootpage FROM sqlite_master WHERE name = 'ix_audit_entry_household_id'")
        )
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    with Path(sqlite_url.removeprefix("sqlite:///")).open("r+b") as file:
        file.seek((root - 1) * 4096 + 8)
        file.write(os.urandom(4000))
    return sqlite_url


def test_a_damaged_page_is_found(damaged: str) -> None:
    found = run("selfcheck", url=damaged)
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
    assert "hỏng" in found.stderr or "malformed" in found.stderr


def test_the_command_says_what_it_has_compared(url: str) -> None:
    engine = backing_up.fill(open_engine(url))
    done = run("selfcheck", url=url)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{clock.today():%d/%m/%Y}" in done.stdout
    _tamper(engine, "UPDATE attachment SET sha256 = 'x'")
    engine.dispose()
    wrong = run("selfcheck", url=url)
    assert wrong.returncode == 1
    assert "tệp đính kèm 1" in wrong.stderr


def test_five_days_are_ends_of_quarters(engine: Engine) -> None:
    with engine.connect() as connection:
        days = selfcheck._days(connection)
    assert days == sorted(days, reverse=True)
    assert all((day.month % 3, day.day in (30, 31)) == (0, True) for day in days[1:])
