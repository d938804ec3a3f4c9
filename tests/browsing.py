"""A small register and people who use its pages: real requests, CSRF on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casemgmt import clock, settings
from casemgmt.access import passwords
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.app import create_app
from casemgmt.audit import trail
from casemgmt.db import open_engine
from casemgmt.households.classifying import classify
from casemgmt.households.members import add_member
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places.models import Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household, Relation, Sex
from casemgmt.sponsorship.actions import assign_lead
from casemgmt.support.actions import log_support
from casemgmt.typed import Birth
from casemgmt.web.database import db
from tests import make

TODAY = date(2022, 10, 20)
PASSWORD = "mưa nguồn chớp bể 22"
CITIZEN = "045190000123"
MASKED = "045*******23"
NOTE = "ghi chú riêng của hộ"
CLASS_NOTE = "ghi chú riêng của phân loại"
REASON = "lý do riêng của phân loại"
USERS = ("commune", "town", "district", "hoi", "viewer", "admin")
_INPUT = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@cache
def password_hashed() -> str:
    """PASSWORD as an account stores it."""
    return passwords.hashed(PASSWORD)


def hidden(page: str) -> dict[str, str]:
    """The hidden answers of the form on a page."""
    return {
        found[1]: unescape(found[2])
        for found in _INPUT.finditer(page)
        if 'type="hidden"' in found[0]
    }


def said(page: str) -> str:
    """What a page says between its head and its foot, whose forms carry tokens of chance."""
    return page.partition("<main")[2].partition("</main>")[0]


@dataclass
class Site:
    """The application on a register of two communes."""

    app: Flask
    engine: Engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of our own, to look at what the pages have done."""
        with Session(self.engine) as session:
            trail.act_as(session, actor="test", act="test")
            yield session

    def close(self) -> None:
        """Give all connections back."""
        with self.app.app_context():
            db.engine.dispose()
        self.engine.dispose()

    def household(self, session: Session, code: str) -> Household:
        """A household, whoever may see it."""
        query = select(Household).where(Household.code == code)
        return session.scalars(Lens.everyone(TODAY).scoped(query)).one()

    def client(self, name: str) -> "Person":
        """Somebody who has signed in."""
        person = Person(self.app.test_client())
        answer = person.post("/login", username=name, password=PASSWORD)
        assert answer.status_code == 302, answer.text
        return person


@dataclass
class Person:
    """A browser with somebody at it."""

    browser: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.browser.get(path)

    def page(self, path: str) -> str:
        """The text of a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return unescape(answer.text)

    def post(self, path: str, **fields: object) -> TestResponse:
        """Open a form, fill it in and send it: with its token and its other hidden answers."""
        return self.send(path, **{**self.hidden(path), **fields})

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden answers of the form at an address."""
        return hidden(self.get(path).text)

    def send(self, path: str, **fields: object) -> TestResponse:
        """Send a form as it is given; its token is taken from any page where it lacks one."""
        if "csrf_token" not in fields:
            fields["csrf_token"] = self.token()
        return self.browser.post(path, data=fields)

    def token(self) -> str:
        """A token of this session."""
        for path in ("/", "/tables", "/login"):
            if found := TOKEN.search(self.get(path).text):
                return found[1]
        raise AssertionError("no form on the first page")


@contextmanager
def site(url: str) -> Iterator[Site]:
    """A register with two communes under a district, households in both, and one account of each
    role; its today is 20/10/2022."""
    engine = open_engine(url)
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        _fill(session)
        session.commit()
    app = create_app({"SQLALCHEMY_DATABASE_URI": url})
    yield Site(app, engine)
    engine.dispose()
    with app.app_context():
        db.engine.dispose()


def _fill(session: Session) -> None:
    session.add(settings.Setting(key=settings.TODAY, value=TODAY.isoformat()))
    session.flush()
    places = make.places(session)
    farmers = make.organisation(session, places.commune, code="HND", kind=Kind.FARMERS_UNION)
    make.organisation(session, places.commune, code="HPN")
    make.organisation(session, places.town, code="HPN-TT")
    _households(session, places, farmers)
    _users(session, places, farmers)


def _households(session: Session, places: make.Places, farmers: Organisation) -> None:
    mine = make.household(
        session,
        places.village,
        head_name="Đặng Thị Ước",
        code="H1",
        address="Xóm Trên",
        phone="0905000111",
        note=NOTE,
        birth=Birth(1970),
        sex=Sex.FEMALE,
        citizen_id=CITIZEN,
        can_work=True,
        starts=date(2021, 1, 1),
    )
    add_member(session, mine, name="Đặng Văn Con", relation=Relation.CHILD, birth=Birth(2001, 2, 3))
    classify(
        session,
        mine,
        starts=date(2021, 12, 31),
        class_=Class.POOR,
        social_protection=True,
        note=CLASS_NOTE,
        reason=REASON,
    )
    assign_lead(session, mine, organisation=farmers, starts=date(2022, 2, 1))
    log_support(
        session,
        mine,
        on=date(2022, 3, 1),
        kind="Bò giống sinh sản",
        organisation=farmers,
        content="Một bò cái",
        value=15_000_000,
        code="A1",
    )
    other = make.household(session, places.other_village, head_name="An Văn Bình", code="H2")
    classify(session, other, starts=date(2021, 12, 31), class_=Class.NEAR_POOR)
    make.household(session, places.village, head_name="Hồ Thị Cúc", code="H3")
    foreign = make.household(session, places.quarter, head_name="Trần Xa Lạ", code="F1")
    classify(session, foreign, starts=date(2021, 12, 31), class_=Class.POOR)
    log_support(session, foreign, on=date(2022, 3, 1), kind="Khác", code="FA1")


def _users(session: Session, places: make.Places, farmers: Organisation) -> None:
    def user(
        name: str, role: Role, unit: Unit | None = None, one: Organisation | None = None
    ) -> None:
        session.add(
            User(
                name=name,
                role=role,
                unit=unit,
                organisation=one,
                password_hash=password_hashed(),
                created_at=clock.now(),
            )
        )

    user("commune", Role.COMMUNE, places.commune)
    user("town", Role.COMMUNE, places.town)
    user("district", Role.DISTRICT, places.district)
    user("hoi", Role.ORGANISATION, one=farmers)
    user("viewer", Role.VIEWER)
    user("admin", Role.ADMIN)
    session.flush()
