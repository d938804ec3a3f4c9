"""Small registers for tests: places, organisations, households, made by the product's own acts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from casemgmt.households.actions import add_household
from casemgmt.organisations.actions import add_organisation
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places.actions import add_unit
from casemgmt.places.models import Level, Unit
from casemgmt.register.models import Household

START = date(2021, 1, 1)


@dataclass(frozen=True)
class Places:
    """A province, a district, a rural commune with two villages and a town with a quarter."""

    province: Unit
    district: Unit
    commune: Unit
    town: Unit
    village: Unit
    other_village: Unit
    quarter: Unit


def places(session: Session) -> Places:
    province = add_unit(session, code="45", name="Quảng Trị", level=Level.PROVINCE)
    district = add_unit(session, code="465", name="Cam Lộ", level=Level.DISTRICT, parent=province)
    commune = add_unit(
        session, code="19600", name="Cam Tuyền", level=Level.COMMUNE, parent=district
    )
    town = add_unit(session, code="19597", name="Cam Lộ", level=Level.TOWN, parent=district)

    def village(code: str, name: str, level: Level, parent: Unit) -> Unit:
        return add_unit(session, code=code, name=name, level=level, parent=parent)

    return Places(
        province=province,
        district=district,
        commune=commune,
        town=town,
        village=village("CT-TT", "Tân Hòa", Level.THON, commune),
        other_village=village("CT-BC", "Chùa", Level.BAN, commune),
        quarter=village("CL-1", "Khu phố 1", Level.QUARTER, town),
    )


def organisation(
    session: Session, at: Unit, *, code: str = "HPN", kind: Kind = Kind.WOMENS_UNION, **more: Any
) -> Organisation:
    return add_organisation(session, code=code, name=f"Tổ chức {code}", kind=kind, unit=at, **more)


def household(
    session: Session,
    village: Unit,
    *,
    head_name: str = "Hồ Văn Thử",
    starts: date = START,
    **more: Any,
) -> Household:
    return add_household(session, head_name=head_name, village=village, starts=starts, **more)
