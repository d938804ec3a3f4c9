"""From facts to the timeline: one pure function, and the one writer of `span`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from sqlalchemy import Row, Table, delete, insert, select
from sqlalchemy.orm import Session

from casemgmt.db import FOREVER
from casemgmt.organisations.actions import after_change_of_kind
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.register.models import Class, Classification, Lead, Span, Stay

_CHUNK = 500  # households at a time: within every database's limit of bound values


class Dated(Protocol):
    """A fact as it stands in the database."""

    @property
    def starts(self) -> date: ...


Fact = TypeVar("Fact", bound=Dated)


def holds(facts: Iterable[Fact]) -> list[tuple[date, date, Fact]]:
    """When each fact of one household and kind holds: (first day, exclusive end, fact)."""
    ordered = sorted(facts, key=lambda fact: fact.starts)
    ends = [*(fact.starts for fact in ordered[1:]), FOREVER][: len(ordered)]
    return [
        (fact.starts, min(until, _after(getattr(fact, "last_day", None))), fact)
        for fact, until in zip(ordered, ends, strict=True)
    ]


def _after(last_day: date | None) -> date:
    if last_day is None or last_day >= FOREVER:
        return FOREVER
    return last_day + timedelta(days=1)


def in_force(facts: Iterable[Fact], day: date) -> Fact | None:
    """The fact that holds on a day."""
    for starts, ends, fact in holds(facts):
        if starts <= day < ends:
            return fact
    return None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One row of the timeline, before it has a household."""

    village_id: int
    starts: date
    ends: date
    class_: Class = Class.NONE
    minority: bool = False
    social_protection: bool = False
    merit: bool = False
    member_of: Kind = Kind.NONE
    lead_kind: Kind = Kind.NONE
    lead_sponsor: int | None = None


def spans(
    stays: Iterable[Any],
    classifications: Iterable[Any],
    leads: Iterable[Any],
    kind_of: Callable[[int], Kind],
) -> list[Stretch]:
    """The timeline of one household: its facts laid over each other, cut where any begins or
    ends, stretches that differ in nothing joined. `kind_of` gives an organisation's kind."""
    classes, sponsors = holds(classifications), holds(leads)
    cuts = sorted({day for starts, ends, _ in classes + sponsors for day in (starts, ends)})
    found: list[Stretch] = []
    for starts, ends, stay in holds(stays):
        days = [starts, *(day for day in cuts if starts < day < ends), ends]
        for first, until in pairwise(days):
            stretch = _state(
                Stretch(stay.village_id, first, until),
                _on(classes, first),
                _on(sponsors, first),
                kind_of,
            )
            if found and _continues(found[-1], stretch):
                stretch = replace(stretch, starts=found.pop().starts)
            found.append(stretch)
    return found


def _on(held: list[tuple[date, date, Any]], day: date) -> Any:
    return next((fact for starts, ends, fact in held if starts <= day < ends), None)


def _state(bare: Stretch, fact: Any, lead: Any, kind_of: Callable[[int], Kind]) -> Stretch:
    if fact is not None:
        bare = replace(
            bare,
            class_=fact.class_,
            minority=fact.minority,
            social_protection=fact.social_protection,
            merit=fact.merit,
            member_of=fact.member_of,
        )
    if lead is not None:
        bare = replace(
            bare, lead_sponsor=lead.organisation_id, lead_kind=kind_of(lead.organisation_id)
        )
    return bare


def _continues(before: Stretch, after: Stretch) -> bool:
    return (
        before.ends == after.starts
        and replace(after, starts=before.starts, ends=before.ends) == before
    )


def derive(session: Session, households: Sequence[int]) -> Iterator[tuple[int, list[Stretch]]]:
    """The timeline of these households as their facts make it, without storing anything."""
    kinds = {
        row.id: row.kind for row in session.execute(select(Organisation.id, Organisation.kind))
    }
    for start in range(0, len(households), _CHUNK):
        chunk = households[start : start + _CHUNK]
        stays, classifications, leads = (
            _facts(session, model, chunk) for model in (Stay, Classification, Lead)
        )
        for household in chunk:
            yield (
                household,
                spans(
                    stays[household],
                    classifications[household],
                    leads[household],
                    kinds.__getitem__,
                ),
            )


def _facts(session: Session, model: Any, households: Sequence[int]) -> dict[int, list[Row[Any]]]:
    table: Table = model.__table__
    wanted = (
        "household_id",
        "starts",
        "last_day",
        "village_id",
        "organisation_id",
        "minority",
        "social_protection",
        "merit",
        "member_of",
    )
    columns: list[Any] = [table.c[name] for name in wanted if name in table.c]
    if "class" in table.c:
        columns.append(table.c["class"].label("class_"))
    rows: dict[int, list[Row[Any]]] = defaultdict(list)
    query = select(*columns).where(table.c.household_id.in_(households))
    for row in session.connection().execute(query):
        rows[row.household_id].append(row)
    return rows


def rewrite(session: Session, households: Iterable[int]) -> None:
    """Derive the timeline of these households anew, in this transaction. Every act that adds,
    changes or withdraws a fact calls this once, at its end."""
    session.flush()
    wanted = sorted(set(households))
    connection = session.connection()
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        connection.execute(delete(Span.__table__).where(Span.household_id.in_(chunk)))
        rows = [
            row(household, stretch)
            for household, stretches in derive(session, chunk)
            for stretch in stretches
        ]
        if rows:
            connection.execute(insert(Span.__table__), rows)
    session.expire_all()


def row(household: int, stretch: Stretch) -> dict[str, Any]:
    """A row of the table `span`."""
    return {
        "household_id": household,
        "village_id": stretch.village_id,
        "starts": stretch.starts,
        "ends": stretch.ends,
        "class": stretch.class_,
        "minority": stretch.minority,
        "social_protection": stretch.social_protection,
        "merit": stretch.merit,
        "member_of": stretch.member_of,
        "lead_kind": stretch.lead_kind,
        "lead_sponsor": stretch.lead_sponsor,
    }


def rewrite_led_by(session: Session, organisation: Organisation) -> None:
    """Derive anew the timeline of all households that an organisation leads or has led."""
    led = select(Lead.__table__.c.household_id).where(
        Lead.__table__.c.organisation_id == organisation.id
    )
    rewrite(session, session.connection().scalars(led.distinct()))


after_change_of_kind.append(rewrite_led_by)
