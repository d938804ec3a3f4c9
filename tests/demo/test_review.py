"""The review that is under way on the demonstration's today, and what it leads to."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, selectinload

from casemgmt import clock
from casemgmt.access.models import User
from casemgmt.audit import trail
from casemgmt.demo import register, review
from casemgmt.demo.households import REVIEW, TODAY
from casemgmt.demo.working_days import _random
from casemgmt.places.models import Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Span
from casemgmt.reviews.deciding import accept
from casemgmt.reviews.models import (
    CommuneReview,
    Decider,
    EventKind,
    Listing,
    Proposal,
    Round,
    RoundKind,
    State,
)
from casemgmt.reviews.proposing import fill_in, missing, submit
from casemgmt.reviews.questions import questions
from casemgmt.reviews.standing import standings
from casemgmt.tables.figures import asked, figures

EVERYONE = Lens.everyone(TODAY)
LISTED = {Class.POOR: Listing.POOR, Class.NEAR_POOR: Listing.NEAR_POOR}


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session on the demonstration; what it writes is taken back."""
    with Session(connection) as session:
        trail.act_as(session, actor="test", act="test")
        yield session
        session.rollback()


def _proposals(session: Session) -> list[Proposal]:
    query = select(Proposal).options(
        selectinload(Proposal.deprivations),
        selectinload(Proposal.events),
        selectinload(Proposal.household),
    )
    return list(session.scalars(EVERYONE.scoped(query.order_by(Proposal.id))))


def _today(session: Session) -> dict[int, Span]:
    query = select(Span).where(Span.starts <= TODAY, Span.ends > TODAY)
    return {span.household_id: span for span in session.scalars(EVERYONE.scoped(query))}


def test_the_district_has_opened_the_yearly_round(session: Session) -> None:
    [opened] = session.scalars(select(Round)).all()
    assert (opened.kind, opened.decider) == (RoundKind.PERIODIC, Decider.LEVEL_ABOVE)
    assert (opened.starts, opened.last_day) == (date(2023, 9, 1), date(2023, 12, 14))
    assert (opened.unit.code, opened.opened_by, opened.closed_on) == ("CAM-LO", "huyen-camlo", None)
    assert {part.commune.code: part.submitted_on for part in opened.communes} == {
        "THANH-AN": None,
        "TT-CAM-LO": date(2023, 10, 17),
        "CAM-THANH": None,
        "CAM-THUY": date(2023, 10, 18),
        "CAM-NGHIA": None,
        "CAM-TUYEN": None,
        "CAM-CHINH": None,
        "CAM-HIEU": None,
    }


def test_it_lists_every_poor_and_near_poor_household_and_those_that_applied(
    session: Session,
) -> None:
    proposals, today = _proposals(session), _today(session)
    known = {span.household_id for span in today.values() if span.class_ in LISTED}
    listed = {one.household_id for one in proposals if one.listed is not Listing.APPLIED}
    assert listed == known
    assert len(proposals) == len({one.household_id for one in proposals}) == 942 + 15
    within = dict(
        session.execute(
            select(Unit.id, CommuneReview.commune_id).join(
                CommuneReview, CommuneReview.commune_id == Unit.id
            )
        ).all()
    )
    assert len(within) == 8
    for one in proposals:
        class_ = today[one.household_id].class_
        assert one.listed is LISTED.get(class_, Listing.APPLIED)
        assert one.household.code.startswith(_code(session, one.commune_id)) or _moved(one)
        if one.listed is Listing.APPLIED:
            assert one.class_ in LISTED


def _code(session: Session, unit: int) -> str:
    return session.get_one(Unit, unit).code


def _moved(one: Proposal) -> bool:
    return len(one.household.stays) > 1


