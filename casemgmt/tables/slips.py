"""Slips of the pen: how the digits of a printed figure came to differ from the right ones.

Each function says so in Vietnamese, or gives None where it was not that."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from casemgmt.tables.layout import shown


def _digits(value: Decimal | int) -> str:
    if isinstance(value, Decimal):
        value = int((value * 100).to_integral_value(ROUND_HALF_UP))
        return f"{value:03d}"
    return str(value)


def _swaps(digits: str) -> Iterator[str]:
    for one, other in combinations(range(len(digits)), 2):
        letters = list(digits)
        letters[one], letters[other] = letters[other], letters[one]
        yield "".join(letters)


def swapped(printed: Decimal | int, right: Decimal | int) -> str | None:
    """Two digits have changed places: 3,76 for 7,36."""
    if _digits(printed) in _swaps(_digits(right)):
        return f"có lẽ đảo chữ số ({shown(printed)} ↔ {shown(right)})"
    return None


def one_digit(printed: Decimal | int, right: Decimal | int) -> str | None:
    """One of at least two digits is another one: 2,82 for 2,88."""
    one, other = _digits(printed), _digits(right)
    if len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1:
        return f"có lẽ gõ sai một chữ số ({shown(printed)} thay vì {shown(right)})"
    return None


def digit_more_or_less(printed: int, right: int) -> str | None:
    """A digit was left out or typed twice: 1.481 as 148."""
    longer, shorter = sorted((str(printed), str(right)), key=len, reverse=True)
    dropped = {longer[:place] + longer[place + 1 :] for place in range(len(longer))}
    if len(shorter) > 1 and shorter in dropped:
        return f"có lẽ {'thừa' if printed > right else 'thiếu'} một chữ số"
    return None
