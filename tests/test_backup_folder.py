"""Backups by a schedule: the newest whole ones are kept, nothing else is touched, and the register
knows when it was last backed up."""

import os
import re
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.audit.models import AuditEntry, What
from casemgmt.backup import folder
from casemgmt.backup.archive import back_up
from casemgmt.db import open_engine
from tests.test_cli import run

# The tables that count would be backed up too.
pytestmark = pytest.mark.behind_its_back

KEY = bytes(32)
NAME = re.compile(r"casemgmt-[0-9a-f]{8}-\d{8}-\d{6}\.zip")


@pytest.fixture
def into(tmp_path: Path) -> Path:
    made = tmp_path / "kept"
    made.mkdir()
    return made


def _filled(engine: Engine, into: Path, *days: int) -> list[Path]:
    """Backups of earlier days of January 2020, newest last."""
    first = folder.add(engine, into, most=100).path
    beginning = first.name[: len("casemgmt-01234567-")]
    made = [into / f"{beginning}202001{day:02}-020000.zip" for day in days]
    for path in made:
        shutil.copyfile(first, path)
    first.unlink()
    return made


def test_the_newest_are_kept_and_other_files_left_alone(engine: Engine, into: Path) -> None:
    old = _filled(engine, into, 1, 2, 3, 4)
    others = [into / "ghi-chú.txt", into / "casemgmt-00000000-20200101-020000.zip"]
    for other in others:
        other.write_text("khác", encoding="utf-8")
    added = folder.add(engine, into, most=3)
    assert NAME.fullmatch(added.path.name)
    assert datetime.now(clock.VIETNAM).strftime("-%Y%m%d-") in added.path.name
    assert sorted(added.removed) == old[:2]
    assert added.damaged == []
    assert set(into.iterdir()) == {*old[2:], *others, added.path}


def test_one_that_is_not_whole_counts_as_none(engine: Engine, into: Path) -> None:
    old = _filled(engine, into, 1, 2, 3, 4)
    old[3].write_bytes(old[3].read_bytes()[:-100])
    added = folder.add(engine, into, most=3)
    assert [path for path, _why in added.damaged] == [old[3]]
    assert added.removed == [old[0]]
    assert all(path.exists() for path in old[1:])


def test_encrypted_ones_are_kept_and_checked_alike(sqlite_url: str, into: Path) -> None:
    engine = open_engine(sqlite_url)
    plain = _filled(engine, into, 1)
    added = folder.add(engine, into, most=2, key=KEY)
    assert added.path.name.endswith(".zip.enc")
    assert (added.removed, added.damaged) == ([], [])
    kept = added.path.with_name(added.path.name.replace("2026", "2025").replace("2027", "2025"))
    added.path.rename(kept)
    other = folder.add(engine, into, most=1, key=bytes(31) + b"1")
    assert (other.removed, plain[0].exists()) == ([kept, *plain], False)
    engine.dispose()


def test_what_a_killed_run_left_is_swept(sqlite_url: str, into: Path) -> None:
    engine = open_engine(sqlite_url)
    stale, running = (into / f"{_filled(engine, into, 1)[0].name}{end}.part" for end in "ab")
    for path in (stale, running):
        path.touch()
    long_ago = time.time() - timedelta(days=2).total_seconds()
    os.utime(stale, (long_ago, long_ago))
    folder.add(engine, into, most=5)
    assert (stale.exists(), running.exists()) == (False, True)
    engine.dispose()


def test_nothing_is_removed_when_the_new_one_fails(sqlite_url: str, into: Path) -> None:
    engine = open_engine(sqlite_url)
    old = _filled(engine, into, 1, 2)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit_entry")
    with pytest.raises(Exception, match="audit_entry"):
        folder.add(engine, into, most=1)
    assert set(into.iterdir()) == set(old)
    engine.dispose()


def test_the_register_knows_when_it_was_backed_up(engine: Engine, tmp_path: Path) -> None:
    for _time in range(2):
        kept = back_up(engine, tmp_path / "a.zip")
        folder.note(engine, kept)
        with Session(engine) as session:
            assert settings.read(session, settings.BACKED_UP) == kept.made_at.isoformat()
            last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.actor, last.act, last.what) == ("dòng lệnh", "backup", What.EXPORTED)
        assert kept.sha256 in last.key


def test_a_backup_counts_where_the_register_cannot_be_written(
    sqlite_url: str, tmp_path: Path
) -> None:
    engine = open_engine(sqlite_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON setting BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    engine.dispose()
    done = run("backup", str(tmp_path / "a.zip"), url=sqlite_url)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "không ghi lại được" in done.stderr
    assert (tmp_path / "a.zip").exists()


def test_the_command_keeps_a_folder(url: str, into: Path) -> None:
    for _night in range(3):
        done = run("backup", "--into", str(into), "--keep", "2", url=url)
        assert (done.returncode, done.stderr) == (0, "")
        time.sleep(1)  # a name is made of a second
    assert len(list(into.iterdir())) == 2
    restored = run("restore", str(max(into.iterdir())), url=url)
    assert restored.returncode == 0, restored.stderr
    for wrong in ([], ["--into", str(into), "a.zip"], ["--into", str(into / "none")]):
        assert run("backup", *wrong, url=url).returncode == 2
