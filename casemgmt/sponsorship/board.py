"""Phân công đỡ đầu: how many poor and near-poor households each organisation leads, and where."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places import queries as places
from casemgmt.places.models import Lies, Tier, Unit
from casemgmt.register.lens import Lens
from casemgmt.register.measures import NEAR_POOR, POOR
from casemgmt.register.models import Household, Lead, Span

_HELPED = or_(POOR.where, NEAR_POOR.where)


@dataclass(slots=True)
class Cell:
    """How many households an organisation leads in a place."""

    poor: int = 0
    near_poor: int = 0

    @property
    def total(self) -> int:
        """Poor and near-poor ones."""
        return self.poor + self.near_poor

    def add(self, poor: int, near_poor: int) -> None:
        """So many more."""
        self.poor += poor
        self.near_poor += near_poor


@dataclass(frozen=True, slots=True)
class Place:
    """A column: a village, or (above a commune) a commune."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """An organisation's row; None: the households without one. `cells` by the id of the place."""

    organisation: Organisation | None
    cells: dict[int, Cell]
    total: Cell = field(default_factory=Cell)


@dataclass(frozen=True, slots=True)
class Board:
    """Organisations × places. `unled`: those whom nobody leads; `total`: all of them."""

    places: Sequence[Place]
    rows: Sequence[Row]
    unled: Row
    total: Row


def board(session: Session, lens: Lens, unit: int, tier: Tier) -> Board:
    """The board of a unit as of the lens's day: its places of this tier, the organisations that
    lead a poor or near-poor household there, and the unit's own, which may lead none."""
    columns = [
        Place(row.id, row.code, places.named(row.level, row.name))
        for row in session.execute(places.units_on(lens.as_of, tiers=[tier], within=unit))
    ]
    found: dict[int | None, Row] = {}
    for place, organisation, poor, near_poor in session.execute(counts(lens, unit, tier)):
        row = found.setdefault(organisation, _row(None, columns))
        row.cells[place].add(poor, near_poor)
        row.total.add(poor, near_poor)
    unled = found.pop(None, _row(None, columns))
    rows = [
        Row(one, met.cells, met.total) if (met := found.get(one.id)) else _row(one, columns)
        for one in sorted(session.scalars(_shown(unit, found)), key=order)
    ]
    return Board(columns, rows, unled, _sum([*rows, unled], columns))


def _row(organisation: Organisation | None, columns: Sequence[Place]) -> Row:
    return Row(organisation, {place.id: Cell() for place in columns})


def _sum(rows: Sequence[Row], columns: Sequence[Place]) -> Row:
    total = _row(None, columns)
    for row in rows:
        total.total.add(row.total.poor, row.total.near_poor)
        for place, cell in row.cells.items():
            total.cells[place].add(cell.poor, cell.near_poor)
    return total


def _shown(unit: int, leading: Any) -> Select[Organisation]:
    own = Organisation.unit_id == unit
    return (
        select(Organisation)
        .where(or_(own, Organisation.id.in_(sorted(leading))))
        .order_by(Organisation.code)
    )


def order(organisation: Organisation) -> tuple[int, str]:
    """Where an organisation stands on the board and its papers: by kind, then code."""
    return list(Kind).index(organisation.kind), organisation.code


def counts(lens: Lens, unit: int, tier: Tier) -> Select[*tuple[Any, ...]]:
    """Poor and near-poor households in scope under a unit on the lens's day: id of the place of
    this tier, id of the organisation that leads (None: nobody), how many poor, how many
    near-poor."""
    query = (
        select(
            Lies.within_id,
            Span.lead_sponsor,
            func.count().filter(POOR.where),
            func.count().filter(NEAR_POOR.where),
        )
        .select_from(Span)
        .join(Lies, and_(Lies.unit_id == Span.village_id, Lies.within_tier == tier))
        .where(places.standing(lens.as_of), *_counted(lens, unit))
        .group_by(Lies.within_id, Span.lead_sponsor)
        .order_by(Lies.within_id, Span.lead_sponsor)
    )
    return lens.scoped(query, Span.household_id)


def _counted(lens: Lens, unit: int) -> tuple[ColumnElement[bool], ...]:
    day = lens.as_of
    return (
        Span.starts <= day,
        Span.ends > day,
        _HELPED,
        Span.village_id.in_(places.villages_under(unit, day).order_by(None)),
    )


def load(lens: Lens, organisation: int) -> Select[int]:
    """How many poor and near-poor households in scope an organisation leads on the lens's day."""
    day = lens.as_of
    query = (
        select(func.count())
        .select_from(Span)
        .where(Span.lead_sponsor == organisation, Span.starts <= day, Span.ends > day, _HELPED)
    )
    return lens.scoped(query, Span.household_id)


def assigned(lens: Lens, unit: int, organisation: int | None = None) -> Select[*tuple[Any, ...]]:
    """What the organisations sign: the poor and near-poor households in scope under a unit that
    somebody (or this organisation) leads on the lens's day, by organisation, then village and
    name: organisation (its id), code, head_name, village, class_, since, in_charge."""
    day = lens.as_of
    newest = (
        select(func.max(Lead.starts))
        .where(Lead.household_id == Span.household_id, Lead.starts <= day)
        .correlate(Span)
        .scalar_subquery()
    )
    village = places.name_on(Span.village_id, day).label("village")
    query = (
        select(
            Span.lead_sponsor.label("organisation"),
            Household.code,
            Household.head_name,
            village,
            Span.class_,
            Lead.starts.label("since"),
            Lead.in_charge,
        )
        .join(Household, Household.id == Span.household_id)
        .join(Unit, Unit.id == Span.village_id)
        .join(Lead, and_(Lead.household_id == Span.household_id, Lead.starts == newest))
        .where(*_counted(lens, unit), Span.lead_sponsor.is_not(None))
        .order_by(Span.lead_sponsor, Unit.position, Unit.id, Household.head_order, Household.code)
    )
    if organisation is not None:
        query = query.where(Span.lead_sponsor == organisation)
    return lens.scoped(query, Span.household_id)
