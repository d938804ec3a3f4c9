"""The register's key is changed: everything is read as before, nothing by the old key; a change
that was cut off is ended or dropped by the next."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from casemgmt import sealing
from casemgmt.audit import trail
from casemgmt.audit.models import AuditEntry
from casemgmt.backup.archive import back_up
from casemgmt.backup.resealing import change_key
from casemgmt.backup.restoring import restore
from casemgmt.errors import RuleBroken
from casemgmt.register import invariants
from casemgmt.register.models import Household, Member
from casemgmt.typed import Birth
from casemgmt.web import serving
from tests import make
from tests.browsing import MASKED, site
from tests.test_cli import run

# The tables that count would be backed up too.
pytestmark = pytest.mark.behind_its_back

CITIZEN, NOTE = "045190000123", "ghi chú riêng"
_MEMBERS, _HOUSEHOLDS = Member.__table__.c, Household.__table__.c


@pytest.fixture
def register(engine: Engine) -> Engine:
    """Households with what is sealed."""
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        village = make.places(session).village
        for number in range(450):
            make.household(
                session,
                village,
                code=f"H{number}",
                note=NOTE,
                birth=Birth(1990),
                citizen_id=str(int(CITIZEN) + number).zfill(12) if number % 3 else None,
            )
        session.commit()
    return engine


def _read(engine: Engine) -> tuple[list[str | None], set[str | None], list[str]]:
    """All CCCD, all notes, and what is broken."""
    with engine.connect() as connection, Session(connection) as session:
        return (
            sorted(map(str, connection.scalars(select(_MEMBERS.citizen_id)))),
            set(connection.scalars(select(_HOUSEHOLDS.note))),
            [
                found.sentence
                for found in (
                    *invariants.keyed(connection),
                    *invariants.chained(connection),
                    *invariants.derived(session),
                )
            ],
        )


def _key_file() -> Path:
    return Path(os.environ["CASEMGMT_HOME"]) / sealing.KEY_FILE


def test_everything_is_read_as_before_and_nothing_by_the_old_key(register: Engine) -> None:
    before, old = _read(register), _key_file().read_bytes()
    assert before[1:] == ({NOTE}, [])
    changed = change_key(register)
    assert changed.rows == 900
    assert _key_file().read_bytes() != old
    assert changed.old_key.read_bytes().strip() == old.strip()
    assert changed.old_key.stat().st_mode & 0o077 == 0
    assert _read(register) == before
    _key_file().write_bytes(old)
    sealing.forget_keys()
    with pytest.raises(RuleBroken):
        _read(register)


def test_the_trail_tells_of_the_change_but_no_key(register: Engine) -> None:
    old = sealing.fingerprint()
    change_key(register)
    with register.connect() as connection:
        newest = select(AuditEntry.__table__).order_by(AuditEntry.id.desc()).limit(1)
        entry = connection.execute(newest).one()
    assert (entry.act, entry.subject) == ("change_key", "sealing_key")
    assert old in entry.changes
    assert sealing.fingerprint() in entry.changes
    assert sealing.key().hex() not in entry.changes


class Died(Exception):
    """The machine went off."""


@pytest.mark.parametrize("where", ["before the commit", "after the commit"])
def test_a_change_that_was_cut_off_goes_through_the_next_time(
    register: Engine, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _read(register)

    def die(*_told: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        if where == "after the commit":
            patch.setattr(os, "replace", die)
        else:
            event.listen(register, "commit", die)
        with pytest.raises(Died):
            change_key(register)
    if where == "before the commit":
        event.remove(register, "commit", die)
        assert _read(register) == before
    with pytest.raises(RuleBroken, match="change-key"):
        serving.check_start(_App(), serving.Serving(), "127.0.0.1")  # type: ignore[arg-type]
    assert change_key(register).rows == 900
    assert _read(register) == before
    assert not (_key_file().parent / sealing.WAITING_KEY).exists()


class _App:
    debug = False


def test_a_backup_from_before_needs_the_old_key_and_takes_it(
    register: Engine, tmp_path: Path
) -> None:
    before = _read(register)
    back_up(register, tmp_path / "before.zip")
    changed = change_key(register)
    with pytest.raises(RuleBroken, match=r"tệp khóa cũ"):
        restore(register, tmp_path / "before.zip")
    changed.old_key.replace(_key_file())
    sealing.forget_keys()
    restore(register, tmp_path / "before.zip")
    assert _read(register) == before


def test_everybody_signs_in_anew(url: str) -> None:
    with site(url) as there:
        person = there.client("commune")
        assert person.get("/households").status_code == 200
        change_key(there.engine)
        assert person.get("/households").status_code == 302
        again = there.client("commune")
        assert MASKED in again.page("/households/H1")


def test_without_its_key_a_register_is_not_opened(register: Engine, tmp_path: Path) -> None:
    url = register.url.render_as_string(hide_password=False)
    away = _key_file().rename(tmp_path / "kept.key")
    for command in (["init"], ["serve"], ["export", "so.xlsx"], ["change-key"]):
        refused = run(*command, url=url)
        assert refused.returncode == 1, (command, refused.stdout)
        assert f"Không có tệp khóa của sổ ({_key_file()})" in refused.stderr
        assert not _key_file().exists()
    away.rename(_key_file())
    assert run("check", url=url).returncode == 0


def test_a_site_does_not_start_with_the_key_of_another_register(register: Engine) -> None:
    _key_file().write_text("00" * 32, encoding="ascii")
    refused = run("serve", url=register.url.render_as_string(hide_password=False))
    assert refused.returncode == 1
    assert "hãy đặt đúng tệp khóa của sổ này" in refused.stderr
