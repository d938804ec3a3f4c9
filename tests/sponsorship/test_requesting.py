"""Requests to sponsor: asked once, answered once, closed when somebody else leads."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from casemgmt import settings
from casemgmt.audit.models import AuditEntry
from casemgmt.errors import RuleBroken
from casemgmt.households import classifying
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household
from casemgmt.sponsorship import actions, queries, requesting
from casemgmt.sponsorship.models import Answer, SponsorRequest
from tests import make

TODAY = date(2022, 10, 20)
ASKED = date(2022, 10, 1)


@pytest.fixture
def at(session: Session) -> make.Places:
    session.add(settings.Setting(key=settings.TODAY, value=TODAY.isoformat()))
    return make.places(session)


@pytest.fixture
def household(session: Session, at: make.Places) -> Household:
    return poor(session, at, "Hồ Văn Thử")


@pytest.fixture
def women(session: Session, at: make.Places) -> Organisation:
    return make.organisation(session, at.commune)


@pytest.fixture
def farmers(session: Session, at: make.Places) -> Organisation:
    return make.organisation(session, at.commune, code="HND", kind=Kind.FARMERS_UNION)


def poor(
    session: Session, at: make.Places, name: str, class_: Class = Class.POOR, **more: object
) -> Household:
    village = more.get("village", at.village)
    household = make.household(session, village, head_name=name)  # type: ignore[arg-type]
    classifying.classify(session, household, starts=make.START, class_=class_)
    return household


def ask(session: Session, organisation: Organisation, household: Household) -> SponsorRequest:
    return requesting.ask_to_lead(session, organisation, household, message=" Giúp ", on=ASKED)


def refused(session: Session, organisation: Organisation, household: Household) -> str:
    with pytest.raises(RuleBroken) as broken:
        ask(session, organisation, household)
    return broken.value.message


def answers(session: Session) -> list[tuple[str, Answer, str | None]]:
    query = select(SponsorRequest).order_by(SponsorRequest.id)
    rows = session.scalars(Lens.everyone(TODAY).scoped(query, SponsorRequest.household_id))
    return [(row.organisation.code, row.answer, row.answer_reason) for row in rows]


def test_whom_an_organisation_may_ask_for(
    session: Session, at: make.Places, household: Household, women: Organisation
) -> None:
    town = make.organisation(session, at.town, code="HPN-TT")
    assert "địa bàn" in refused(session, town, household)
    rich = poor(session, at, "Lê Văn Khá", Class.NOT_POOR)
    assert "địa bàn" in refused(session, women, rich)
    actions.add_supporter(session, rich, organisation=women, starts=make.START)
    assert ask(session, women, rich).answer is Answer.WAITING
    request = ask(session, women, household)
    assert (request.message, request.asked_on, request.asked_by) == ("Giúp", ASKED, "test")
    assert "đang chờ" in refused(session, women, household)
    led = poor(session, at, "Lê Văn Được")
    actions.assign_lead(session, led, organisation=town, starts=make.START)
    assert "đỡ đầu từ" in refused(session, women, led)


def test_a_request_is_accepted_exactly_once(
    session: Session, household: Household, women: Organisation
) -> None:
    request = ask(session, women, household)
    with pytest.raises(RuleBroken) as broken:
        requesting.accept(session, request, starts=date(2020, 1, 1), on=TODAY)
    assert broken.value.field == "starts"
    assert request.answer is Answer.WAITING
    lead = requesting.accept(session, request, starts=TODAY, on=TODAY, in_charge="Lê Thị Giúp")
    assert (lead.organisation, lead.starts, lead.in_charge) == (women, TODAY, "Lê Thị Giúp")
    assert (request.answer, request.answered_on, request.answered_by) == (
        Answer.ACCEPTED,
        TODAY,
        "test",
    )
    for again in (
        lambda: requesting.accept(session, request, starts=TODAY, on=TODAY),
        lambda: requesting.decline(session, request, reason="x", on=TODAY),
        lambda: requesting.withdraw(session, request, reason="x", on=TODAY),
    ):
        with pytest.raises(RuleBroken) as answered:
            again()
        assert "đã được trả lời" in answered.value.message
    assert len(household.leads) == 1


def test_two_who_answer_at_once_do_not_both_count(
    session: Session, household: Household, women: Organisation
) -> None:
    request = ask(session, women, household)
    table = SponsorRequest.__table__
    session.connection().execute(table.update().values(version=table.c.version + 1))
    with pytest.raises(StaleDataError):
        requesting.accept(session, request, starts=TODAY, on=TODAY)
    session.rollback()


def test_accepting_one_closes_the_others(
    session: Session,
    at: make.Places,
    household: Household,
    women: Organisation,
    farmers: Organisation,
) -> None:
    neighbour = poor(session, at, "Lê Văn Bên")
    first, _other, elsewhere = (
        ask(session, women, household),
        ask(session, farmers, household),
        ask(session, farmers, neighbour),
    )
    requesting.accept(session, first, starts=TODAY, on=TODAY)
    assert answers(session) == [
        ("HPN", Answer.ACCEPTED, None),
        ("HND", Answer.STALE, "Tổ chức HPN đỡ đầu hộ từ 20/10/2022."),
        ("HND", Answer.WAITING, None),
    ]
    assert elsewhere.answer is Answer.WAITING
    everyone = Lens.everyone(TODAY)
    assert session.scalars(queries.waiting_requests(everyone)).all() == [elsewhere]


def test_every_act_that_gives_a_lead_closes_requests(
    session: Session, at: make.Places, women: Organisation, farmers: Organisation
) -> None:
    one, two, three, four = (poor(session, at, f"Lê Văn {name}") for name in ("A", "B", "C", "D"))
    for household in (one, two, three, four):
        ask(session, farmers, household)
    actions.assign_lead(session, one, organisation=women, starts=TODAY)
    actions.assign_leads(session, [two], organisation=women, starts=date(2022, 12, 1))
    past = actions.assign_lead(session, three, organisation=women, starts=make.START)
    assert [answer for _, answer, _ in answers(session)] == [
        *(Answer.STALE, Answer.STALE, Answer.STALE, Answer.WAITING),
    ]
    # A lead that ended long ago is nobody's lead today: who asks goes on waiting.
    ended = actions.assign_lead(session, four, organisation=women, starts=make.START)
    assert answers(session)[3][1] is Answer.STALE
    actions.end_lead(session, four, last_day=date(2021, 6, 1), reason="Hết")
    again = ask(session, farmers, four)
    actions.correct_lead(
        session,
        ended,
        organisation=women,
        starts=make.START,
        last_day=date(2021, 7, 1),
        in_charge=None,
        end_reason="Hết",
        reason="Nhầm ngày",
    )
    assert again.answer is Answer.WAITING
    actions.correct_lead(
        session,
        ended,
        organisation=women,
        starts=make.START,
        last_day=None,
        in_charge=None,
        end_reason=None,
        reason="Vẫn đỡ đầu",
    )
    assert again.answer is Answer.STALE
    assert past.last_day is None


@pytest.mark.behind_its_back
def test_a_change_of_lead_closes_requests_that_came_to_wait(
    session: Session, household: Household, women: Organisation, farmers: Organisation
) -> None:
    waiting = ask(session, farmers, household)
    actions.assign_lead(session, household, organisation=women, starts=date(2022, 1, 1))
    assert waiting.answer is Answer.STALE
    youth = make.organisation(session, women.unit, code="DTN", kind=Kind.YOUTH_UNION)
    table = SponsorRequest.__table__
    session.connection().execute(
        table.update().values(answer="waiting", answered_on=None, answer_reason=None)
    )
    session.expire_all()
    actions.change_lead(session, household, organisation=youth, starts=ASKED, reason="Chuyển")
    assert answers(session) == [("HND", Answer.STALE, "Tổ chức DTN đỡ đầu hộ từ 01/10/2022.")]


def test_refusals_need_a_reason_which_is_kept(
    session: Session, household: Household, women: Organisation
) -> None:
    request = ask(session, women, household)
    for act in (requesting.decline, requesting.withdraw):
        with pytest.raises(RuleBroken) as broken:
            act(session, request, reason=" ", on=TODAY)
        assert broken.value.field == "reason"
    requesting.decline(session, request, reason="Hộ muốn tổ chức khác", on=TODAY)
    assert (request.answer, request.answer_reason) == (Answer.DECLINED, "Hộ muốn tổ chức khác")
    entry = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == "sponsor_request")
        .order_by(AuditEntry.id.desc())
    ).first()
    assert entry is not None
    assert (entry.household_id, "Hộ muốn tổ chức khác" in entry.changes) == (household.id, True)
    again = ask(session, women, household)
    requesting.withdraw(session, again, reason="Không đủ người", on=date(2022, 9, 1))
    assert (again.answer, again.answered_on) == (Answer.WITHDRAWN, ASKED)


def test_who_sees_which_requests(
    session: Session,
    at: make.Places,
    household: Household,
    women: Organisation,
    farmers: Organisation,
) -> None:
    older = requesting.ask_to_lead(session, farmers, household, on=date(2022, 9, 1))
    mine = ask(session, women, household)
    commune = Lens(TODAY, TODAY, villages=frozenset({at.village.id}))
    town = Lens(TODAY, TODAY, villages=frozenset({at.quarter.id}))
    hoi = Lens(TODAY, TODAY, organisations=frozenset({women.id}))
    viewer = Lens(TODAY, TODAY)
    assert [
        session.scalars(queries.waiting_requests(lens)).all()
        for lens in (commune, town, hoi, viewer)
    ] == [[older, mine], [], [mine], []]
    requesting.decline(session, mine, reason="Không", on=TODAY)
    assert session.scalars(queries.waiting_requests(hoi)).all() == []
    assert session.scalars(queries.requests_of({women.id})).all() == [mine]
    assert session.scalars(queries.requests_about(commune, household.id)).all() == [mine, older]
    assert session.scalars(queries.requests_about(town, household.id)).all() == []


def test_many_leads_are_changed_together_or_none(
    session: Session, at: make.Places, women: Organisation, farmers: Organisation
) -> None:
    led, free, ours = (poor(session, at, f"Lê Văn {name}") for name in ("A", "B", "C"))
    actions.assign_lead(session, led, organisation=women, starts=make.START)
    actions.assign_lead(session, ours, organisation=farmers, starts=make.START)
    with pytest.raises(actions.SomeBroken) as broken:
        actions.change_leads(
            session, [led, free, ours], organisation=farmers, starts=ASKED, reason="Phân lại"
        )
    assert set(broken.value.faults) == {free.code, ours.code}
    assert [lead.last_day for lead in led.leads] == [None]
    with pytest.raises(RuleBroken) as unsaid:
        actions.change_leads(session, [led], organisation=farmers, starts=ASKED, reason=" ")
    assert unsaid.value.field == "reason"
    second = poor(session, at, "Lê Văn D")
    actions.assign_lead(session, second, organisation=women, starts=make.START)
    leads = actions.change_leads(
        session, [led, second], organisation=farmers, starts=ASKED, reason="Phân lại"
    )
    assert [lead.organisation for lead in leads] == [farmers, farmers]
    for household in (led, second):
        assert [(lead.last_day, lead.end_reason) for lead in household.leads] == [
            (date(2022, 9, 30), "Phân lại"),
            (None, None),
        ]
