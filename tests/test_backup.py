"""Backup and restore: the same rows come back, on the same or the other database; what is not
whole is refused and nothing changes."""

import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from casemgmt import revision, schema, sealing, settings
from casemgmt.audit import guards, trail
from casemgmt.audit.models import AuditEntry, What
from casemgmt.backup.archive import back_up, check
from casemgmt.backup.restoring import restore
from casemgmt.backup.selfcheck import differences, picture
from casemgmt.db import open_engine
from casemgmt.errors import RuleBroken
from casemgmt.places.models import Unit
from tests import backing_up
from tests.backing_up import rows
from tests.test_cli import run

# The tables that count would be backed up too.
pytestmark = pytest.mark.behind_its_back

ADDED = {"audit_entry", "setting", "user_account"}  # what a restore itself writes to


@pytest.fixture
def filled(engine: Engine) -> Engine:
    return backing_up.fill(engine)


def _others(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: stored for name, stored in found.items() if name not in ADDED}


def test_what_was_backed_up_comes_back(filled: Engine, tmp_path: Path) -> None:
    before = rows(filled)
    assert all(before[name] for name in ("member", "attachment", "signed_table", "signature"))
    kept = back_up(filled, tmp_path / "a.zip")
    assert kept.rows == sum(len(stored) for stored in before.values())
    with Session(filled) as session:
        trail.act_as(session, actor="test", act="test")
        session.add(settings.Setting(key="later", value="1"))
        session.commit()
    for _time in range(2):  # the second time every account stays as the first has left it
        assert restore(filled, tmp_path / "a.zip") == kept
    after = rows(filled)
    assert _others(after) == _others(before)
    assert after["audit_entry"][: len(before["audit_entry"])] == before["audit_entry"]
    with filled.connect() as connection:
        assert guards.missing(connection) == set()
        assert trail.verify(connection)[1] is None
    with Session(filled) as session:  # numbers go on after the restored ones
        assert settings.read(session, "later") is None
        trail.act_as(session, actor="test", act="test")
        session.add(Unit(code="MOI", position=99))
        session.commit()


def test_a_restore_is_an_entry_of_the_trail(filled: Engine, tmp_path: Path) -> None:
    kept = back_up(filled, tmp_path / "a.zip")
    with filled.connect() as connection:
        backed_up = trail.head(connection)
    with Session(filled) as session:
        trail.act_as(session, actor="test", act="test")
        session.add(settings.Setting(key="later", value="1"))
        session.commit()
        lost = trail.head(session.connection())
    restore(filled, tmp_path / "a.zip")
    with Session(filled) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.act, entry.what) == ("dòng lệnh", "restore", What.CHANGED)
        assert json.loads(entry.key) == {"sha256": kept.sha256}
        told = json.loads(entry.changes)
        assert told["head"] == [lost[1], backed_up[1]]
        assert told["entries"] == [lost[0], backed_up[0]]
        made = settings.read(session, settings.BACKED_UP)
        assert made == kept.made_at.isoformat()


def test_a_backup_of_one_database_restores_into_the_other(
    filled: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    back_up(filled, tmp_path / "a.zip")
    other = "postgresql_url" if filled.dialect.name == "sqlite" else "sqlite_url"
    engine = open_engine(request.getfixturevalue(other))
    with filled.connect() as connection:
        before = picture(connection, [])
    restore(engine, tmp_path / "a.zip")
    with engine.connect() as connection:
        after = picture(connection, [])
        assert guards.missing(connection) == set()
    engine.dispose()
    found = list(differences(before, after))
    assert len(found) == 3, found  # the restore's own entries, setting, and the head of the chain
    assert {name for name in ADDED for one in found if name in one} == {"audit_entry", "setting"}


def test_sealed_values_stay_sealed_in_a_backup(filled: Engine, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    assert "Hồ Văn Thử".encode() in inside
    assert b"045190000123" not in inside
    assert sealing.key().hex().encode() not in inside


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_only_its_owner_may_read_a_backup(filled: Engine, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "a.zip")
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600


# --- What is refused ------------------------------------------------------------------------------


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))


def _other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


def _hand_copy(path: Path) -> None:
    shutil.copyfile(path.with_name("register.db"), path)


def _row(path: Path) -> None:
    _rewrite(path, "household.jsonl", lambda stored: stored.replace(b"H", b"K", 1))


def _row_left_out(path: Path) -> None:
    _rewrite(path, "attachment.jsonl", lambda stored: b"")


def _newer(path: Path) -> None:
    newest = revision.newest().encode()
    _rewrite(path, "manifest.json", lambda stored: stored.replace(newest, b"9999"))


def _not_ours(path: Path) -> None:
    _rewrite(path, "manifest.json", lambda stored: stored.replace(b"casemgmt-backup", b"else"))


def _chain(path: Path) -> None:
    _rewrite(path, "manifest.json", lambda stored: stored.replace(b'"head": "', b'"head": "0'))


