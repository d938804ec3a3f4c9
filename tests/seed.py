"""The register behind the signed tables of the programme of 2022, in its right figures.

Eight communes of one village each, their resident households and targets, 453 poor households
with a lead sponsor each (or none), and one near-poor and one not poor household in every commune
that no table of the poor may count. Names are invented, numbers are those of the programme."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy import insert
from sqlalchemy.orm import Session

from casemgmt.db import SINCE_ALWAYS
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places import map as places_map
from casemgmt.places.models import Level, ResidentHouseholds, Unit, UnitPeriod
from casemgmt.programme.models import Target, TargetKind
from casemgmt.register import timeline
from casemgmt.register.models import Class, Classification, Household, Lead, Stay
from casemgmt.vietnamese import fold, name_key
from tests import counting

REVIEWED = date(2021, 12, 31)
AS_OF = date(2022, 2, 15)
DISTRICT = "cam-lo"
UNIONS = (
    Kind.FARMERS_UNION,
    Kind.WOMENS_UNION,
    Kind.YOUTH_UNION,
    Kind.VETERANS_ASSOCIATION,
)
# The households under "Khác" are led, in turn, by these; every seventh one by nobody.
OTHERS = (
    Kind.FATHERLAND_FRONT,
    Kind.ELDERLY_ASSOCIATION,
    Kind.OFFICE,
    Kind.BUSINESS,
    Kind.FATHERLAND_FRONT,
    Kind.ELDERLY_ASSOCIATION,
    Kind.NONE,
)


@dataclass(frozen=True, slots=True)
class Commune:
    """One row of the signed tables. `unions` follows UNIONS."""

    code: str
    name: str
    residents: int
    minority_residents: int | None
    poor: int
    poor_minority: int
    social_protection: int
    target: int
    unions: tuple[int, int, int, int]
    level: Level = Level.COMMUNE


COMMUNES = (
    Commune("thanh-an", "Thanh An", 2693, None, 106, 0, 100, 2, (4, 13, 2, 1)),
    Commune("tt-cam-lo", "Cam Lộ", 2095, None, 36, 0, 25, 3, (4, 6, 1, 1), Level.TOWN),
    Commune("cam-thanh", "Cam Thành", 2223, None, 37, 0, 33, 1, (4, 8, 0, 1)),
    Commune("cam-thuy", "Cam Thủy", 1489, None, 57, 0, 50, 2, (8, 3, 0, 1)),
    Commune("cam-nghia", "Cam Nghĩa", 1667, None, 46, 0, 36, 3, (4, 4, 1, 6)),
    Commune("cam-tuyen", "Cam Tuyền", 1481, 101, 109, 42, 53, 10, (14, 6, 9, 1)),
    Commune("cam-chinh", "Cam Chính", 1466, None, 18, 0, 18, 0, (0, 0, 0, 5)),
    Commune("cam-hieu", "Cam Hiếu", 1791, None, 44, 0, 30, 3, (1, 12, 1, 0)),
)


def sow(session: Session) -> None:
    """Put the register into an empty database; not committed."""
    units = _units(session)
    organisations = _organisations(session, units[DISTRICT])
    households: list[int] = []
    rows: dict[type, list[dict]] = {Household: [], Stay: [], Classification: [], Lead: []}
    numbers = count(1)
    for commune in COMMUNES:
        for facts in _households(commune):
            household = next(numbers)
            households.append(household)
            _add(rows, household, units[f"{commune.code}-1"], facts, organisations)
    for model, values in rows.items():
        session.connection().execute(insert(model.__table__), values)
    counting.begin_again(session.connection())
    timeline.rewrite(session, households)


def _units(session: Session) -> dict[str, int]:
    """The district, its communes, a village in each; the ids by code."""
    ids: dict[str, int] = {}

    def unit(code: str, name: str, level: Level, parent: str | None) -> None:
        new = Unit(code=code, position=len(ids) + 1)
        session.add(new)
        session.flush()
        ids[code] = new.id
        session.add(
            UnitPeriod(
                unit_id=new.id,
                starts=SINCE_ALWAYS,
                name=name,
                level=level,
                parent_id=ids[parent] if parent else None,
            )
        )

    unit("quang-tri", "Quảng Trị", Level.PROVINCE, None)
    unit(DISTRICT, "Cam Lộ", Level.DISTRICT, "quang-tri")
    for commune in COMMUNES:
        unit(commune.code, commune.name, commune.level, DISTRICT)
        unit(f"{commune.code}-1", f"{commune.name} 1", Level.THON, commune.code)
        session.add(
            ResidentHouseholds(
                unit_id=ids[commune.code],
                starts=REVIEWED,
                total=commune.residents,
                ethnic_minority=commune.minority_residents,
            )
        )
        session.add(
            Target(
                year=AS_OF.year,
                unit_id=ids[commune.code],
                kind=TargetKind.EXIT_HOUSEHOLDS,
                value=Decimal(commune.target),
            )
        )
    places_map.redraw(session)
    return ids


def _organisations(session: Session, district: int) -> dict[Kind, int]:
    """One organisation of each kind at the district; the ids by kind."""
    found = {}
    for kind in Kind:
        if kind is not Kind.NONE:
            organisation = Organisation(
                code=kind.value, name=f"{kind.label} huyện", kind=kind, unit_id=district
            )
            session.add(organisation)
            session.flush()
            found[kind] = organisation.id
    return found


@dataclass(frozen=True, slots=True)
class _Facts:
    class_: Class
    minority: bool = False
    social_protection: bool = False
    sponsor: Kind = Kind.NONE


def _households(commune: Commune) -> list[_Facts]:
    sponsors = [kind for kind, led in zip(UNIONS, commune.unions, strict=True) for _ in range(led)]
    sponsors += [OTHERS[n % len(OTHERS)] for n in range(commune.poor - len(sponsors))]
    poor = [
        _Facts(
            Class.POOR,
            minority=n < commune.poor_minority,
            social_protection=commune.poor - n <= commune.social_protection,
            sponsor=sponsor,
        )
        for n, sponsor in enumerate(sponsors)
    ]
    uncounted = [
        _Facts(class_, minority=True, social_protection=True, sponsor=Kind.FARMERS_UNION)
        for class_ in (Class.NEAR_POOR, Class.NOT_POOR)
    ]
    return poor + uncounted


def _add(
    rows: dict[type, list[dict]],
    household: int,
    village: int,
    facts: _Facts,
    organisations: dict[Kind, int],
) -> None:
    name = f"Trần Thị Mẫu {household}"
    rows[Household].append(
        {
            "id": household,
            "code": f"H{household:04d}",
            "head_name": name,
            "head_search": fold(name),
            "head_order": name_key(name),
            "version": 1,
        }
    )
    rows[Stay].append({"household_id": household, "starts": REVIEWED, "village_id": village})
    rows[Classification].append(
        {
            "household_id": household,
            "starts": REVIEWED,
            "class": facts.class_,
            "minority": facts.minority,
            "social_protection": facts.social_protection,
            "merit": False,
            "member_of": facts.sponsor,
        }
    )
    if facts.sponsor is not Kind.NONE:
        rows[Lead].append(
            {
                "household_id": household,
                "starts": REVIEWED,
                "organisation_id": organisations[facts.sponsor],
            }
        )
