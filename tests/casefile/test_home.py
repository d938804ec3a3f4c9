"""The first page: what waits for whom, what never shows, and how often the database is asked."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select

from casemgmt.households.classifying import classify
from casemgmt.households.members import add_member
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit
from casemgmt.register.models import Class, Household, Relation
from casemgmt.reviews.models import CommuneReview, Decider, Proposal, Round, RoundKind, State
from casemgmt.reviews.models import Listing as Listed
from casemgmt.sponsorship.actions import assign_lead
from casemgmt.sponsorship.models import Answer, ExitPlan, Goal, SponsorRequest, Step
from casemgmt.support.models import Promise
from casemgmt.support.visiting import log_visit
from casemgmt.web.database import db
from tests import make
from tests.browsing import CITIZEN, TODAY, Site, site


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    with site(url) as made:
        yield made


def organisation(there: Site, session, code: str = "HND") -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.code == code)).one()


def promised(session, household: Household, one: Organisation, due_on: date, what: str) -> Promise:
    promise = Promise(
        household=household,
        organisation=one,
        kind_name="Bò giống sinh sản",
        content=what,
        promised_on=date(2022, 1, 1),
        due_on=due_on,
        recorded_by="test",
        recorded_at=datetime(2022, 1, 1, tzinfo=UTC),
    )
    session.add(promise)
    return promise


def led(session, village: Unit, farmers: Organisation, code: str, next_on: date | None) -> None:
    """One more household that the farmers lead, visited if there is a next day."""
    household = make.household(session, village, head_name=f"Hồ Văn {code}", code=code)
    assign_lead(session, household, organisation=farmers, starts=date(2022, 2, 1))
    if next_on:
        log_visit(session, household, on=date(2022, 9, 1), organisation=farmers, next_on=next_on)


def codes(page: str) -> list[str]:
    """The households of the cards, in order."""
    return re.findall(r'class="name" href="/households/(\w+)"', page)


# --- The organisation ----------------------------------------------------------------------------


def test_the_organisations_households_come_by_next_date_overdue_first(there: Site) -> None:
    with there.session() as session:
        farmers = organisation(there, session)
        village = there.household(session, "H1").stays[0].village
        led(session, village, farmers, "SOON", TODAY + timedelta(days=3))
        led(session, village, farmers, "LATE", TODAY - timedelta(days=12))
        led(session, village, farmers, "TODAY", TODAY)
        session.commit()
    page = there.client("hoi").page("/")
    assert codes(page) == ["LATE", "TODAY", "SOON", "H1"]
    for word in ("Quá hẹn 12 ngày", "Hẹn hôm nay", "Hẹn 23/10/2022", "Chưa thăm"):
        assert word in page
    assert 'href="/households/LATE/visits/add"' in page
    assert 'href="tel:0905000111"' in page


def test_the_way_names_the_village_and_nobody(there: Site) -> None:
    page = there.client("hoi").page("/")
    (way,) = re.findall(r'href="(https://[^"]+)" rel="noopener noreferrer"', page)
    assert way == (
        "https://www.google.com/maps/search/?api=1&query=Th%C3%B4n+T%C3%A2n+H%C3%B2a%2C+"
        "X%C3%A3+Cam+Tuy%E1%BB%81n%2C+Huy%E1%BB%87n+Cam+L%E1%BB%99%2C+T%E1%BB%89nh+Qu%E1%BA%A3ng+Tr%E1%BB%8B"
    )


def test_my_promises_past_their_day_come_back_and_those_of_others_do_not(there: Site) -> None:
    with there.session() as session:
        home = there.household(session, "H1")
        farmers, women = organisation(there, session), organisation(there, session, "HPN")
        promised(session, home, farmers, TODAY - timedelta(days=1), "lời hứa quá hạn")
        promised(session, home, farmers, TODAY, "lời hứa còn hạn")
        promised(session, home, women, TODAY - timedelta(days=9), "lời hứa của hội khác")
        dropped = promised(session, home, farmers, TODAY - timedelta(days=9), "lời hứa đã thôi")
        dropped.dropped_on, dropped.drop_reason = TODAY, "hộ đã có"
        session.commit()
    page = there.client("hoi").page("/")
    assert "lời hứa quá hạn" in page
    assert "Quá hạn 1 ngày" in page
    for other in ("lời hứa còn hạn", "lời hứa của hội khác", "lời hứa đã thôi"):
        assert other not in page
    commune = there.client("commune").page("/")
    assert "lời hứa quá hạn" in commune
    assert "lời hứa của hội khác" in commune


def test_my_requests_wait_or_were_answered_lately(there: Site) -> None:
    with there.session() as session:
        farmers, women = organisation(there, session), organisation(there, session, "HPN")

        def asked(
            code: str, one: Organisation, answered: date | None = None, why: str = ""
        ) -> None:
            session.add(
                SponsorRequest(
                    household=there.household(session, code),
                    organisation=one,
                    asked_on=date(2022, 8, 1),
                    asked_by="hoi",
                    answer=Answer.DECLINED if answered else Answer.WAITING,
                    answered_on=answered,
                    answered_by="commune" if answered else None,
                    answer_reason=why or None,
                )
            )

        asked("H2", farmers)
        asked("H3", farmers, TODAY - timedelta(days=30), "đã có nơi khác nhận")
        asked("H1", farmers, TODAY - timedelta(days=31), "câu trả lời cũ")
        asked("H3", women)
        session.commit()
    page = there.client("hoi").page("/")
    assert "Chờ xã trả lời" in page
    assert "đã có nơi khác nhận" in page
    assert "câu trả lời cũ" not in page
    commune = there.client("commune").page("/")
    assert commune.count("Chờ 80 ngày") == 2
    assert "Chờ 80 ngày" not in there.client("town").page("/")


def test_steps_of_plans_that_are_due_soon_are_told(there: Site) -> None:
    with there.session() as session:
        plan = ExitPlan(
            household=there.household(session, "H1"),
            year=2022,
            surveyed_on=date(2022, 1, 5),
            made_by="test",
        )
        goal = Goal(content="Nhà ở bền chắc", plan=plan)
        goal.steps = [
            Step(content="Lợp lại mái", who="Đoàn xã", due_on=TODAY + timedelta(days=14)),
            Step(content="Láng nền", due_on=TODAY + timedelta(days=15)),
            Step(content="Chở cát", due_on=date(2022, 3, 1), done_on=date(2022, 3, 1)),
        ]
        session.add(plan)
        session.commit()
    for name in ("hoi", "commune"):
        page = there.client(name).page("/")
        assert "Lợp lại mái" in page
        assert "Đoàn xã" in page
        assert "Láng nền" not in page
        assert "Chở cát" not in page
    assert "Lợp lại mái" not in there.client("town").page("/")


def test_a_home_of_an_organisation_shows_nothing_private(there: Site) -> None:
    page = there.client("hoi").page("/")
    for private in ("CCCD", "B1", "BTXH", "Xóm Trên", "ghi chú", CITIZEN[:3] + "*"):
        assert private not in page, private


# --- The commune and the level above --------------------------------------------------------------


def review(session, there: Site, decider: Decider = Decider.LEVEL_ABOVE) -> Proposal:
    """A round whose last day is over, with what the commune sent for H1."""
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    one = Round(
        kind=RoundKind.PERIODIC,
        unit=units["465"],
        starts=date(2022, 9, 1),
        last_day=TODAY - timedelta(days=2),
        decider=decider,
        opened_by="district",
    )
    one.communes = [CommuneReview(commune=units["19600"]), CommuneReview(commune=units["19597"])]
    session.add(one)
    session.flush()
    proposal = Proposal(
        round_id=one.id,
        commune_id=units["19600"].id,
        household=there.household(session, "H1"),
        listed=Listed.POOR,
        state=State.SUBMITTED,
        class_=Class.NEAR_POOR,
        proposed_by="someone",
        submitted_at=datetime(2022, 10, 1, 3, tzinfo=UTC),
    )
    session.add(proposal)
    session.flush()
    return proposal


def test_what_was_returned_comes_to_the_commune_with_its_reason(there: Site) -> None:
    with there.session() as session:
        proposal = review(session, there)
        proposal.state, proposal.return_reason = State.RETURNED, "thiếu biên bản họp thôn"
        session.commit()
        number = proposal.id
    page = there.client("commune").page("/")
    assert "thiếu biên bản họp thôn" in page
    assert f'href="/proposals/{number}"' in page
    assert "thiếu biên bản" not in there.client("town").page("/")


def test_a_second_person_of_the_commune_decides_what_a_colleague_sent(there: Site) -> None:
    waiting = "Chờ người thứ hai của xã duyệt"
    with there.session() as session:
        proposal = review(session, there, Decider.SECOND_PERSON)
        session.commit()
        assert waiting in there.client("commune").page("/")
        proposal.proposed_by = "commune"
        session.commit()
    assert waiting not in there.client("commune").page("/")


def test_the_level_above_sees_what_waits_and_who_is_late(there: Site) -> None:
    with there.session() as session:
        review(session, there)
        session.commit()
    page = there.client("district").page("/")
    assert re.search(r"Xã Cam Tuyền</a> <span>1 đề xuất", page)
    assert "từ 01/10/2022 10:00" in page
    assert page.count("Hạn 18/10/2022") == 2


def test_deadlines_are_told_two_months_ahead(there: Site) -> None:
    page = there.client("commune").page("/")
    assert "Hạn 14/11/2022, còn 25 ngày" in page, "before 15/11"
    assert "Hạn 14/12/2022, còn 55 ngày" in page
    assert "Hạn 14/12" not in there.client("commune").page("/?as_of=01/10/2022")


def test_households_that_nobody_visited_for_60_days_are_listed(there: Site) -> None:
    person = there.client("commune")
    assert all(code in person.page("/unvisited") for code in ("/H1", "/H2"))
    with there.session() as session:
        log_visit(session, there.household(session, "H1"), on=TODAY - timedelta(days=60))
        log_visit(session, there.household(session, "H2"), on=TODAY - timedelta(days=61))
        session.commit()
    for path in ("/", "/unvisited"):
        page = person.page(path)
        assert "/households/H1" not in page.partition("60 ngày chưa ai thăm")[2]
        assert "/households/H2" in page.partition("60 ngày chưa ai thăm")[2]
    assert "/F1" not in person.page("/unvisited")


def test_doubts_are_told_of_ones_own_households_alone(there: Site) -> None:
    with there.session() as session:
        foreign = there.household(session, "F1")
        add_member(
            session, foreign, name="Đặng Thị Ước", relation=Relation.MOTHER, citizen_id=CITIZEN
        )
        session.commit()
    told = "Một số CCCD của hộ {} cũng có ở một hộ khác."
    for name, mine, other in (("commune", "H1", "F1"), ("town", "F1", "H1")):
        page = there.client(name).page("/doubts")
        assert told.format(mine) in page
        assert f"/households/{other}" not in page
    assert "Một số CCCD có ở các hộ F1, H1." in there.client("district").page("/doubts")


def test_an_empty_day_says_what_to_do_next(there: Site) -> None:
    page = there.client("town").page("/")
    assert "Không có việc nào đang chờ." in page
    assert "Hộ nghèo chưa có đơn vị đỡ đầu" in page


@pytest.mark.parametrize("name", ["viewer", "admin"])
def test_who_sees_no_households_sees_none_at_home(there: Site, name: str) -> None:
    answer = there.client(name).browser.get("/", follow_redirects=True)
    assert answer.status_code == 200
    for name in ("Đặng Thị Ước", "An Văn Bình", "Trần Xa Lạ", "/households/"):
        assert name not in answer.text


# --- Statements -----------------------------------------------------------------------------------


def statements(there: Site, name: str) -> int:
    person, seen = there.client(name), []
    with there.app.app_context():
        engine = db.engine

    def count(*args: object) -> None:
        seen.append(args[2])

    event.listen(engine, "before_cursor_execute", count)
    person.page("/")
    event.remove(engine, "before_cursor_execute", count)
    return len(seen)


@pytest.mark.parametrize(("name", "most"), [("hoi", 13), ("commune", 26), ("district", 24)])
def test_home_asks_the_database_no_more_often_for_more_households(
    there: Site, name: str, most: int
) -> None:
    def more(session, code: str) -> None:
        home = there.household(session, "H1")
        led(session, home.stays[0].village, organisation(there, session), code, TODAY)
        household = there.household(session, code)
        classify(session, household, starts=date(2022, 3, 1), class_=Class.POOR)
        promised(session, household, organisation(there, session), date(2022, 2, 1), "x")
        session.commit()

    with there.session() as session:
        more(session, "M1")
        few = statements(there, name)
        for number in range(2, 6):
            more(session, f"M{number}")
    assert statements(there, name) == few <= most
