"""Where the poor went between two days: the state of each household at D0 and at D1, and the one
way that leads from one to the other. The map is that of D1.

Opening and closing are counted; the identity closing = opening − exits + entries holds because
each household takes exactly one way."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)

from casemgmt.places.models import Tier
from casemgmt.programme.models import RegisteredExit
from casemgmt.register.models import Class, Classification, Span, Stay
from casemgmt.tables.counting import ROW, RowOf, Village, on, villages, with_codes
from casemgmt.tables.definitions import Basis, Table, table_named
from casemgmt.tables.ready import Ready

# The tables themselves: a statement of mapped classes would first make all of them ready.
_Span = Span.__table__
_Classification = Classification.__table__
_Exit = RegisteredExit.__table__

START = bindparam("start", type_=_Span.c.starts.type)
END = bindparam("as_of", type_=_Span.c.starts.type)
YEAR = bindparam("year", type_=_Exit.c.year.type)

_OTHER = {Class.POOR: Class.NEAR_POOR, Class.NEAR_POOR: Class.POOR}
_WORDS = {
    Class.POOR: ("exit_to_near_poor", "from_near_poor", "newly_poor"),
    Class.NEAR_POOR: ("became_poor", "from_poor", "newly_near_poor"),
}


def _literal(word: str) -> ColumnElement[str]:
    return literal_column(f"'{word}'")


@cache
def _ways(counted: Class, rows: Tier, whole: bool, with_registered: bool) -> Subquery:
    """Each household of each row that was or is of the counted class (or is registered to exit):
    row, household, before, after, way, registered. `before` and `after` are its class while it
    lived here, NULL while it did not."""
    here = (
        villages(rows, whole=whole)
        .join(
            _Span,
            and_(
                _Span.c.village_id == Village.c.unit_id, or_(on(_Span.c, START), on(_Span.c, END))
            ),
        )
        .with_only_columns(
            RowOf.c.unit_id.label("row"),
            _Span.c.household_id.label("household"),
            _class_on(START).label("before"),
            _class_on(END).label("after"),
        )
        .group_by(RowOf.c.unit_id, _Span.c.household_id)
        .subquery("here")
    )
    of_class = _literal(counted.value)
    concerned = or_(here.c.before == of_class, here.c.after == of_class)
    columns: list[Any] = [*here.c, _way(here, counted).label("way")]
    if with_registered:
        registered = (
            select(_Exit.c.household_id)
            .where(_Exit.c.household_id == here.c.household, _Exit.c.year == YEAR)
            .exists()
        )
        columns.append(registered.label("registered"))
        concerned = or_(concerned, registered)
    return select(*columns).where(concerned).subquery("ways")


def _class_on(day: Any) -> ColumnElement[str]:
    # The bare column: the class as text, since max() has no meaning for an enumeration.
    word: ColumnElement[str] = literal_column("span.class")
    return func.max(case((on(_Span.c, day), word)))


def _way(here: Subquery, counted: Class) -> ColumnElement[str]:
    before, after = here.c.before, here.c.after
    of_class, other = _literal(counted.value), _literal(_OTHER[counted].value)
    to_other, from_other, newly = _WORDS[counted]
    again = case((_was(here, counted), _literal("relapsed")), else_=_literal(newly))
    return case(
        (and_(before == of_class, after == of_class), _literal("stayed")),
        (and_(before == of_class, after.is_(None)), _literal("other_decrease")),
        (and_(before == of_class, after == other), _literal(to_other)),
        (before == of_class, _literal("exit_above_near_poor")),
        (after.is_(None), _literal("not_here")),
        (after != of_class, _literal("not_counted")),
        (before == other, _literal(from_other)),
        (before.is_not(None), again),
        (_lived_elsewhere(here), _literal("other_increase")),
        (_arrived_for_a_reason(here), _literal("other_increase")),
        else_=again,
    )


def _was(here: Subquery, counted: Class) -> ColumnElement[bool]:
    """It was of the class on some day before D0."""
    return (
        select(_Classification.c.household_id)
        .where(
            _Classification.c.household_id == here.c.household,
            _Classification.c["class"] == literal_column(f"'{counted.value}'"),
            _Classification.c.starts < START,
        )
        .exists()
    )


def _lived_elsewhere(here: Subquery) -> ColumnElement[bool]:
    """It lived somewhere at D0 (asked only where that was not here)."""
    elsewhere = Span.__table__.alias("elsewhere")
    return (
        select(elsewhere.c.household_id)
        .where(elsewhere.c.household_id == here.c.household, on(elsewhere.c, START))
        .exists()
    )


def _arrived_for_a_reason(here: Subquery) -> ColumnElement[bool]:
    """The first stay that begins after D0 gives a reason (moved in, split)."""
    first, earlier = Stay.__table__.alias("first_stay"), Stay.__table__.alias("earlier_stay")
    none_before = ~(
        select(earlier.c.household_id)
        .where(
            earlier.c.household_id == first.c.household_id,
            earlier.c.starts > START,
            earlier.c.starts < first.c.starts,
        )
        .exists()
    )
    return (
        select(first.c.household_id)
        .where(
            first.c.household_id == here.c.household,
            first.c.starts > START,
            first.c.arrival.is_not(None),
            none_before,
        )
        .exists()
    )


def _where(ways: Subquery, key: str, counted: Class) -> ColumnElement[bool]:
    """The condition of one flow column."""
    exits = ways.c.way.in_([_literal(_WORDS[counted][0]), _literal("exit_above_near_poor")])
    special = {
        "opening": lambda: ways.c.before == _literal(counted.value),
        "closing": lambda: ways.c.after == _literal(counted.value),
        "registered": lambda: and_(ways.c.registered, ways.c.after.is_not(None)),
        "registered_exits": lambda: and_(ways.c.registered, exits),
        "other_exits": lambda: and_(~ways.c.registered, exits),
    }
    return special[key]() if key in special else ways.c.way == _literal(key)


def _table(name: str) -> tuple[Table, Class]:
    table = table_named(name, Basis.SPONSOR)
    if table.counted is None:
        raise ValueError(f"{name} shows no movement")
    return table, table.counted


@cache
def flows(name: str, rows: Tier, whole: bool) -> Ready:
    """All flow columns of a table: row, then a column for each."""
    table, counted = _table(name)
    ways = _ways(counted, rows, whole, table.by_year)
    columns = (
        func.count().filter(_where(ways, flow.key, counted)).label(flow.key) for flow in table.flows
    )
    return Ready(select(ways.c.row, *columns).group_by(ways.c.row))


@cache
def behind(name: str, key: str, rows: Tier, whole: bool, one_row: bool) -> Select[Any]:
    """The ids of the households of one flow, in one row (ROW) or in all."""
    table, counted = _table(name)
    ways = _ways(counted, rows, whole, table.by_year)
    query = select(ways.c.household).where(_where(ways, key, counted))
    return query.where(ways.c.row == ROW) if one_row else query


@cache
def placed(name: str, key: str, rows: Tier, whole: bool) -> Select[Any]:
    """The same in all rows: the code of the row's unit, the household's id and code."""
    table, counted = _table(name)
    ways = _ways(counted, rows, whole, table.by_year)
    found = select(ways.c.row, ways.c.household).where(_where(ways, key, counted))
    return with_codes(found.subquery("found"))
