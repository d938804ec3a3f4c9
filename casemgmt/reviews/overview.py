"""How far each commune of a round has come, and its exits beside its target of the year."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from casemgmt.places.queries import named
from casemgmt.programme import queries as programme
from casemgmt.programme.models import TargetKind
from casemgmt.register.lens import Lens
from casemgmt.reviews import queries
from casemgmt.reviews.models import Round, State


@dataclass(slots=True)
class Line:
    """One commune: how many proposals stand in each state, how many are exits from poverty,
    accepted ones among them, and the year's target (None: it has none)."""

    commune_id: int
    code: str
    name: str
    submitted_on: date | None
    target: Decimal | None
    states: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    exits: int = 0
    accepted_exits: int = 0

    @property
    def total(self) -> int:
        """All households on the list."""
        return sum(self.states.values())


def lines(session: Session, lens: Lens, one: Round, among: Collection[int]) -> list[Line]:
    """The communes of a round, of these alone, in the register's order."""
    targets = {
        target.unit_id: target.value
        for target in session.scalars(
            programme.targets(one.starts.year, kind=TargetKind.EXIT_HOUSEHOLDS)
        )
    }
    found = {
        row.id: Line(
            row.id, row.code, named(row.level, row.name), row.submitted_on, targets.get(row.id)
        )
        for row in session.execute(queries.communes_of(one, among))
    }
    for row in session.execute(queries.tally(lens, one.id)):
        line = found.get(row.commune_id)
        if line is None:
            continue
        line.states[row.state] += row.n
        if row.leaves:
            line.exits += row.n
            line.accepted_exits += row.n if row.state is State.ACCEPTED else 0
    return list(found.values())
