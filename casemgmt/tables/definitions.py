"""The tables: what stands in each column, said once for screen, paper, workbook and list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from casemgmt.errors import RuleBroken
from casemgmt.register.measures import (
    NEAR_POOR,
    POOR,
    POOR_ABLE_TO_EXIT,
    POOR_ETHNIC_MINORITY,
    POOR_SOCIAL_PROTECTION,
    SPAN,
    Measure,
    by_kind,
)
from casemgmt.register.models import Class
from casemgmt.words import N_, _

RESIDENTS = "resident_households"


class Basis(StrEnum):
    """What Biểu 3 parts the households by."""

    SPONSOR = "sponsor"
    MEMBERSHIP = "membership"


@dataclass(frozen=True, slots=True)
class Input:
    """A figure that was declared to the register, not counted from it."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Rate:
    """`of` as a percentage of `over`, half-up to two decimals."""

    key: str
    label: str
    of: str
    over: str = RESIDENTS


@dataclass(frozen=True, slots=True)
class Minus:
    """`of` less `less`, also below zero; unknown where either is."""

    key: str
    label: str
    of: str
    less: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A count of households by what became of them between two days (see movement)."""

    key: str
    label: str


Column = Input | Measure | Rate | Minus | Flow
Counted = Measure | Flow


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `counted` is the class whose movement it shows, where it shows one; otherwise its
    first measure counts every household that any other one counts. `bands` are headings over
    several columns: (text, first key, last key). `kept`: those of a movement who stayed what they
    were; no column, but they can be listed."""

    key: str
    title: str
    columns: tuple[Column, ...]
    counted: Class | None = None
    by_year: bool = False
    bands: tuple[tuple[str, str, str], ...] = ()
    kept: Flow | None = None

    @property
    def between_days(self) -> bool:
        """Whether it compares two days that are asked for (not those of a year)."""
        return self.counted is not None and not self.by_year

    def column(self, key: str) -> Column:
        """The column of a key; RuleBroken where there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise RuleBroken(
            _("Bảng {table} không có cột {key}.", table=self.key, key=key), field="column"
        )

    def counted_column(self, key: str) -> Counted:
        """The column of a key that counts households; RuleBroken for rates and inputs."""
        if self.kept is not None and key == self.kept.key:
            return self.kept
        column = self.column(key)
        if isinstance(column, Measure | Flow):
            return column
        raise RuleBroken(
            _(
                "Cột {key} không đếm hộ (là tỷ lệ hoặc số liệu nhập vào), nên không có danh sách.",
                key=key,
            ),
            field="column",
        )

    @property
    def measures(self) -> Iterator[Measure]:
        """The columns counted as of a day."""
        return (column for column in self.columns if isinstance(column, Measure))

    @property
    def flows(self) -> Iterator[Flow]:
        """The columns counted between two days."""
        return (column for column in self.columns if isinstance(column, Flow))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The keys of the declared figures."""
        return tuple(column.key for column in self.columns if isinstance(column, Input))


_RATE = "Tỷ lệ %"

BIEU_2 = Table(
    "bieu-2",
    "Biểu 2: Chỉ tiêu giảm hộ nghèo",
    (
        Input(RESIDENTS, "Dân cư (hộ)"),
        Input("ethnic_minority_households", "Hộ DTTS"),
        POOR,
        Rate("poor_rate", _RATE, "poor"),
        POOR_ETHNIC_MINORITY,
        Rate("poor_ethnic_minority_rate", _RATE, "poor_ethnic_minority"),
        POOR_SOCIAL_PROTECTION,
        Rate("poor_social_protection_rate", _RATE, "poor_social_protection"),
        POOR_ABLE_TO_EXIT,
        Rate("poor_able_to_exit_rate", _RATE, "poor_able_to_exit"),
        Input("exit_target", "Số hộ"),
        Minus("poor_year_end_planned", "Hộ nghèo cuối năm", "poor", "exit_target"),
        Rate("poor_year_end_planned_rate", "Tỷ lệ hộ nghèo cuối năm %", "poor_year_end_planned"),
    ),
    bands=(
        ("Hộ nghèo", "poor", "poor_able_to_exit_rate"),
        ("Chỉ tiêu giảm hộ nghèo trong năm", "exit_target", "poor_year_end_planned_rate"),
    ),
)


