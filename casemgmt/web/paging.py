"""Long lists, fifty rows at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

SIZE = 50
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list. `number` counts from 1; `total` is of all rows."""

    rows: Sequence[Item]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, ceil(self.total / SIZE))

    @property
    def first(self) -> int:
        """The place of this page's first row among all rows; 0 where there are none."""
        return (self.number - 1) * SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        """The place of this page's last row."""
        return min(self.number * SIZE, self.total)


def page_asked() -> int:
    """`?page=`; anything that is no page number is the first page."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 8 else 1


def page_of(
    session: Session, query: Select[Any], *, counted: Select[Any] | None = None
) -> Page[Row[Any]]:
    """The page asked for of an ordered query. `counted`: a lighter query of the same number of
    rows, where the list's own joins are not needed for counting."""
    options = query.get_execution_options()
    rows = (query if counted is None else counted).order_by(None).subquery()
    total = session.scalar(select(func.count()).select_from(rows).execution_options(**options)) or 0
    number = min(page_asked(), max(1, ceil(total / SIZE)))
    found = session.execute(query.limit(SIZE).offset((number - 1) * SIZE)).all()
    return Page(found, number, total)


def page_of_found(session: Session, query: Select[Any], key: Any) -> Page[Row[Any]]:
    """The page asked for of an ordered search: what is searched is gone through once, for the keys
    (a column, one for each row) of all that is found."""
    found = session.scalars(query.with_only_columns(key)).all()
    number = min(page_asked(), max(1, ceil(len(found) / SIZE)))
    wanted = found[(number - 1) * SIZE : number * SIZE]
    return Page(session.execute(query.where(key.in_(wanted))).all(), number, len(found))


def page_of_list(items: Sequence[Item]) -> Page[Item]:
    """The page asked for of a list that is at hand."""
    number = min(page_asked(), max(1, ceil(len(items) / SIZE)))
    return Page(items[(number - 1) * SIZE : number * SIZE], number, len(items))
