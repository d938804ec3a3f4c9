"""The list of households: search, filters, order, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, false, select

from casemgmt.access.policy import Act
from casemgmt.households import queries, saving
from casemgmt.households.narrowing import Traits, indicators_on
from casemgmt.organisations import queries as organisations
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places import queries as places
from casemgmt.places.models import Level, Tier, Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household, Span
from casemgmt.vietnamese import clean, fold
from casemgmt.web.asking import can, lens, me, needs, while_unchanged
from casemgmt.web.database import session
from casemgmt.web.paging import page_of, page_of_found
from casemgmt.web.repeating import same_until_changed

bp = Blueprint("households", __name__)

BY_CODE = "code"
_LONGEST_QUERY = 200
_LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address of a list asks for."""

    q: str
    unit: str
    class_: str
    sponsor: str
    unsponsored: bool
    sort: str
    minority: bool = False
    protected: bool = False
    able: bool = False
    member_of: str = ""
    lacks: str = ""

    @classmethod
    def asked(cls) -> "Wanted":
        """As the parameters of this request say. What would tell a private field is not asked of
        those who may not see it."""
        get = request.args.get
        private = can(Act.SEE_PRIVATE)
        return cls(
            q=clean(get("q", ""))[:_LONGEST_QUERY],
            unit=clean(get("unit", "")),
            class_=clean(get("class", "")),
            sponsor=clean(get("sponsor", "")),
            unsponsored=_ticked("unsponsored"),
            sort=BY_CODE if get("sort") == BY_CODE else "name",
            minority=_ticked("minority"),
            protected=private and _ticked("protected"),
            able=private and _ticked("able"),
            member_of=clean(get("member_of", "")),
            lacks=clean(get("lacks", ""))[:_LONGEST_CODE],
        )

    @property
    def narrowed(self) -> bool:
        """Whether some households may be left out."""
        return bool(
            self.q or self.unit or self.class_ or self.sponsor or self.unsponsored or self.further
        )

    @property
    def further(self) -> bool:
        """Whether one of the filters that are folded away is used."""
        return bool(self.minority or self.protected or self.able or self.member_of or self.lacks)

    def kept(self) -> str:
        """These filters as the part of an address behind the question mark: not the searched
        text, which may name a person."""
        said = {
            "unit": self.unit,
            "class": self.class_,
            "sponsor": self.sponsor,
            "unsponsored": _one(self.unsponsored),
            "minority": _one(self.minority),
            "protected": _one(self.protected),
            "able": _one(self.able),
            "member_of": self.member_of,
            "lacks": self.lacks,
            "sort": BY_CODE if self.sort == BY_CODE else "",
        }
        return urlencode({name: value for name, value in said.items() if value})

    def told(self) -> dict[str, object]:
        """What the audit trail keeps of these filters: of the searched text, which may name a
        person, only that there was one."""
        return {"query": self.kept(), "searched": bool(self.q)}

    def query(self, lens: Lens) -> Select[*tuple[Any, ...]]:
        """The rows of `queries.listed`; none where a filter names what does not exist."""
        unit = _unit(self.unit)
        sponsor = _sponsor(self.sponsor)
        class_ = next((word for word in Class if word.value == self.class_), None)
        member_of = next((word for word in Kind if word.value == self.member_of), None)
        villages = (
            while_unchanged(("village names", lens), lambda: _villages(lens)) if self.q else {}
        )
        query = queries.listed(
            lens,
            q=self.q,
            unit=unit,
            class_=class_,
            sponsor=sponsor,
            unsponsored=self.unsponsored,
            villages=villages.get(fold(self.q), ()),
            traits=Traits(self.minority, self.protected, self.able, member_of, self.lacks),
        )
        named = (
            (self.unit, unit),
            (self.sponsor, sponsor),
            (self.class_, class_),
            (self.member_of, member_of),
        )
        if any(said and found is None for said, found in named):
            query = query.where(false())
        return query.order_by(None).order_by(Household.code) if self.sort == BY_CODE else query


