"""How the households of some proposals stand: their class, and the class that the scores of the
proposal imply. For a whole page at once, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from casemgmt.households import classifying
from casemgmt.places import queries as places
from casemgmt.places.models import Area
from casemgmt.register import timeline
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Classification, Span, Standard
from casemgmt.register.scoring import implied_class
from casemgmt.reviews.models import Proposal, Round, State

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """One household when its proposal is looked at. `held`: the classification in force (None:
    never classified); for an accepted proposal the one before it. `earlier`: all classifications
    up to `held`, oldest first. `implied`: the class that the proposed scores imply (None: none)."""

    held: Classification | None
    earlier: Sequence[Classification]
    implied: Class | None
    standard: Standard | None
    day: date

    @property
    def class_(self) -> Class:
        """The class in force."""
        return self.held.class_ if self.held else Class.NONE

    @property
    def poor_since(self) -> date | None:
        """The first day from which the household has been poor without a break; None where it is
        not poor."""
        since = None
        for row in reversed(self.earlier):
            if row.class_ is not Class.POOR:
                break
            since = row.starts
        return since

    @property
    def left_poverty(self) -> date | None:
        """The newest day on which the household stopped being poor; None where it never did."""
        days = [
            after.starts
            for before, after in zip(self.earlier, self.earlier[1:], strict=False)
            if before.class_ is Class.POOR and after.class_ is not Class.POOR
        ]
        return days[-1] if days else None


@dataclass(slots=True)
class _Known:
    """What is read for the whole page."""

    standards: Sequence[Standard]
    areas: dict[int, Area]
    classified: dict[int, list[Classification]] = field(default_factory=lambda: defaultdict(list))


def scoring_day(one: Round) -> date:
    """The day whose standard a round's scores follow: its last."""
    return one.last_day


def standings(session: Session, lens: Lens, proposals: Sequence[Proposal]) -> dict[int, Standing]:
    """How the household of each proposal (of one or more rounds) stands, by proposal id."""
    if not proposals:
        return {}
    known = _read(session, lens, [one.household_id for one in proposals])
    return {one.id: _stands(known, one, lens.as_of) for one in proposals}


def _read(session: Session, lens: Lens, households: Sequence[int]) -> _Known:
    on = lens.scoped(
        select(Span.household_id, Span.village_id).where(
            Span.household_id.in_(households), Span.starts <= lens.as_of, Span.ends > lens.as_of
        ),
        Span.household_id,
    )
    homes = {household: village for household, village in session.execute(on)}
    areas = places.areas_on(session, set(homes.values()), lens.as_of)
    known = _Known(
        standards=session.scalars(
            select(Standard).options(selectinload(Standard.indicators)).order_by(Standard.starts)
        ).all(),
        areas={household: areas[village] for household, village in homes.items()},
    )
    rows = lens.scoped(
        select(Classification)
        .where(Classification.household_id.in_(households))
        .order_by(Classification.starts),
        Classification.household_id,
    )
    for row in session.scalars(rows):
        known.classified[row.household_id].append(row)
    return known


def _stands(known: _Known, proposal: Proposal, today: date) -> Standing:
    day = proposal.starts - _DAY if proposal.starts else today
    standard = _standard(known, scoring_day(proposal.commune_review.round))
    earlier = [row for row in known.classified[proposal.household_id] if row.starts <= day]
    return Standing(
        held=timeline.in_force(earlier, day),
        earlier=earlier,
        implied=implied_class(
            standard,
            area=known.areas.get(proposal.household_id),
            score_b1=proposal.score_b1,
            score_b2=proposal.score_b2,
        ),
        standard=standard,
        day=day,
    )


def _standard(known: _Known, day: date) -> Standard | None:
    return next((one for one in known.standards if one.starts <= day <= one.last_day), None)


def unlike(proposal: Proposal, standing: Standing) -> str | None:
    """Why a proposal needs a reason, in a sentence; None where it needs none."""
    if proposal.class_ is None:
        return None
    return classifying.unlike_scores(
        proposal.class_,
        standing.implied,
        proposal.score_b2,
        [one.indicator_code for one in proposal.deprivations],
    )


def leaves_poverty(proposal: Proposal, standing: Standing) -> bool:
    """Whether a poor household is to be poor no more."""
    return standing.class_ is Class.POOR and proposal.class_ not in (None, Class.POOR)


def settled(proposal: Proposal) -> bool:
    """Whether a proposal needs nothing more from its commune for now."""
    return proposal.state in (State.SUBMITTED, State.ACCEPTED)
