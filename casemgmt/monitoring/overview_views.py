"""One page of figures for leaders and viewers, each leading into the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.places.models import Level, Tier
from casemgmt.places.queries import named, unit_on
from casemgmt.programme import queries as programme
from casemgmt.programme.models import Target, TargetKind
from casemgmt.register.measures import Measure
from casemgmt.tables import flowing, layout, units
from casemgmt.tables.definitions import RESIDENTS
from casemgmt.tables.figures import TOTAL, Figures, asked, figures, rate
from casemgmt.tables.suppression import COVERED, Hidden, for_outsiders
from casemgmt.typed import show_date
from casemgmt.web.asking import as_of, can, me, needs
from casemgmt.web.database import session
from casemgmt.web.repeating import same_until_changed

bp = Blueprint("overview", __name__)


@dataclass(frozen=True, slots=True)
class Number:
    """A figure: what it counts, as text, its value (None: hidden or unknown), and where it leads:
    its households, else its table."""

    name: str
    text: str
    value: int | None
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """One row: a unit, its own page ("": none), its figures."""

    name: str
    url: str
    poor: Number
    poor_rate: str
    near_poor: Number
    target: str
    exits: Number


class _Tables:
    """The tables that the page is made of, as the one who asks may see them."""

    def __init__(self, unit: str | None, day: date) -> None:
        self.unit, self.day = unit, day
        self.people = can(Act.SEE_HOUSEHOLDS)
        year = {"start": date(day.year - 1, 12, 31), "end": day}
        self.bieu_2 = self._take("bieu-2", as_of=day)
        self.bieu_3 = self._take("bieu-3", as_of=day)
        self.near_poor = self._take("bieu-3-can-ngheo", as_of=day)
        self.exits = self._take("thoat-ngheo", as_of=day)
        self.movement = self._take("dien-bien", **year)
        self.near_movement = self._take("dien-bien-can-ngheo", **year)

    def _take(self, name: str, **days: Any) -> Figures:
        found = figures(session().connection(), asked(name, unit=self.unit, **days))
        return found if self.people else for_outsiders(found)

    def number(self, found: Figures, cells: Any, row: str, column: str, label: str = "") -> Number:
        """A counted cell; its address is that of its households or, for who sees none, of its
        table."""
        value = cells[column]
        base = f"/tables/{found.asked.table.key}"
        if self.people:
            base += f"/cells/{row}/{column}"
        name = label or layout.column_name(found.asked.table.columns, column)
        known = None if value is None or isinstance(value, Hidden) else int(value)
        return Number(name, layout.shown(value), known, f"{base}?{self.query(found)}")

    def query(self, found: Figures) -> str:
        """The parameters of a table's address."""
        wanted = found.asked
        said = {"as_of": show_date(self.day)}
        if wanted.table.between_days and wanted.start:
            said = {"from": show_date(wanted.start), "to": show_date(self.day)}
        return urlencode(said | ({"unit": self.unit} if self.unit else {}))


@bp.get("/overview")
@needs(Act.SEE_FIGURES)
@same_until_changed
def show() -> ResponseReturnValue:
    """Poor and near-poor, rates, exits beside the target, what moved this year, sponsors; by
    commune, or of one commune by village. `?unit=`: of this unit, else of one's own."""
    day = as_of()
    code = request.args.get("unit", "").strip() if "unit" in request.args else _own(day)
    try:
        tables = _Tables(code or None, day)
    except RuleBroken:
        return render_template("monitoring/no_unit.html", code=code), 404
    return render_template("monitoring/overview.html", **_page(tables))


def _own(day: date) -> str:
    own = me().organisation
    unit = own.unit if own is not None else me().unit
    row = session().execute(unit_on(unit.id, day)).first() if unit else None
    return row.code if row and Level(row.level).tier is not Tier.VILLAGE else ""