def _ticked(name: str) -> bool:
    return request.args.get(name, "") not in ("", "0")


def _one(ticked: bool) -> str:
    return "1" if ticked else ""


def _villages(lens: Lens) -> dict[str, set[int]]:
    """The villages in scope on the day by what people type to find them: the name, or level and
    name. One who sees no village whole finds households by any."""
    found: dict[str, set[int]] = {}
    query = places.units_on(lens.as_of, tiers=[Tier.VILLAGE])
    if lens.villages:
        query = query.where(Unit.id.in_(sorted(lens.villages)))
    for row in session().execute(query):
        for name in {row.name, places.named(row.level, row.name)}:
            found.setdefault(fold(name), set()).add(row.id)
    return found


def _unit(code: str) -> int | None:
    unit = session().scalar(places.by_code(code)) if code else None
    return unit.id if unit else None


def _sponsor(code: str) -> int | None:
    found = session().scalar(organisations.by_code(code)) if code else None
    return found.id if found else None


# --- The page -----------------------------------------------------------------------------------


@bp.get("/households")
@needs(Act.SEE_HOUSEHOLDS)
@same_until_changed
def index() -> ResponseReturnValue:
    """The households in scope, fifty to a page."""
    wanted = Wanted.asked()
    query = wanted.query(lens())
    if wanted.q:
        page = page_of_found(session(), query, Household.id)
    else:
        page = page_of(session(), query, counted=query.with_only_columns(Household.id))
    return render_template(
        "households/index.html",
        page=page,
        wanted=wanted,
        units=while_unchanged(("units", me().unit_id, lens()), lambda: places_offered(lens())),
        sponsors=while_unchanged(("sponsors", lens()), lambda: sponsors_offered(lens())),
        classes=Class,
        kinds=[kind for kind in Kind if kind is not Kind.NONE],
        indicators=while_unchanged(("indicators", lens().as_of), indicators_offered),
        saved=while_unchanged(("filters", me().id), saved_filters),
    )


def indicators_offered() -> Sequence[Any]:
    """The deprivation indicators to filter by: code, name."""
    return session().execute(indicators_on(lens().as_of)).all()


def saved_filters() -> Sequence[Any]:
    """The filters that the one who asks keeps: id, name, query."""
    return session().execute(saving.filters_of(me().id)).all()


@dataclass(frozen=True, slots=True)
class Place:
    """A unit to filter by."""

    code: str
    name: str
    village: bool


def places_offered(lens: Lens) -> list[Place]:
    """The communes and villages to filter by: those under the unit of the one who asks."""
    unit = me().unit_id
    if not lens.villages or unit is None:
        return []
    rows = session().execute(
        places.units_on(lens.scope_day, tiers=[Tier.COMMUNE, Tier.VILLAGE], within=unit)
    )
    found = [_place(row.code, row.level, row.name) for row in rows]
    communes = [place for place in found if not place.village]
    return found if len(communes) > 1 else [place for place in found if place.village]


def _place(code: str, level: Level, name: str) -> Place:
    return Place(code, places.named(level, name), level.tier is Tier.VILLAGE)


def sponsors_offered(lens: Lens) -> Sequence[Any]:
    """The organisations that lead households in scope on the day, by name: code, name."""
    leading = select(Span.lead_sponsor).where(
        Span.starts <= lens.as_of, Span.ends > lens.as_of, Span.lead_sponsor.is_not(None)
    )
    if lens.villages and lens.scope_day == lens.as_of:
        leading = leading.where(Span.village_id.in_(sorted(lens.villages)))
    else:
        leading = leading.where(lens.sees(Span.household_id))
    query = select(Organisation.code, Organisation.name).where(Organisation.id.in_(leading))
    return organisations.by_name(session().execute(query.execution_options(lens=lens)))
