"""The days by which a commune must have done something."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casemgmt.reviews.models import Round
from casemgmt.typed import show_date
from casemgmt.words import N_, _

AHEAD = timedelta(days=60)  # a deadline is told that long before

# Day and month, what, where the work is done. The commune reports to the district before 15/11
# (the plan of the programme): 14/11 is its last day. The periodic review ends on 14/12 (Decision
# 24/2021/QĐ-TTg, Art. 3).
_YEARLY = (
    (14, 11, N_("Báo cáo kết quả giảm nghèo năm gửi cấp trên"), "/commune-report"),
    (14, 12, N_("Kết thúc rà soát hộ nghèo, hộ cận nghèo định kỳ"), "/reviews"),
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day (inclusive) for something, and where it is done."""

    day: date
    what: str
    url: str


def deadlines(rounds: Sequence[Round], today: date) -> list[Deadline]:
    """Those of the next two months, and of rounds that are past their last day; nearest first."""
    found = [one for one in (*_yearly(today), *_of_rounds(rounds)) if one.day - today <= AHEAD]
    return sorted(found, key=lambda one: one.day)


def _yearly(today: date) -> Iterator[Deadline]:
    for day, month, what, url in _YEARLY:
        this_year = date(today.year, month, day)
        falls = this_year if this_year >= today else this_year.replace(year=today.year + 1)
        yield Deadline(falls, _(what), url)


def _of_rounds(rounds: Sequence[Round]) -> Iterator[Deadline]:
    for one in rounds:
        what = _("{kind} từ {day}", kind=one.kind.label, day=show_date(one.starts))
        yield Deadline(one.last_day, what, f"/reviews/{one.id}")
