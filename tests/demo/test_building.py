"""The demonstration as it stands in a database: its day, its accounts, its invariants."""

from datetime import date
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from casemgmt import demo, schema, settings
from casemgmt.access import passwords
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.db import open_engine
from casemgmt.demo.reading import SIGNED
from casemgmt.register import checking

Built = tuple[str, list[demo.Account]]


def test_it_carries_its_own_today(connection: Connection) -> None:
    session = Session(connection)
    assert settings.today(session) == date(2023, 10, 20)
    assert settings.read(session, settings.DEMONSTRATION)


def test_it_is_known_as_a_demonstration(built: Built) -> None:
    engine = open_engine(built[0])
    assert schema.standing(engine) is schema.Standing.DEMONSTRATION
    engine.dispose()


def test_there_is_an_account_for_each_role_and_its_password_is_told_once(
    built: Built, connection: Connection
) -> None:
    _url, accounts = built
    assert {account.role for account in accounts} == set(Role)
    users = {user.name: user for user in Session(connection).scalars(select(User))}
    assert set(users) == {account.name for account in accounts}
    assert len({account.password for account in accounts}) == len(accounts)
    for account in accounts:
        user = users[account.name]
        assert user.role is account.role
        assert passwords.matches(user.password_hash, account.password)
        assert not user.must_change
    told = {
        name: (user.unit and user.unit.code) or (user.organisation and user.organisation.code)
        for name, user in users.items()
    }
    assert told == {
        "quantri": None,
        "huyen-camlo": "CAM-LO",
        "xa-camtuyen": "CAM-TUYEN",
        "thitran-camlo": "TT-CAM-LO",
        "phunu-huyen": "LHPN-CAM-LO",
        "nongdan-camtuyen": "HND-CAM-TUYEN",
        "xemsolieu": None,
    }
    assert [name for name, user in users.items() if user.signs] == ["huyen-camlo"]


def test_no_invariant_is_broken_and_only_the_unassigned_poor_are_pointed_at(
    connection: Connection,
) -> None:
    session = Session(connection)
    found = checking.check(session, today=settings.today(session))
    assert [finding for finding in found if finding.is_invariant] == []
    assert {finding.code for finding in found} == {"no_lead"}


def test_the_signed_tables_are_shipped_as_they_are_printed() -> None:
    lines = (SIGNED / "bieu-2.csv").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == 'Tổng,14905,101,453,3.04,42,,345,2.31,108,"0,72",24,429,2.82'
    assert Path(demo.__file__).parent in SIGNED.parents