def test_the_communes_have_come_to_different_points(session: Session) -> None:
    found: dict[str, Counter[State]] = {}
    for one in _proposals(session):
        found.setdefault(_code(session, one.commune_id), Counter())[one.state] += 1
    assert found["CAM-THUY"].keys() == {State.SUBMITTED}
    assert found["TT-CAM-LO"] == {State.SUBMITTED: 80, State.RETURNED: 4}
    assert found["CAM-TUYEN"].keys() == set(State) - {State.ACCEPTED}
    for commune in ("THANH-AN", "CAM-THANH", "CAM-NGHIA", "CAM-HIEU"):
        assert found[commune].keys() == {State.TO_REVIEW, State.DRAFT, State.SUBMITTED}
    begun = found["CAM-CHINH"]
    assert begun.keys() == {State.TO_REVIEW, State.DRAFT}
    assert begun[State.DRAFT] * 3 < begun[State.TO_REVIEW]


def test_every_proposal_is_filled_in_as_far_as_it_has_come(session: Session) -> None:
    for one in _proposals(session):
        kinds = [event.what for event in one.events]
        assert (one.class_ is None) is (one.state is State.TO_REVIEW)
        assert one.starts is None
        assert one.decision_number is None
        if one.state is State.TO_REVIEW:
            assert (one.score_b1, one.met_on, one.reason, one.deprivations) == (None,) * 3 + ([],)
            assert kinds == []
            continue
        assert one.score_b2 == 10 * len(one.deprivations)
        assert one.proposed_by
        if one.state in (State.SUBMITTED, State.RETURNED):
            assert kinds[0] is EventKind.SUBMITTED
            _was_sent_in_order(one)
        else:
            assert kinds in ([], [EventKind.SUBMITTED, EventKind.TAKEN_BACK])
        assert (kinds[-1:] == [EventKind.RETURNED]) is (one.state is State.RETURNED)
        assert bool(one.return_reason and one.return_field) is (one.state is State.RETURNED)
        if one.return_field:
            assert hasattr(Proposal, one.return_field)
            assert (one.events[-1].reason, one.events[-1].field) == (
                one.return_reason,
                one.return_field,
            )


def _was_sent_in_order(one: Proposal) -> None:
    assert one.met_on is not None
    assert one.posted_from is not None
    assert one.posted_until is not None
    assert one.submitted_at is not None
    assert 2 * one.met_agreed > one.met_present
    sent = one.submitted_at.astimezone(clock.VIETNAM).date()
    assert review.STARTS < one.met_on < one.posted_from < one.posted_until < sent < TODAY
    assert (one.posted_until - one.posted_from).days >= 3
    assert [event.at for event in one.events] == sorted(event.at for event in one.events)
    assert one.events[-1].at.astimezone(clock.VIETNAM).date() < TODAY


def test_what_was_sent_lacks_nothing_and_what_was_not_mostly_does(session: Session) -> None:
    proposals = _proposals(session)
    stands = standings(session, EVERYONE, proposals)
    lacks = {one.id: missing(one, stands[one.id], TODAY) for one in proposals}
    for one in proposals:
        if one.state in (State.SUBMITTED, State.RETURNED):
            assert lacks[one.id] == [], one.household.code
    drafts = [one for one in proposals if one.state is State.DRAFT]
    assert sum(bool(lacks[one.id]) for one in drafts) > 100
    assert sum(not lacks[one.id] for one in drafts) > 20


def test_some_proposals_raise_questions(session: Session) -> None:
    proposals = [one for one in _proposals(session) if one.class_ is not None]
    stands = standings(session, EVERYONE, proposals)
    asked_about = questions(session, EVERYONE, proposals, stands, decider="huyen-camlo")
    found = Counter(one.key for asked in asked_about.values() for one in asked)
    assert found["social_protection"] >= 10
    assert found["no_support"] >= 2
    assert 5 <= found["still_lacking"] <= 10
    assert 4 <= found["not_implied"] <= 12
    assert found["own_proposal"] == 0
    sent = [one for one in proposals if one.state is State.SUBMITTED]
    assert sum(not asked_about[one.id] for one in sent) > 300


