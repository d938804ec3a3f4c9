"""By when a data subject's request must be dealt with, as data.

Source: Decree 356/2025/NĐ-CP (in force from 01/01/2026, under Law 91/2025/QH15), which says: a
reply within 2 working days; to withdraw consent, to restrict and to object within 15 days, 20
where a processor or another party must be turned to, extended once by at most 15 days. For access,
correction and deletion it sets limits of their own between 10 and 20 days: here the shortest is
the limit, and an extension ends with the longest, so that no day shown is later than the decree's.
Public holidays are not known here: they, too, would only make a limit later."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from casemgmt.words import N_, _

CONFIRM_WITHIN = 2  # working days
_SATURDAY = 5


class Right(StrEnum):
    """What a data subject may ask for."""

    SEE = "see"
    COPY = "copy"
    CORRECT = "correct"
    DELETE = "delete"
    RESTRICT = "restrict"
    OBJECT = "object"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        """The word of the screens."""
        return _(_RIGHTS[self])


_RIGHTS = {
    Right.SEE: N_("Được xem dữ liệu của mình"),
    Right.COPY: N_("Được cung cấp bản sao"),
    Right.CORRECT: N_("Chỉnh sửa"),
    Right.DELETE: N_("Xóa"),
    Right.RESTRICT: N_("Hạn chế xử lý"),
    Right.OBJECT: N_("Phản đối xử lý"),
    Right.WITHDRAW: N_("Rút lại sự đồng ý"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """Days, counted from the day after the request was received: for the answer, for the answer
    where others must be turned to, and by which it may be extended once."""

    days: int
    with_others: int
    extension: int


_OWN = Limit(days=10, with_others=10, extension=10)
_AGAINST = Limit(days=15, with_others=20, extension=15)
LIMITS = {
    Right.SEE: _OWN,
    Right.COPY: _OWN,
    Right.CORRECT: _OWN,
    Right.DELETE: _OWN,
    Right.RESTRICT: _AGAINST,
    Right.OBJECT: _AGAINST,
    Right.WITHDRAW: _AGAINST,
}


def due(right: Right, received_on: date, *, others: bool) -> date:
    """The last day for the answer to what was received on a day."""
    limit = LIMITS[right]
    return received_on + timedelta(days=limit.with_others if others else limit.days)


def extended_until(right: Right, received_on: date, *, others: bool) -> date:
    """The last day to which the answer may be extended."""
    return due(right, received_on, others=others) + timedelta(days=LIMITS[right].extension)


def confirm_by(received_on: date) -> date:
    """The last day for telling the one who asks that it is dealt with: the second working day
    (Monday to Friday) after it was received."""
    day, left = received_on, CONFIRM_WITHIN
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day
