"""A restore does not bring back what opened the register once: accounts that were disabled or have
another password, sessions, codes and forms that were used."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casemgmt import clock, schema
from casemgmt.access import actions, passwords
from casemgmt.access.models import (
    OpenSession,
    RecoveryCode,
    SecondFactor,
    SentForm,
    SignInFailure,
    User,
)
from casemgmt.access.policy import Role
from casemgmt.audit import trail
from casemgmt.backup import surviving
from casemgmt.backup.archive import back_up
from casemgmt.backup.restoring import restore
from casemgmt.places.models import Unit
from tests import make

# The tables that count would be backed up too.
pytestmark = pytest.mark.behind_its_back

OLD, NEW = "mưa nguồn chớp bể 22", "nắng sớm mưa chiều 33"
Doing = Callable[[Session, User], None]


def _user(session: Session, name: str = "ha.le") -> User:
    found: User = session.scalars(select(User).where(User.name == name)).one()
    return found


@pytest.fixture
def backed_up(engine: Engine, tmp_path: Path) -> Path:
    """A backup of a register with accounts in use."""
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        at = make.places(session)
        for name in ("quan.tri", "chi.huy"):
            actions.add_user(session, name=name, role=Role.ADMIN, password=OLD)
        user = actions.add_user(
            session, name="ha.le", role=Role.COMMUNE, password=OLD, unit=at.commune
        )
        session.add(SecondFactor(user_id=user.id, secret="OLD", last_step=100))
        session.add_all(RecoveryCode(user_id=user.id, hash=one) for one in ("one", "two"))
        _open(session, user)
        session.commit()
    back_up(engine, tmp_path / "a.zip")
    return tmp_path / "a.zip"


def _open(session: Session, user: User) -> None:
    now = clock.now()
    session.add(
        OpenSession(
            hash="open",
            user_id=user.id,
            epoch=user.epoch,
            opened_at=now,
            seen_at=now,
            proved_at=now,
            device="",
        )
    )


def _do(engine: Engine, *doings: Doing) -> None:
    for doing in doings:
        with Session(engine) as session:
            trail.act_as(session, actor="test", act="test")
            doing(session, _user(session))
            session.commit()


def _disabled(session: Session, user: User) -> None:
    actions.disable(session, user)


def _enabled(session: Session, user: User) -> None:
    actions.enable(session, user)


def _password(session: Session, user: User) -> None:
    actions.set_password(session, user, password=NEW)


def _role(session: Session, user: User) -> None:
    actions.edit_user(session, user, role=Role.VIEWER)


@pytest.mark.parametrize(
    ("since", "active", "password", "role"),
    [
        ([], True, OLD, Role.COMMUNE),
        ([_disabled], False, OLD, Role.COMMUNE),
        ([_disabled, _enabled], True, OLD, Role.COMMUNE),
        ([_password], True, NEW, Role.COMMUNE),
        ([_password, _disabled], False, NEW, Role.COMMUNE),
        ([_role], True, OLD, Role.VIEWER),
    ],
)
def test_an_account_stays_as_it_is_now(
    engine: Engine, backed_up: Path, since: list[Doing], active: bool, password: str, role: Role
) -> None:
    _do(engine, *since)
    restore(engine, backed_up)
    with Session(engine) as session:
        user = _user(session)
        assert (user.active, user.role) == (active, role)
        assert passwords.matches(user.password_hash, password)
        assert _user(session, "quan.tri").active
    restore(engine, backed_up)  # and the second time as well
    with Session(engine) as session:
        assert (_user(session).active, _user(session).role) == (active, role)
        assert passwords.matches(_user(session).password_hash, password)


def test_an_older_restore_does_not_undo_what_a_newer_backup_knows(
    engine: Engine, backed_up: Path, tmp_path: Path
) -> None:
    """A new machine: first the older backup is put back, then the newer one."""
    _do(engine, _password, _disabled)
    back_up(engine, tmp_path / "newer.zip")
    schema.drop_everything(engine)
    restore(engine, backed_up)
    with Session(engine) as session:
        assert _user(session).active
    restore(engine, tmp_path / "newer.zip")
    with Session(engine) as session:
        assert not _user(session).active
        assert passwords.matches(_user(session).password_hash, NEW)


def test_an_account_that_moved_to_a_unit_made_since_is_disabled(
    engine: Engine, backed_up: Path
) -> None:
    def move(session: Session, user: User) -> None:
        user.unit = Unit(code="MOI", position=99)
        user.epoch += 1

    _do(engine, move)
    restore(engine, backed_up)
    with Session(engine) as session:
        user = _user(session)
        assert (user.active, user.role, user.unit is not None) == (False, Role.COMMUNE, True)


def test_all_sessions_end(engine: Engine, backed_up: Path) -> None:
    with Session(engine) as session:
        before = _user(session).epoch
    restore(engine, backed_up)
    with Session(engine) as session:
        assert session.scalars(select(OpenSession)).all() == []
        assert _user(session).epoch > before


def test_what_was_used_stays_used(engine: Engine, backed_up: Path) -> None:
    def use(session: Session, user: User) -> None:
        factor, code = session.get_one(SecondFactor, user.id), (user.id, "one")
        factor.last_step = 200
        session.get_one(RecoveryCode, code).used_at = clock.now()
        session.add(SentForm(key="sent", user_id=user.id, at=clock.now()))
        session.add(SignInFailure(at=clock.now(), account="a", source="s"))

    _do(engine, use)
    restore(engine, backed_up)
    with Session(engine) as session:
        user = _user(session)
        assert session.get_one(SecondFactor, user.id).last_step == 200
        used = {
            code.hash: code.used_at is not None for code in session.scalars(select(RecoveryCode))
        }
        assert used == {"one": True, "two": False}
        assert session.get(SentForm, "sent") is not None
        assert session.scalars(select(SignInFailure)).one().account == "a"


def test_a_new_second_factor_stays_with_its_codes(engine: Engine, backed_up: Path) -> None:
    def renew(session: Session, user: User) -> None:
        session.get_one(SecondFactor, user.id).secret = "NEW"
        session.delete(session.get_one(RecoveryCode, (user.id, "two")))
        session.add(RecoveryCode(user_id=user.id, hash="three"))
        user.epoch += 1

    _do(engine, renew)
    restore(engine, backed_up)
    with Session(engine) as session:
        assert session.get_one(SecondFactor, _user(session).id).secret == "NEW"
        codes = {code.hash for code in session.scalars(select(RecoveryCode))}
        assert codes == {"one", "three"}


def test_whether_somebody_manages_accounts(engine: Engine, backed_up: Path) -> None:
    with engine.connect() as connection:
        assert surviving.somebody_manages_accounts(connection)
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        for name in ("quan.tri", "chi.huy"):
            _user(session, name).active = False
        session.commit()
    with engine.connect() as connection:
        assert not surviving.somebody_manages_accounts(connection)


def test_every_table_about_accounts_has_its_way() -> None:
    named = {*surviving.PASSING, *surviving.UNITED, *surviving.AS_BACKED_UP}
    tables = schema.metadata().tables.values()
    about = {
        table.name
        for table in tables
        if any(key.column.table.name == "user_account" for key in table.foreign_keys)
    }
    about |= {
        mapper.local_table.name
        for mapper in schema.Base.registry.mappers
        if mapper.class_.__module__ == "casemgmt.access.models"
    }
    assert about == named
