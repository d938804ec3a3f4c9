"""Backup and restore: the same rows come back, on the same or the other database; what is not
whole is refused and nothing changes."""

import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, select
from sqlalchemy.orm import Session

from casemgmt import schema, sealing, settings
from casemgmt.audit import guards, trail
from casemgmt.backup import back_up, restore
from casemgmt.db import open_engine
from casemgmt.errors import RuleBroken
from casemgmt.places.models import Unit
from casemgmt.register.models import Household, Member, Relation
from tests.whole.histories import History


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A register with sealed values and audit entries."""
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        History(5).store(session)
        household = Household(id=1000, code="KIN", head_name="Hồ Thị Mẫu", note="ghi chú kín")
        household.members.append(
            Member(name="Hồ Thị Mẫu", relation=Relation.HEAD, citizen_id="045190000123")
        )
        session.add(household)
        session.commit()
    return engine


def _rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in found.sorted_tables
        }


def test_what_was_backed_up_comes_back(filled: Engine, tmp_path: Path) -> None:
    before = _rows(filled)
    kept = back_up(filled, tmp_path / "a.zip")
    assert kept.rows == sum(len(rows) for name, rows in before.items() if name != "alembic_version")
    with Session(filled) as session:
        trail.act_as(session, actor="test", act="test")
        session.add(settings.Setting(key="later", value="1"))
        session.commit()
    restore(filled, tmp_path / "a.zip")
    assert _rows(filled) == before
    with filled.connect() as connection:
        assert guards.missing(connection) == set()
        assert trail.verify(connection)[1] is None
    with Session(filled) as session:  # numbers go on after the restored ones
        trail.act_as(session, actor="test", act="test")
        session.add(Unit(code="MOI", position=99))
        session.commit()


def test_a_backup_of_one_database_restores_into_the_other(
    filled: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    back_up(filled, tmp_path / "a.zip")
    other = "postgresql_url" if filled.dialect.name == "sqlite" else "sqlite_url"
    engine = open_engine(request.getfixturevalue(other))
    restore(engine, tmp_path / "a.zip")
    back_up(engine, tmp_path / "b.zip")
    engine.dispose()
    first, second = (
        json.loads(zipfile.ZipFile(tmp_path / name).read("manifest.json"))
        for name in ("a.zip", "b.zip")
    )
    assert first["audit"] == second["audit"]
    counts = [{name: t["rows"] for name, t in m["tables"].items()} for m in (first, second)]
    assert counts[0] == counts[1]


def test_sealed_values_stay_sealed_in_a_backup(filled: Engine, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    assert b"045190000123" not in inside
    assert "ghi chú kín".encode() not in inside
    assert sealing.key().hex().encode() not in inside


@pytest.mark.parametrize("fault", ["truncated", "row", "other key", "revision", "not ours"])
def test_a_backup_that_is_not_whole_is_refused(
    filled: Engine, tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.zip"
    back_up(filled, path)
    before = _rows(filled)
    _spoil(path, fault)
    if fault == "other key":
        monkeypatch.setenv("CASEMGMT_HOME", str(tmp_path / "other"))
    with pytest.raises(RuleBroken):
        restore(filled, path)
    assert _rows(filled) == before
    assert schema.standing(filled) is schema.Standing.REGISTER


def _spoil(path: Path, fault: str) -> None:
    if fault == "truncated":
        path.write_bytes(path.read_bytes()[:-200])
        return
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members["manifest.json"])
    if fault == "row":
        members["household.jsonl"] = members["household.jsonl"].replace("Người".encode(), b"Nguoi")
    elif fault == "revision":
        manifest["revision"] = "0000"
    elif fault == "not ours":
        manifest["form"] = "something"
    members["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