def _rewrite(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    assert change(members[name]) != members[name]
    members[name] = change(members[name])
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_truncated, "cắt ngắn"),
        (_half, "cắt ngắn"),
        (_empty, "không phải tệp sao lưu"),
        (_picture, "không phải tệp sao lưu"),
        (_other_zip, "không phải tệp sao lưu"),
        (_row, "bảng household đã bị đổi"),
        (_row_left_out, "bảng attachment đã bị đổi"),
        (_newer, "mới hơn chương trình"),
        (_not_ours, "không phải tệp sao lưu"),
        (_chain, "nhật ký không kết thúc"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused(
    filled: Engine, tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    path = tmp_path / "a.zip"
    back_up(filled, path)
    before = rows(filled)
    spoil(path)
    with pytest.raises(RuleBroken, match=says):
        restore(filled, path)
    assert rows(filled) == before
    with filled.connect() as connection:
        assert guards.missing(connection) == set()


def test_a_hand_copied_database_is_recognised(sqlite_url: str, tmp_path: Path) -> None:
    engine = backing_up.fill(open_engine(sqlite_url))
    _hand_copy(tmp_path / "a.zip")
    before = rows(engine)
    with pytest.raises(RuleBroken, match="bản chép tay") as refused:
        restore(engine, tmp_path / "a.zip")
    assert "casemgmt backup" in refused.value.message
    assert rows(engine) == before
    engine.dispose()


def test_another_sealing_key_is_refused_and_none_is_made(
    filled: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(filled, tmp_path / "a.zip")
    before = rows(filled)
    monkeypatch.setenv("CASEMGMT_HOME", str(tmp_path / "other"))
    for _attempt in ("no key there", "another key there"):
        with pytest.raises(RuleBroken, match=r"sealing\.key"):
            restore(filled, tmp_path / "a.zip")
        assert not (tmp_path / "other" / sealing.KEY_FILE).exists() or _attempt.startswith(
            "another"
        )
        sealing.key()
    assert rows(filled) == before


def test_a_flipped_byte_is_found_or_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    engine = backing_up.fill(open_engine(sqlite_url))
    path, before = tmp_path / "a.zip", rows(engine)
    back_up(engine, path)
    whole = path.read_bytes()
    refused = passed = 0
    for place in range(0, len(whole), len(whole) // 400):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            check(path, None)
        except RuleBroken:
            refused += 1
            continue
        passed += 1  # times and hints of a zip, that its reader passes over
        if passed <= 5:
            restore(engine, path)
            assert _others(rows(engine)) == _others(before)
    assert refused > 300
    engine.dispose()


def test_a_refused_restore_leaves_an_old_database_at_its_revision(
    sqlite_url: str, tmp_path: Path
) -> None:
    engine = open_engine(sqlite_url)
    command.downgrade(schema.alembic_config(engine), "0005")
    _picture(tmp_path / "a.zip")
    with pytest.raises(RuleBroken):
        restore(engine, tmp_path / "a.zip")
    with engine.connect() as connection:
        assert revision.current(connection) == "0005"
    engine.dispose()


def test_a_damaged_database_says_what_to_do(sqlite_url: str, tmp_path: Path) -> None:
    engine = backing_up.fill(open_engine(sqlite_url))
    back_up(engine, tmp_path / "a.zip")
    engine.dispose()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    path.write_bytes(path.read_bytes()[:4096] + os.urandom(200_000))
    refused = run("restore", str(tmp_path / "a.zip"), url=sqlite_url)
    assert refused.returncode == 1
    assert "-wal" in refused.stderr
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    done = run("restore", str(tmp_path / "a.zip"), url=sqlite_url)
    assert done.returncode == 0, done.stderr


# --- Older backups --------------------------------------------------------------------------------


OLDER = sorted(revision.known() - {revision.newest()})


@pytest.mark.parametrize(
    ("old", "into"), [(old, "sqlite_url") for old in OLDER] + [("0001", "postgresql_url")]
)
def test_a_backup_of_an_older_revision_is_brought_up(
    old: str, into: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    older = open_engine(f"sqlite:///{tmp_path / 'older.db'}")
    schema.upgrade(older, old)
    with older.begin() as connection:
        connection.execute(text("INSERT INTO unit (id, code, position) VALUES (7, 'CU', 1)"))
    kept = back_up(older, tmp_path / "a.zip")
    older.dispose()
    engine = backing_up.fill(open_engine(request.getfixturevalue(into)))
    assert restore(engine, tmp_path / "a.zip").rows == kept.rows
    with engine.connect() as connection:
        assert revision.current(connection) == revision.newest()
        assert guards.missing(connection) == set()
        assert list(connection.execute(select(Unit.__table__.c.code)).scalars()) == ["CU"]
        assert trail.verify(connection)[1] is None
    assert not list(Path(os.environ["CASEMGMT_HOME"]).glob("scratch-*"))
    engine.dispose()
