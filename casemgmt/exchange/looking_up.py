"""The households of a list that the register has already, so that a second list does not double
them: only those in scope, by CCCD, by code, else by head, birth year and village."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from casemgmt.exchange.listing import Known, Lookup, Sought
from casemgmt.exchange.stored import CHUNK
from casemgmt.places.models import Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household, Member, Span, citizen_digest


def finds(session: Session, lens: Lens, day: date) -> Lookup:
    """A lookup among the households that somebody may write about; where they live on a day."""

    def look_up(sought: Sequence[Sought]) -> list[Known | None]:
        finder = _Finder(session, lens, day, sought)
        return [finder.find(one) for one in sought]

    return look_up


@dataclass(slots=True)
class _Home:
    code: str
    head: str
    village: str | None
    birth_year: int | None


class _Finder:
    """What may be one of the households that are sought, read at once."""

    def __init__(self, session: Session, lens: Lens, day: date, sought: Sequence[Sought]) -> None:
        self.session, self.lens = session, lens
        numbers = {number for one in sought for number in one.citizen_ids}
        self.by_number = self._by_number({citizen_digest(number): number for number in numbers})
        ids = set(self.by_number.values())
        ids |= self._ids(Household.code, {one.code for one in sought if one.code})
        ids |= self._ids(Household.head_search, {one.head_search for one in sought})
        self.homes = dict(self._homes(ids, day))

    def find(self, one: Sought) -> Known | None:
        """The household that is sought; an ambiguous name finds none."""
        ids = [self.by_number[number] for number in one.citizen_ids if number in self.by_number]
        ids += [number for number, home in self.homes.items() if home.code == one.code]
        if not ids:
            alike = [number for number, home in self.homes.items() if _is_alike(home, one)]
            ids = alike if len(alike) == 1 else []
        home = self.homes.get(ids[0]) if ids else None
        return Known(home.code, home.village) if home else None

    def _by_number(self, digests: dict[str, str]) -> dict[str, int]:
        found = {}
        for chunk in _chunks(digests):
            query = (
                select(Member.citizen_digest, Household.id)
                .join(Household, Household.id == Member.household_id)
                .where(Member.citizen_digest.in_(chunk))
                .order_by(Household.id.desc())
            )
            for digest, household in self.session.execute(self.lens.scoped(query)):
                found[digests[digest or ""]] = household
        return found

    def _ids(self, column: InstrumentedAttribute[str], values: Iterable[str]) -> set[int]:
        found: set[int] = set()
        for chunk in _chunks(values):
            query = select(Household.id).where(column.in_(chunk))
            found.update(self.session.scalars(self.lens.scoped(query)))
        return found

    def _homes(self, ids: Iterable[int], day: date) -> Iterator[tuple[int, _Home]]:
        here = and_(Span.household_id == Household.id, Span.starts <= day, Span.ends > day)
        heads = and_(
            Member.household_id == Household.id, Member.name_search == Household.head_search
        )
        for chunk in _chunks(ids):
            query = (
                select(
                    Household.id,
                    Household.code,
                    Household.head_search,
                    Unit.code,
                    Member.birth_year,
                )
                .outerjoin(Span, here)
                .outerjoin(Unit, Unit.id == Span.village_id)
                .outerjoin(Member, heads)
                .where(Household.id.in_(chunk))
                .order_by(Household.id)
            )
            for number, code, head, village, year in self.session.execute(self.lens.scoped(query)):
                yield number, _Home(code, head, village, year)


def _is_alike(home: _Home, one: Sought) -> bool:
    years = (home.birth_year, one.birth_year)
    return (
        home.head == one.head_search
        and home.village == one.village
        and (None in years or years[0] == years[1])
    )


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    wanted = sorted(set(values))
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
