"""Accounts: what each role serves, passwords, and when open sessions end."""

from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Lock

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from casemgmt.access import actions, passwords, queries
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.errors import RuleBroken
from tests import make

PASSWORD = "mot-hai-ba-bon-5"


def user(session: Session, name: str = "an", role: Role = Role.VIEWER, **more: object) -> User:
    return actions.add_user(session, name=name, role=role, password=PASSWORD, **more)


def test_each_role_serves_its_own(session: Session) -> None:
    at = make.places(session)
    women = make.organisation(session, at.commune)
    officer = user(session, "xa", Role.COMMUNE, unit=at.town, signs=True)
    assert (officer.unit, officer.signs, officer.active) == (at.town, True, True)
    assert user(session, "huyen", Role.DISTRICT, unit=at.district).unit is at.district
    assert user(session, "hoi", Role.ORGANISATION, organisation=women).organisation is women
    assert user(session, "xem", Role.VIEWER, unit=at.town).unit is None
    for role, more, field in (
        (Role.COMMUNE, {"unit": at.district}, "unit"),
        (Role.COMMUNE, {"unit": at.village}, "unit"),
        (Role.COMMUNE, {}, "unit"),
        (Role.DISTRICT, {"unit": at.commune}, "unit"),
        (Role.ORGANISATION, {}, "organisation"),
    ):
        with pytest.raises(RuleBroken) as broken:
            user(session, "moi", role, **more)
        assert broken.value.field == field


def test_names_are_one_persons_whatever_the_case(session: Session) -> None:
    user(session, "An.Nguyen")
    assert session.scalar(queries.user_named("an.nguyen")) is not None
    for name in ("AN.NGUYEN", "a", "tên có dấu", "a b"):
        with pytest.raises(RuleBroken) as broken:
            user(session, name)
        assert broken.value.field == "name"


def test_passwords_follow_the_rules_and_end_other_sessions(session: Session) -> None:
    account = user(session)
    with pytest.raises(RuleBroken) as broken:
        actions.add_user(session, name="binh", role=Role.VIEWER, password="ngan")
    assert broken.value.field == "password"
    for old, new, field in (
        ("sai", "mot-mat-khau-khac-9", "old"),
        (PASSWORD, PASSWORD, "password"),
        (PASSWORD, "ngan", "password"),
    ):
        with pytest.raises(RuleBroken) as broken:
            actions.change_password(session, account, old=old, new=new)
        assert broken.value.field == field
    assert account.epoch == 0
    actions.change_password(session, account, old=PASSWORD, new="mot-mat-khau-khac-9")
    assert passwords.matches(account.password_hash, "mot-mat-khau-khac-9")
    assert account.epoch == 1
    made = actions.reset_password(session, account)
    assert passwords.matches(account.password_hash, made)
    assert (account.epoch, account.must_change) == (2, True)
    actions.set_password(session, account, password=PASSWORD)
    assert (account.epoch, account.must_change) == (3, False)


def test_an_administrator_always_remains(session: Session) -> None:
    first = user(session, "quantri", Role.ADMIN)
    for act in (
        lambda: actions.disable(session, first),
        lambda: actions.edit_user(session, first, role=Role.VIEWER),
    ):
        with pytest.raises(RuleBroken):
            act()
    second = user(session, "quantri2", Role.ADMIN)
    actions.disable(session, first)
    assert (first.active, first.epoch) == (False, 1)
    with pytest.raises(RuleBroken):
        actions.disable(session, first)
    with pytest.raises(RuleBroken):
        actions.disable(session, second)
    actions.enable(session, first)
    with pytest.raises(RuleBroken):
        actions.enable(session, first)
    actions.edit_user(session, second, role=Role.VIEWER)
    assert (second.role, second.epoch) == (Role.VIEWER, 1)
    actions.end_sessions(session, second)
    assert second.epoch == 2
    assert [account.name for account in session.scalars(queries.users())] == [
        "quantri",
        "quantri2",
    ]


def test_a_made_up_password_keeps_the_rules_for_a_short_name_too() -> None:
    for _ in range(300):
        passwords.rules(passwords.made_up("ha"), name="Ha")


@pytest.mark.parametrize(
    "easy",
    [
        "hongheo2022camlo",
        "Hộ nghèo Cam Lộ 2022",
        "matkhau@2022!!",
        "Quangtri-Camlo-45",
        "Cam Tuyền 19600 xã",
        "045190000123",
        "19752004302022",
        "iloveyou12345",  # leaked
        "Password123456",  # leaked, in small letters
        "1qaz2wsx3edc4rfv",  # leaked
    ],
)
def test_what_anyone_here_would_try_is_no_password(session: Session, easy: str) -> None:
    make.places(session)
    with pytest.raises(RuleBroken, match="dễ đoán") as broken:
        actions.add_user(session, name="binh", role=Role.VIEWER, password=easy)
    assert broken.value.field == "password"


def test_words_that_do_not_belong_together_may_be_one(session: Session) -> None:
    make.places(session)
    for number, good in enumerate(("mưa nguồn chớp bể 22", "xe đạp xanh và con mèo lười")):
        actions.add_user(session, name=f"binh{number}", role=Role.VIEWER, password=good)


def test_no_more_passwords_are_hashed_at_once_than_there_are_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cores = 2
    at_once, most, lock = 0, 0, Lock()

    class Watched(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            try:
                return super().hash(password, salt=salt)
            finally:
                with lock:
                    at_once -= 1

    monkeypatch.setattr(passwords, "_working", BoundedSemaphore(cores))
    monkeypatch.setattr(passwords, "_hasher", Watched(time_cost=2, memory_cost=4096))
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(passwords.hashed, [PASSWORD] * 24))) == 24
    assert most == cores
