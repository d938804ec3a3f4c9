"""Setting the demonstration up in an empty database: its rows, its own today, its accounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from casemgmt import settings
from casemgmt.access import actions, passwords
from casemgmt.access.policy import Role
from casemgmt.demo import places, register, working_days
from casemgmt.demo.households import TODAY
from casemgmt.demo.reading import SIGNED
from casemgmt.exchange.importing import load
from casemgmt.exchange.report import Progress
from casemgmt.organisations import queries as organisations
from casemgmt.places import queries as units
from casemgmt.settings import Setting
from casemgmt.tables.declared import Declared, read
from casemgmt.tables.figures import Asked, asked

SIGNED_ON = date(2022, 2, 15)


@dataclass(frozen=True, slots=True)
class Account:
    """An account that was just made. The password is nowhere else; `place`: whom it serves."""

    name: str
    password: str
    role: Role
    place: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    role: Role
    place: str
    unit: str | None = None
    organisation: str | None = None
    signs: bool = False


_ACCOUNTS = (
    _Wanted("quantri", Role.ADMIN, "cả sổ"),
    _Wanted("huyen-camlo", Role.DISTRICT, "Huyện Cam Lộ (được ký)", unit="CAM-LO", signs=True),
    _Wanted("xa-camtuyen", Role.COMMUNE, "Xã Cam Tuyền", unit="CAM-TUYEN"),
    _Wanted("thitran-camlo", Role.COMMUNE, "Thị trấn Cam Lộ", unit="TT-CAM-LO"),
    _Wanted(
        "phunu-huyen",
        Role.ORGANISATION,
        "Hội Liên hiệp Phụ nữ huyện Cam Lộ",
        organisation="LHPN-CAM-LO",
    ),
    _Wanted(
        "nongdan-camtuyen",
        Role.ORGANISATION,
        "Hội Nông dân xã Cam Tuyền",
        organisation="HND-CAM-TUYEN",
    ),
    _Wanted("xemsolieu", Role.VIEWER, "chỉ số liệu"),
)


def build(session: Session, *, progress: Progress | None = None) -> list[Account]:
    """Fill an empty, migrated database with the demonstration; the caller commits. Gives the
    accounts with their passwords, to be shown once."""
    session.add_all(
        [
            Setting(key=settings.TODAY, value=TODAY.isoformat()),
            Setting(key=settings.DEMONSTRATION, value="Cam Lộ 2022"),
        ]
    )
    told = register.tell()
    report = load(session, register.sheets(told), progress=progress)
    if not report.applied:
        raise RuntimeError("the demonstration does not load:\n" + report.as_text())
    working_days.fill(session, told)
    return [_account(session, wanted) for wanted in _ACCOUNTS]


def _account(session: Session, wanted: _Wanted) -> Account:
    password = passwords.made_up(wanted.name)
    actions.add_user(
        session,
        name=wanted.name,
        role=wanted.role,
        password=password,
        unit=session.scalar(units.by_code(wanted.unit)) if wanted.unit else None,
        organisation=(
            session.scalar(organisations.by_code(wanted.organisation))
            if wanted.organisation
            else None
        ),
        signs=wanted.signs,
    )
    return Account(wanted.name, password, wanted.role, wanted.place)


def signed_tables() -> Iterator[tuple[Asked, Declared]]:
    """The signed tables of the programme as printed, with the question that each answers."""
    for name in ("bieu-2", "bieu-3"):
        wanted = asked(name, as_of=SIGNED_ON, unit=places.DISTRICT)
        yield wanted, read((SIGNED / f"{name}.csv").read_bytes(), wanted.table)
