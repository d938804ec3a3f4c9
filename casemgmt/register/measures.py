"""What is counted: each measure is one condition on a stretch of the timeline.

Its count is `count(*) FILTER (WHERE condition)`, its list the same condition in `WHERE`. Nothing
else in the product counts households."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, literal_column, or_

from casemgmt.organisations.models import Kind
from casemgmt.register.models import Class, Span
from casemgmt.words import N_

# The bare columns: a statement of them needs no mapped classes made ready, which takes a command
# longer than the table itself.
SPAN = Span.__table__.c

BIEU_3_KINDS = (
    Kind.FARMERS_UNION,
    Kind.WOMENS_UNION,
    Kind.YOUTH_UNION,
    Kind.VETERANS_ASSOCIATION,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A count of households: `where` is true of each stretch that counts. `private`: which
    households these are tells a private field, so their list is not for everyone who sees them."""

    key: str
    label: str
    where: ColumnElement[bool]
    private: bool = False


def _is(column: object, word: str) -> ColumnElement[bool]:
    # Literal, not bound: one statement is built once and kept, and days alone are bound.
    return column == literal_column(f"'{word}'")


def classed(word: Class) -> ColumnElement[bool]:
    """The household is of this class."""
    return _is(SPAN["class"], word.value)


def of_kind(column: object, *kinds: Kind) -> ColumnElement[bool]:
    """A column of organisation kinds holds one of these."""
    return or_(*(_is(column, kind.value) for kind in kinds))


POOR = Measure("poor", "Hộ nghèo", classed(Class.POOR))
NEAR_POOR = Measure("near_poor", "Hộ cận nghèo", classed(Class.NEAR_POOR))
POOR_ETHNIC_MINORITY = Measure(
    "poor_ethnic_minority", "Hộ nghèo DTTS", and_(POOR.where, SPAN.minority)
)
POOR_SOCIAL_PROTECTION = Measure(
    "poor_social_protection",
    "Hộ nghèo BTXH",
    and_(POOR.where, SPAN.social_protection),
    private=True,
)
POOR_ABLE_TO_EXIT = Measure(
    "poor_able_to_exit",
    "Hộ có khả năng thoát nghèo",
    and_(POOR.where, ~SPAN.social_protection),
    private=True,
)


def by_kind(counted: Measure, column: object) -> tuple[Measure, ...]:
    """The columns of Biểu 3: the counted households by a column of organisation kinds. The first
    four and `other` part them; `other_organisation` and `unassigned` part `other`."""
    named = of_kind(column, *BIEU_3_KINDS)
    none = of_kind(column, Kind.NONE)
    return (
        *(
            Measure(kind.value, kind.label, and_(counted.where, of_kind(column, kind)))
            for kind in BIEU_3_KINDS
        ),
        Measure("other", N_("Khác"), and_(counted.where, ~named)),
        Measure("other_organisation", N_("Tổ chức khác"), and_(counted.where, ~named, ~none)),
        Measure("unassigned", N_("Chưa có"), and_(counted.where, none)),
    )