def _page(tables: _Tables) -> dict[str, Any]:
    b2, near, exits = tables.bieu_2, tables.near_poor, tables.exits
    return {
        "place": layout.place(b2),
        "day": tables.day,
        "code": tables.unit or "",
        "units": units.offered(tables.day),
        "poor": tables.number(b2, b2.total, TOTAL, "poor"),
        "poor_rate": layout.shown(b2.total["poor_rate"]),
        "near_poor": tables.number(near, near.total, TOTAL, "near_poor"),
        "near_poor_rate": layout.shown(_near_rate(b2.total, near.total)),
        "able": tables.number(b2, b2.total, TOTAL, "poor_able_to_exit"),
        "target": _target(tables),
        "registered": tables.number(exits, exits.total, TOTAL, "registered"),
        "left": _left(tables, exits.total),
        "places": _places(tables),
        "kinds": _kinds(tables),
        "movements": [
            (found.asked.table, tables.query(found), _moved(tables, found), _picture(tables, found))
            for found in (tables.movement, tables.near_movement)
        ],
        "hides": any(
            isinstance(value, Hidden)
            for found in (b2, near, exits, tables.movement, tables.near_movement)
            for cells in [*(row.cells for row in found.rows), found.total]
            for value in cells.values()
        ),
    }


def _target(tables: _Tables) -> Decimal | int | None:
    """How many are to leave poverty this year: what the communes were assigned together, or what
    a commune was (its villages are assigned nothing)."""
    total, unit = tables.exits.total["exit_target"], tables.exits.unit
    if total is not None or unit is None:
        return total
    query = programme.targets(tables.day.year, kind=TargetKind.EXIT_HOUSEHOLDS)
    one = session().scalars(query.where(Target.unit_id == unit.id)).first()
    return one.value if one else None


def _picture(tables: _Tables, found: Figures) -> flowing.Picture | None:
    return flowing.picture(found, linked=tables.people)


def _near_rate(residents: Any, near: Any) -> Any:
    """Near-poor households in a hundred resident ones: hidden where their number is."""
    count, whole = near["near_poor"], residents[RESIDENTS]
    return count if isinstance(count, Hidden) else rate(count, whole)


def _left(tables: _Tables, cells: Any) -> Number:
    """Those who left poverty this year, registered or not: no one table's cell, so it leads to
    the table."""
    parts = (cells["registered_exits"], cells["other_exits"])
    address = f"/tables/thoat-ngheo?{tables.query(tables.exits)}"
    if any(isinstance(part, Hidden) for part in parts):
        return Number("", COVERED.text, None, address)
    return Number("", layout.shown(sum(parts)), sum(parts), address)


def _moved(tables: _Tables, found: Figures) -> list[Number]:
    return [tables.number(found, found.total, TOTAL, flow.key) for flow in found.asked.table.flows]


def _kinds(tables: _Tables) -> list[Number]:
    """The poor by the kind of organisation that leads them; `other` is parted further."""
    found = tables.bieu_3
    return [
        tables.number(found, found.total, TOTAL, column.key)
        for column in found.asked.table.columns
        if isinstance(column, Measure) and column.key not in ("poor", "other")
    ]


def _places(tables: _Tables) -> Sequence[Place]:
    near = {row.unit.code: row.cells for row in tables.near_poor.rows}
    exits = {row.unit.code: row.cells for row in tables.exits.rows}
    found = []
    for row in tables.bieu_2.rows:
        code, level = row.unit.code, Level(row.unit.level)
        query = urlencode({"unit": code, "as_of": show_date(tables.day)})
        found.append(
            Place(
                named(level, row.unit.name),
                "" if level.tier is Tier.VILLAGE else f"/overview?{query}",
                tables.number(tables.bieu_2, row.cells, code, "poor"),
                layout.shown(row.cells["poor_rate"]),
                tables.number(tables.near_poor, near[code], code, "near_poor"),
                layout.shown(row.cells["exit_target"]),
                _left(tables, exits[code]),
            )
        )
    return found
