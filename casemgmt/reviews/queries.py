"""Reviews: rounds, the lists of their communes, and what waits for whom."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from casemgmt.places import queries as places
from casemgmt.places.models import Lies, Tier, Unit, UnitPeriod
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household, Span
from casemgmt.reviews.models import CommuneReview, Decider, Proposal, Round, State


def rounds(unit_ids: Collection[int]) -> Select[Round]:
    """The rounds opened by one of these units, or in which one of them takes part, newest
    first."""
    takes_part = exists().where(
        CommuneReview.round_id == Round.id, CommuneReview.commune_id.in_(sorted(unit_ids))
    )
    return (
        select(Round)
        .where(or_(Round.unit_id.in_(sorted(unit_ids)), takes_part))
        .order_by(Round.starts.desc(), Round.id.desc())
    )


def open_rounds(unit_ids: Collection[int], day: date) -> Select[Round]:
    """Those of `rounds` that have begun by a day and are not closed on it."""
    return rounds(unit_ids).where(
        Round.starts <= day, or_(Round.closed_on.is_(None), Round.closed_on > day)
    )


def communes_under(unit: int, day: date) -> Select[int]:
    """The ids of the communes under a unit on a day (a commune lies under itself)."""
    return (
        select(Lies.unit_id)
        .where(Lies.within_id == unit, Lies.tier == Tier.COMMUNE, places.standing(day))
        .order_by(Lies.unit_id)
    )


def communes_of(one: Round, among: Collection[int]) -> Select[*tuple[Any, ...]]:
    """The communes of a round, of these alone, in the register's order, as they were called when
    it began: id, code, name, level, submitted_on, submitted_by."""
    return (
        select(
            Unit.id,
            Unit.code,
            UnitPeriod.name,
            UnitPeriod.level,
            CommuneReview.submitted_on,
            CommuneReview.submitted_by,
        )
        .join(CommuneReview, CommuneReview.commune_id == Unit.id)
        .join(UnitPeriod, places.in_force(Unit.id, one.starts))
        .where(CommuneReview.round_id == one.id, Unit.id.in_(sorted(among)))
        .order_by(Unit.position, Unit.id)
    )


def leaves_poverty() -> ColumnElement[bool]:
    """The proposal is an exit: a household that was poor when its round began is to be poor no
    more."""
    was_poor = exists().where(
        Span.household_id == Proposal.household_id,
        Span.class_ == Class.POOR,
        Span.starts <= Round.starts,
        Span.ends > Round.starts,
    )
    return and_(Proposal.class_.is_not(None), Proposal.class_ != Class.POOR, was_poor)


def tally(lens: Lens, round_id: int) -> Select[*tuple[Any, ...]]:
    """How many proposals in scope a round has: commune_id, state, class_ (None: not said yet),
    leaves (whether they leave poverty), n."""
    leaves = leaves_poverty().label("leaves")
    rows = (
        select(
            Proposal.commune_id,
            Proposal.state,
            Proposal.class_.label("class_"),
            leaves,
        )
        .join(Round, Round.id == Proposal.round_id)
        .where(Proposal.round_id == round_id)
    )
    inner = lens.scoped(rows, Proposal.household_id).subquery()
    columns = (inner.c.commune_id, inner.c.state, inner.c.class_, inner.c.leaves)
    return (
        select(*columns, func.count().label("n"))
        .group_by(*columns)
        .order_by(*columns)
        .execution_options(lens=lens)
    )


def proposals(lens: Lens) -> Select[Proposal]:
    """All proposals in scope, each with its household, by name as on a Vietnamese roll."""
    return lens.scoped(
        select(Proposal)
        .join(Proposal.household)
        .join(Round, Round.id == Proposal.round_id)
        .options(contains_eager(Proposal.household))
        .order_by(Household.head_order, Household.code, Proposal.id),
        Proposal.household_id,
    )


def whole(query: Select[Proposal]) -> Select[Proposal]:
    """The same, with all that a list says of each proposal read along with it."""
    part = joinedload(Proposal.commune_review)
    return query.options(
        part.joinedload(CommuneReview.round),
        part.joinedload(CommuneReview.commune),
        selectinload(Proposal.deprivations),
        selectinload(Proposal.events),
    )


def homes(session: Session, lens: Lens, proposals: Collection[Proposal]) -> dict[int, str]:
    """Where the households of proposals that are in scope live on the lens's day: the village as
    it is called, by the household's number."""
    village, day = Span.village_id, lens.as_of
    query = select(
        Span.household_id, places.level_on(village, day), places.name_on(village, day)
    ).where(
        Span.household_id.in_(sorted(one.household_id for one in proposals)),
        Span.starts <= day,
        Span.ends > day,
    )
    rows = session.execute(lens.scoped(query, Span.household_id))
    return {number: places.named(level, name) for number, level, name in rows}


def one(lens: Lens, number: int) -> Select[Proposal]:
    """The proposal of a number, where its household is in scope."""
    return proposals(lens).where(Proposal.id == number)


def of_commune(
    lens: Lens,
    round_id: int,
    commune_id: int,
    *,
    state: State | None = None,
    leaves: bool = False,
) -> Select[Proposal]:
    """The list of a commune in a round; `leaves`: those who are to leave poverty."""
    query = proposals(lens).where(Proposal.round_id == round_id, Proposal.commune_id == commune_id)
    if state is not None:
        query = query.where(Proposal.state == state)
    return query.where(leaves_poverty()) if leaves else query


def returned(lens: Lens) -> Select[Proposal]:
    """What the commune has to mend in rounds that are not closed."""
    return proposals(lens).where(Proposal.state == State.RETURNED, Round.closed_on.is_(None))


def to_decide(lens: Lens, *, unit: int | None = None) -> Select[Proposal]:
    """What was sent and waits in rounds that are not closed, by commune, longest waiting first.
    `unit`: what an account of this unit may decide: not its own commune's where the level above
    decides."""
    query = (
        proposals(lens)
        .where(Proposal.state == State.SUBMITTED, Round.closed_on.is_(None))
        .order_by(None)
        .order_by(Proposal.commune_id, Proposal.submitted_at, Proposal.id)
    )
    if unit is None:
        return query
    return query.where(or_(Round.decider == Decider.SECOND_PERSON, Proposal.commune_id != unit))


def of_household(lens: Lens, household: int) -> Select[Proposal]:
    """The proposals about one household, the newest round first."""
    return (
        proposals(lens)
        .where(Proposal.household_id == household)
        .order_by(None)
        .order_by(Round.starts.desc(), Proposal.id.desc())
    )


def late_exits(lens: Lens, one: Round, since: Any) -> Select[*tuple[Any, ...]]:
    """The exits that each commune of a round has sent: commune_id, sent, late (sent at `since` or
    after)."""
    return lens.scoped(
        select(
            Proposal.commune_id,
            func.count().label("sent"),
            func.count().filter(Proposal.submitted_at >= since).label("late"),
        )
        .select_from(Proposal)
        .join(Round, Round.id == Proposal.round_id)
        .where(
            Proposal.round_id == one.id,
            Proposal.state.in_([State.SUBMITTED, State.ACCEPTED]),
            leaves_poverty(),
        )
        .group_by(Proposal.commune_id)
        .order_by(Proposal.commune_id),
        Proposal.household_id,
    )