def _by_organisation(key: str, title: str, counted: Measure) -> dict[Basis, Table]:
    columns = {Basis.SPONSOR: SPAN.lead_kind, Basis.MEMBERSHIP: SPAN.member_of}
    return {
        basis: Table(
            key,
            title,
            (counted, *by_kind(counted, column)),
            bands=((N_("Trong đó (Khác)"), "other_organisation", "unassigned"),),
        )
        for basis, column in columns.items()
    }


BIEU_3 = _by_organisation("bieu-3", "Biểu 3: Hộ nghèo theo tổ chức hội, đoàn thể", POOR)
BIEU_3_NEAR_POOR = _by_organisation(
    "bieu-3-can-ngheo", "Biểu 3: Hộ cận nghèo theo tổ chức hội, đoàn thể", NEAR_POOR
)

DIEN_BIEN = Table(
    "dien-bien",
    "Diễn biến hộ nghèo",
    (
        Flow("opening", "Hộ nghèo đầu kỳ"),
        Flow("exit_to_near_poor", "Trở thành hộ cận nghèo"),
        Flow("exit_above_near_poor", "Vượt chuẩn cận nghèo"),
        Flow("other_decrease", "Hộ khác giảm"),
        Flow("from_near_poor", "Hộ cận nghèo trở thành hộ nghèo"),
        Flow("relapsed", "Tái nghèo"),
        Flow("newly_poor", "Phát sinh mới"),
        Flow("other_increase", "Hộ khác tăng"),
        Flow("closing", "Hộ nghèo cuối kỳ"),
    ),
    counted=Class.POOR,
    bands=(
        ("Số hộ thoát nghèo", "exit_to_near_poor", "exit_above_near_poor"),
        ("Số hộ nghèo bổ sung", "relapsed", "newly_poor"),
    ),
    kept=Flow("stayed", "Vẫn là hộ nghèo"),
)
DIEN_BIEN_NEAR_POOR = Table(
    "dien-bien-can-ngheo",
    "Diễn biến hộ cận nghèo",
    (
        Flow("opening", "Hộ cận nghèo đầu kỳ"),
        Flow("became_poor", "Trở thành hộ nghèo"),
        Flow("exit_above_near_poor", "Vượt chuẩn cận nghèo"),
        Flow("other_decrease", "Hộ khác giảm"),
        Flow("from_poor", "Hộ nghèo trở thành hộ cận nghèo"),
        Flow("relapsed", "Tái cận nghèo"),
        Flow("newly_near_poor", "Phát sinh mới"),
        Flow("other_increase", "Hộ khác tăng"),
        Flow("closing", "Hộ cận nghèo cuối kỳ"),
    ),
    counted=Class.NEAR_POOR,
    bands=(
        ("Số hộ ra khỏi diện cận nghèo", "became_poor", "exit_above_near_poor"),
        ("Số hộ cận nghèo bổ sung", "relapsed", "newly_near_poor"),
    ),
    kept=Flow("stayed", "Vẫn là hộ cận nghèo"),
)
THOAT_NGHEO = Table(
    "thoat-ngheo",
    "Thoát nghèo: chỉ tiêu, đăng ký và kết quả trong năm",
    (
        Input("exit_target", "Chỉ tiêu (hộ)"),
        Flow("registered", "Hộ đăng ký thoát nghèo"),
        Flow("registered_exits", "Thoát nghèo trong số đăng ký"),
        Flow("other_exits", "Thoát nghèo ngoài danh sách"),
        Flow("relapsed", "Tái nghèo"),
    ),
    counted=Class.POOR,
    by_year=True,
)

_TABLES: Mapping[str, Mapping[Basis, Table]] = {
    "bieu-2": dict.fromkeys(Basis, BIEU_2),
    "bieu-3": BIEU_3,
    "dien-bien": dict.fromkeys(Basis, DIEN_BIEN),
    "bieu-3-can-ngheo": BIEU_3_NEAR_POOR,
    "dien-bien-can-ngheo": dict.fromkeys(Basis, DIEN_BIEN_NEAR_POOR),
    "thoat-ngheo": dict.fromkeys(Basis, THOAT_NGHEO),
}
NAMES = tuple(_TABLES)


def table_named(name: str, basis: Basis = Basis.SPONSOR) -> Table:
    """The table of a name; RuleBroken where there is none."""
    if name not in _TABLES:
        raise RuleBroken(
            _("Không có bảng {name}. Các bảng: {names}.", name=name, names=", ".join(NAMES)),
            field="table",
        )
    return _TABLES[name][basis]
