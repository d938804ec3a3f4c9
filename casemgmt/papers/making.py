"""Papers of many households: what was asked for, and its making — at once in a request, or by the
worker in the background. The same records, day, maker and moment give the same bytes."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt.access.models import User
from casemgmt.access.policy import may
from casemgmt.audit.models import What
from casemgmt.audit.trail import Change
from casemgmt.households import queries as households
from casemgmt.paper import forms, page, roll
from casemgmt.paper.fonts import chosen
from casemgmt.paper.page import Made
from casemgmt.papers import asked, case_file, lists, queries
from casemgmt.papers.job_models import Job, Kind
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household
from casemgmt.support.models import Situation
from casemgmt.typed import show_date

AT_ONCE = {Kind.CASE_FILES: 50, Kind.VISIT_FORMS: 100, Kind.HOUSEHOLD_LIST: 500}
MOST = {Kind.CASE_FILES: 2000, Kind.VISIT_FORMS: 2000, Kind.HOUSEHOLD_LIST: 10_000}
_CHUNK = 500

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made: papers of these households (ids, in this order) as of a day. `root`: the
    site's address; `query`: the filters of the list that they come from, without the searched
    text; `private`: whether the one who asks sees what is private. `name`: of the file."""

    kind: Kind
    name: str
    as_of: date
    households: Sequence[int]
    root: str
    query: str
    private: bool

    @classmethod
    def of(cls, job: Job) -> "Order":
        """What a job is to make."""
        return cls(job.kind, job.name, job.as_of, *json.loads(job.parameters))

    def as_json(self) -> str:
        """What a job keeps of it apart (`parameters`)."""
        return json.dumps([list(self.households), self.root, self.query, self.private])

    def address(self, path: str, query: str = "") -> str:
        """An address that opens the same on the same day."""
        day = urlencode({"as_of": show_date(self.as_of)})
        return f"{self.root}{path}?{query + '&' if query else ''}{day}"

    def allowed(self, session: Session, lens: Lens, user: User) -> bool:
        """Whether the account may have these papers: it may do the act, sees each of the
        households through this lens (of `as_of`), and what is private where they show it."""
        return (
            user.active
            and may(user.role, self.kind.act)
            and (lens.private or not self.private)
            and sum(_seen(session, lens, part) for part in self._parts()) == len(self.households)
        )

    def left(self, key: dict[str, Any]) -> list[Change]:
        """The audit entries of these papers having been made; `key` says what was asked for. Each
        household whose whole file leaves has one of its own."""
        changes = []
        if self.kind is Kind.CASE_FILES:
            own = {"list": "case files", "format": "pdf"}
            changes = [
                Change(What.EXPORTED, "household", own, {}, number) for number in self.households
            ]
        whole = {**key, "list": self.kind.value, "rows": len(self.households), "format": "pdf"}
        return [*changes, Change(What.EXPORTED, "household", whole)]

    def rows(self, session: Session, lens: Lens) -> list[Any]:
        """The households as `households.listed` lists them, in their order."""
        found: dict[int, Any] = {}
        for part in self._parts():
            query = households.listed(lens).where(Household.id.in_(part)).order_by(None)
            found |= {row.id: row for row in session.execute(query)}
        return [found[number] for number in self.households if number in found]

    def _parts(self) -> Iterator[Sequence[int]]:
        for start in range(0, len(self.households), _CHUNK):
            yield self.households[start : start + _CHUNK]


def _seen(session: Session, lens: Lens, numbers: Sequence[int]) -> int:
    query = select(func.count()).select_from(Household).where(Household.id.in_(numbers))
    return session.scalar(lens.scoped(query)) or 0


def make(session: Session, lens: Lens, user: User, at: datetime, order: Order, tell: Tell) -> bytes:
    """The file of an order that is allowed, made by this account at this moment. `tell` hears of
    how many households are done."""
    make_one = {
        Kind.CASE_FILES: _case_files,
        Kind.VISIT_FORMS: _visit_forms,
        Kind.HOUSEHOLD_LIST: _household_list,
    }[order.kind]
    return make_one(session, lens, user, at, order, tell)


def _case_files(
    session: Session, lens: Lens, user: User, at: datetime, order: Order, tell: Tell
) -> bytes:
    issuer = asked.issuer(session, user, order.as_of)

    def made(code: str) -> Made:
        return Made(user.name, at, order.address(f"/households/{code}"))

    return case_file.as_bytes(
        session, lens, order.households, chosen(), order.name, issuer, made, tell
    )


def _visit_forms(
    session: Session, lens: Lens, user: User, at: datetime, order: Order, tell: Tell
) -> bytes:
    names = asked.villages(session, order.as_of)
    places = {number: place for place, number in enumerate(names)}
    rows = order.rows(session, lens)
    rows.sort(key=lambda row: places.get(row.village_id, len(places)))  # then as listed
    last: dict[int, date] = {}
    for part in order._parts():
        last |= dict(session.execute(queries.last_visits(lens, part)).all())

    def blank() -> Iterator[forms.VisitForm]:
        for done, row in enumerate(rows):
            tell(done)
            yield forms.VisitForm(
                row.code,
                row.head_name,
                names.get(row.village_id, lists.ELSEWHERE),
                row.lead or "chưa có",
                show_date(last[row.id]) if row.id in last else "chưa có",
                f"{order.root}/households/{row.code}/visits/add",
            )

    made = Made(user.name, at).words
    foot = page.Foot((f"Phiếu thăm hộ. {lists.day_said(order.as_of)}.", made))
    situations = [one.label for one in Situation]
    return forms.as_bytes(blank(), situations, chosen(), order.name, foot)


def _household_list(
    session: Session, lens: Lens, user: User, at: datetime, order: Order, tell: Tell
) -> bytes:
    paper = lists.households(
        order.rows(session, lens),
        asked.villages(session, order.as_of),
        asked.issuer(session, user, order.as_of),
        order.as_of,
        Made(user.name, at, order.address("/households", order.query)),
    )
    tell(0)
    return roll.as_bytes([paper], chosen(), order.name)