def test_what_is_proposed_now_leads_to_the_published_end_of_2023(session: Session) -> None:
    """By the acts of the communes and the district, for whoever is to change class. What was
    returned is mended; the drafts are as if they had been sent."""
    assert _end_of_2023(session) == (385, 557)
    proposals = [one for one in _proposals(session) if one.class_ not in (None, _today_class(one))]
    assert len(proposals) == 290
    for one in proposals:
        if one.state is State.RETURNED:
            _mend_and_send(session, one)
    drafts = Proposal.__table__.update().where(Proposal.__table__.c.state == State.DRAFT)
    session.connection().execute(drafts.values(state=State.SUBMITTED))
    session.expire_all()
    district = session.scalars(select(User).where(User.name == "huyen-camlo")).one()
    trail.act_as(session, actor=district.name, act="test")
    accept(
        session,
        proposals,
        decider=district,
        decision_number="12/QĐ-UBND",
        decision_date=TODAY,
        starts=REVIEW,
        today=TODAY,
    )
    assert _end_of_2023(session) == (311, 429)
    end = asked("bieu-2", as_of=date(2023, 12, 31), unit="CAM-LO")
    shown = figures(session.connection(), end).total
    assert shown["poor_rate"] == Decimal("2.09")
    assert shown["poor_ethnic_minority"] == 13
    assert shown["poor_ethnic_minority_rate"] == Decimal("0.09")
    assert round(Decimal(429) / shown["resident_households"] * 100, 2) == Decimal("2.88")
    minority = session.connection().exec_driver_sql(
        "SELECT count(*) FROM span WHERE class = 'near_poor' AND minority"
        " AND starts <= '2023-12-31' AND ends > '2023-12-31'"
    )
    assert minority.scalar_one() == 39
    for name in ("dien-bien", "dien-bien-can-ngheo"):
        year = asked(name, start=date(2022, 12, 31), end=date(2023, 12, 31))
        flows = figures(session.connection(), year).total
        keys = [column.key for column in year.table.columns]
        assert all(flows[key] > 0 for key in keys), flows
        change = sum(flows[key] for key in keys[4:8]) - sum(flows[key] for key in keys[1:4])
        assert flows["closing"] == flows["opening"] + change


def _today_class(one: Proposal) -> Class:
    return max(one.household.classifications, key=lambda held: held.starts).class_


def _end_of_2023(session: Session) -> tuple[Any, Any]:
    day, connection = date(2023, 12, 31), session.connection()
    return (
        figures(connection, asked("bieu-2", as_of=day)).total["poor"],
        figures(connection, asked("bieu-3-can-ngheo", as_of=day)).total["near_poor"],
    )


def _mend_and_send(session: Session, one: Proposal) -> None:
    trail.act_as(session, actor=one.proposed_by or "?", act="test")
    fill_in(
        session,
        one,
        class_=one.class_,
        minority=one.minority,
        social_protection=one.social_protection,
        merit=one.merit,
        member_of=one.member_of,
        score_b1=one.score_b1,
        score_b2=one.score_b2,
        deprivations=[lack.indicator_code for lack in one.deprivations],
        reason=one.reason,
        met_on=date(2023, 10, 9),
        met_present=20,
        met_agreed=20,
        posted_from=date(2023, 10, 10),
        posted_until=date(2023, 10, 14),
    )
    [standing] = standings(session, EVERYONE, [one]).values()
    submit(session, one, standing, today=TODAY)


def test_who_has_not_been_looked_at_stays_what_it_is() -> None:
    told = register.tell()
    found = review.found(told.story, _random("review"))
    later = [one for one in found if one.state is State.TO_REVIEW]
    assert len(later) > 100
    assert all(one.found.word == one.today.word for one in later)
    after = Counter(one.found.word for one in found)
    assert (after["Hộ nghèo"], after["Hộ cận nghèo"]) == (311, 429)
    minority = Counter(one.found.word for one in found if one.found.minority)
    assert (minority["Hộ nghèo"], minority["Hộ cận nghèo"]) == (13, 39)
