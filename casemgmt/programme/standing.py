"""The targets of a year as they stand, how each came to be, and the households named for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit, UnitPeriod
from casemgmt.programme import queries
from casemgmt.programme.models import Target, TargetAmendment, TargetKind


@dataclass(frozen=True, slots=True)
class Change:
    """One amendment: the target before and after (None: there was none), the document by which it
    was changed or the reason, when and by whom."""

    before: Decimal | None
    after: Decimal | None
    document: str | None
    reason: str | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Line:
    """One target. `value` None: it was taken away. `changes`: oldest first."""

    unit_id: int
    unit: str
    code: str
    kind: TargetKind
    value: Decimal | None
    document: str | None
    changes: Sequence[Change]


def lines(session: Session, year: int) -> list[Line]:
    """The targets of a year and those that were taken away, in the register's order of units."""
    standing = {
        (target.unit_id, target.kind): target
        for target in session.scalars(queries.targets(year).options(joinedload(Target.unit)))
    }
    before: dict[tuple[int, TargetKind], list[TargetAmendment]] = {}
    for one in session.scalars(queries.amendments(year).options(joinedload(TargetAmendment.unit))):
        before.setdefault((one.unit_id, one.kind), []).append(one)
    units = {one.unit_id: one.unit for one in standing.values()}
    units |= {unit: found[0].unit for (unit, _), found in before.items()}
    names = names_on(session, units, date(year, 12, 31))
    keys = sorted(
        {*standing, *before},
        key=lambda key: (units[key[0]].position, key[0], list(TargetKind).index(key[1])),
    )
    return [
        _line(units[unit], names, kind, standing.get((unit, kind)), before.get((unit, kind), []))
        for unit, kind in keys
    ]


def _line(
    unit: Unit,
    names: dict[int, str],
    kind: TargetKind,
    target: Target | None,
    before: Sequence[TargetAmendment],
) -> Line:
    value, document = (target.value, target.document) if target else (None, None)
    after = [(one.value, one.document) for one in before[1:]] + [(value, document)]
    changes = [
        Change(one.value, new, by_document, one.reason, one.amended_at, one.amended_by)
        for one, (new, by_document) in zip(before, after, strict=False)
    ]
    name = names.get(unit.id, unit.code)
    return Line(unit.id, name, unit.code, kind, value, document, changes)


def names_on(session: Session, units: Collection[int], day: date) -> dict[int, str]:
    """What units were called on a day."""
    query = (
        select(Unit.id, UnitPeriod.level, UnitPeriod.name)
        .join(UnitPeriod, places.in_force(Unit.id, day))
        .where(Unit.id.in_(sorted(units)))
        .order_by(Unit.id)
    )
    return {unit: places.named(level, name) for unit, level, name in session.execute(query)}


@dataclass(frozen=True, slots=True)
class Quota:
    """One commune: households to leave poverty in a year (None: not assigned), and those named."""

    code: str
    name: str
    target: Decimal | None
    named: int

    @property
    def lacking(self) -> Decimal | None:
        """How many names are still missing; less than zero where there are more names."""
        return None if self.target is None else self.target - self.named


def quotas(session: Session, year: int, day: date, within: int | None) -> list[Quota]:
    """The communes of a day's map under a unit (None: all) that have a target of exits or a named
    household, in the register's order."""
    targets = {
        one.unit_id: one.value
        for one in session.scalars(queries.targets(year, kind=TargetKind.EXIT_HOUSEHOLDS))
    }
    counted = session.connection().execute(queries.named_by_commune(year, day))
    named = {commune: count for commune, count in counted}
    return [
        Quota(
            row.code,
            places.named(row.level, row.name),
            targets.get(row.id),
            named.get(row.id, 0),
        )
        for row in session.execute(places.units_on(day, tiers=[Tier.COMMUNE], within=within))
        if row.id in targets or row.id in named
    ]
