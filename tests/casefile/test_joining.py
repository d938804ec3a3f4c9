"""Two records of one household become one: what moves, what counts no more, where a code leads."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.access.models import User
from casemgmt.audit.models import AuditEntry
from casemgmt.casefile import joining
from casemgmt.casefile.changing import changes
from casemgmt.db import Base
from casemgmt.errors import RuleBroken
from casemgmt.exchange.exporting import export_workbook
from casemgmt.exchange.importing import import_workbook
from casemgmt.households.classifying import classify
from casemgmt.households.members import add_member
from casemgmt.households.models import JoinedRecord
from casemgmt.organisations.models import Organisation
from casemgmt.programme.models import RegisteredExit
from casemgmt.register.checking import check
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household, Relation
from casemgmt.reviews.models import (
    CommuneReview,
    Decider,
    EventKind,
    Listing,
    Proposal,
    ProposalEvent,
    Round,
    RoundKind,
    State,
)
from casemgmt.schema import WHOLE
from casemgmt.sponsorship.actions import add_supporter, assign_lead
from casemgmt.sponsorship.models import Answer, Cause, ExitPlan, Goal, PlanCause, SponsorRequest
from casemgmt.support.actions import log_support
from casemgmt.support.models import Attachment, Promise, Situation, Visit
from casemgmt.tables import figures
from casemgmt.typed import Birth
from tests import make
from tests.browsing import CITIZEN, TODAY, Site, site

AT = datetime(2022, 9, 1, tzinfo=UTC)
WHY = "Trưởng thôn xác nhận là một hộ"
LEFT = "Hồ sơ ghi lần hai"


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database, where H9 is a second record of H1."""
    with site(url) as opened:
        with opened.session() as session:
            _double(opened, session)
            session.commit()
        yield opened


@pytest.fixture
def small(sqlite_url: str) -> Iterator[Site]:
    """The same where one kind of database is enough."""
    with site(sqlite_url) as opened:
        with opened.session() as session:
            _double(opened, session)
            session.commit()
        yield opened


def _double(opened: Site, session: Session) -> None:
    first = opened.household(session, "H1")
    second = make.household(
        session,
        opened.household(session, "H2").stays[0].village,
        head_name="Đặng Thị Ước",
        code="H9",
        address="Xóm Dưới",
        birth=Birth(1970, 5, 6),
        note=LEFT,
    )
    add_member(session, second, name="Đặng Thị Út", relation=Relation.CHILD, birth=Birth(2010))
    classify(session, second, starts=date(2021, 12, 31), class_=Class.POOR, social_protection=True)
    women = session.scalars(select(Organisation).where(Organisation.code == "HPN")).one()
    assign_lead(session, second, organisation=women, starts=date(2022, 3, 1))
    farmers = session.scalars(select(Organisation).where(Organisation.code == "HND")).one()
    add_supporter(session, second, organisation=farmers, starts=date(2022, 3, 1))
    given = log_support(session, second, on=date(2022, 4, 1), kind="Khác", code="A9", value=100_000)
    _more(session, first, second, women)
    session.add(
        Attachment(
            household=second, action_id=given.id, name="anh.jpg", media_type="image/jpeg",
            content=b"x", sha256="0" * 64, added_by="hoi", added_at=AT,
        )
    )  # fmt: skip
    session.flush()


def _more(session: Session, first: Household, second: Household, women: Organisation) -> None:
    for household in (first, second):
        session.add_all(
            [
                Visit(
                    household=household, visited_on=date(2022, 9, 1), situation=Situation.SAME,
                    recorded_by="hoi", recorded_at=AT,
                ),
                Promise(
                    household=household, organisation=women, kind_name="Khác", value=5,
                    promised_on=date(2022, 9, 1), due_on=date(2022, 12, 1), quantity=Decimal(1),
                    recorded_by="hoi", recorded_at=AT,
                ),
                SponsorRequest(
                    household=household, organisation=women, asked_on=date(2022, 9, 1),
                    asked_by="hoi",
                ),
                ExitPlan(
                    household=household, year=2022, surveyed_on=date(2022, 9, 1), made_by="hoi",
                    wishes="Nuôi bò" if household is second else None,
                    causes=[
                        PlanCause(
                            cause=Cause.NO_LAND if household is first else Cause.NO_CAPITAL
                        )
                    ],
                    goals=[Goal(content=f"Mục tiêu của {household.code}")],
                ),
                RegisteredExit(household=household, year=2022),
            ]
        )  # fmt: skip
    session.add(RegisteredExit(household=second, year=2021))
    session.add(ExitPlan(household=second, year=2021, surveyed_on=date(2021, 9, 1), made_by="x"))
    commune = second.stays[0].village.periods[0].parent
    for number, (kind, records) in enumerate(
        [(RoundKind.PERIODIC, (first, second)), (RoundKind.MONTHLY, (second,))]
    ):
        one = Round(
            kind=kind, unit=commune, starts=date(2022, 9, 1 + number), last_day=date(2022, 12, 14),
            decider=Decider.SECOND_PERSON, opened_by="district",
        )  # fmt: skip
        review = CommuneReview(round=one, commune=commune)
        session.add(review)
        session.flush()
        for household in records:
            proposal = Proposal(
                commune_review=review, household=household, listed=Listing.POOR,
                state=State.SUBMITTED, class_=Class.NEAR_POOR, proposed_by="commune",
            )  # fmt: skip
            session.add(proposal)
            session.flush()
            session.add(
                ProposalEvent(
                    proposal_id=proposal.id, at=AT, by="commune", what=EventKind.SUBMITTED
                )
            )
    session.flush()


def join(opened: Site, session: Session) -> tuple[Household, Household]:
    first, second = opened.household(session, "H1"), opened.household(session, "H9")
    joining.join_records(session, first, second, on=TODAY, reason=WHY)
    return first, second


def poor(session: Session, day: date) -> dict[str, object]:
    """The cells of Biểu 2 of the commune, by unit."""
    found = figures.figures(session.connection(), figures.asked("bieu-2", as_of=day, unit="19600"))
    cells = {row.unit.code: row.cells["poor"] for row in found.rows}
    return {**cells, "total": found.total["poor"]}


# --- The act -------------------------------------------------------------------------------------


def test_the_double_counts_nowhere_on_any_day(register: Site) -> None:
    days = (date(2021, 12, 31), date(2022, 6, 1), TODAY)
    with register.session() as session:
        before = {day: poor(session, day) for day in days}
        first, second = join(register, session)
        for day in days:
            assert before[day] == {"CT-TT": 1, "CT-BC": 1, "total": 2}
            assert poor(session, day) == {"CT-TT": 1, "CT-BC": 0, "total": 1}
        assert second.stays == second.classifications == second.leads == second.supporters == []
        assert [lead.organisation.code for lead in first.leads] == ["HND"]
        assert [stay.village.code for stay in first.stays] == ["CT-TT"]
        assert [one for one in check(session, today=TODAY) if one.is_invariant] == []


def test_people_come_over_once_and_are_completed(register: Site) -> None:
    with register.session() as session:
        first, second = join(register, session)
        assert [(one.name, one.relation, one.birth) for one in first.members] == [
            ("Đặng Thị Ước", Relation.HEAD, Birth(1970, 5, 6)),
            ("Đặng Văn Con", Relation.CHILD, Birth(2001, 2, 3)),
            ("Đặng Thị Út", Relation.CHILD, Birth(2010)),
        ]
        assert first.members[0].citizen_id == CITIZEN
        assert second.members == []
        assert (first.address, first.phone) == ("Xóm Trên", "0905000111")


def test_a_namesake_of_another_cccd_or_birth_is_another_person(register: Site) -> None:
    with register.session() as session:
        first, second = register.household(session, "H1"), register.household(session, "H9")
        second.members[0].citizen_id = "045190000999"
        session.flush()
        moves = joining.what_moves(session, first, second, TODAY)
        assert [one.name for one in moves.people] == ["Đặng Thị Ước", "Đặng Thị Út"]
        second.members[0].citizen_id = None
        second.members[0].birth = Birth(1971)
        session.flush()
        assert len(joining.what_moves(session, first, second, TODAY).people) == 2
        joining.join_records(session, first, second, on=TODAY, reason=WHY)
        assert [one.relation for one in first.members].count(Relation.HEAD) == 1


def test_what_is_known_more_exactly_stays(small: Site) -> None:
    with small.session() as session:
        first, second = small.household(session, "H1"), small.household(session, "H9")
        first.members[0].birth, second.members[0].birth = Birth(1970, 5), Birth(1970)
        joining.join_records(session, first, second, on=TODAY, reason=WHY)
        assert first.members[0].birth == Birth(1970, 5)


def test_who_is_there_is_not_one_who_has_left(small: Site) -> None:
    with small.session() as session:
        first, second = small.household(session, "H1"), small.household(session, "H9")
        left = first.members[1]
        left.last_day = date(2022, 3, 1)
        back = add_member(session, second, name=left.name, relation=Relation.CHILD)
        joining.join_records(session, first, second, on=TODAY, reason=WHY)
        assert [one.last_day for one in first.members if one.name == left.name] == [
            left.last_day,
            None,
        ]
        assert back.household is first


def test_nothing_but_what_was_decided_stays_with_the_double(register: Site) -> None:
    """Every table that points to a household, also one that is added later."""
    assert WHOLE
    with register.session() as session:
        _first, second = join(register, session)
        number = second.id
        session.flush()
        kept = {
            table.name
            for table in Base.metadata.sorted_tables
            for column in table.columns
            for reference in column.foreign_keys
            if reference.target_fullname == "household.id"
            and session.connection().execute(select(column).where(column == number)).first()
        }
        assert kept == {"joined_record"}


def test_what_hangs_on_a_household_goes_over(register: Site) -> None:
    with register.session() as session:
        first, _second = join(register, session)
        everyone = Lens.everyone(TODAY)

        def of(model: type, *order: object) -> list:  # type: ignore[type-arg]
            query = select(model).where(model.household_id == first.id).order_by(*order)
            return list(session.scalars(everyone.scoped(query, model.household_id)))

        assert len(of(Visit)) == len(of(Promise)) == 2
        assert len(of(Attachment)) == 1
        assert [row.year for row in of(RegisteredExit, RegisteredExit.year)] == [2021, 2022]
        older, plan = of(ExitPlan, ExitPlan.year)
        assert (older.year, plan.year, plan.wishes) == (2021, 2022, "Nuôi bò")
        assert {goal.content for goal in plan.goals} == {"Mục tiêu của H1", "Mục tiêu của H9"}
        assert {row.cause for row in plan.causes} == {Cause.NO_LAND, Cause.NO_CAPITAL}
        assert len(of(Proposal)) == 2
        assert {row.answer for row in of(SponsorRequest)} == {Answer.STALE}


def test_an_accepted_proposal_stays_where_it_was_decided(register: Site) -> None:
    with register.session() as session:
        _first, second = register.household(session, "H1"), register.household(session, "H9")
        everyone = Lens.everyone(TODAY)
        query = select(Proposal).where(Proposal.household_id == second.id).order_by(Proposal.id)
        decided, waiting = session.scalars(everyone.scoped(query, Proposal.household_id)).all()
        decided.state, decided.starts = State.ACCEPTED, date(2022, 10, 1)
        decided.decided_by = "district"
        session.flush()
        first, _second = join(register, session)
        session.refresh(decided)
        session.refresh(waiting)
        assert decided.household_id == second.id
        assert waiting.household_id == first.id


def test_the_reason_is_in_the_trail_of_every_step(register: Site) -> None:
    with register.session() as session:
        newest = session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1))
        join(register, session)
        entries = session.scalars(select(AuditEntry).where(AuditEntry.id > newest)).all()
        assert len(entries) > 15
        assert {entry.subject for entry in entries} >= {
            "stay", "classification", "lead", "supporter", "member", "visit", "promise",
            "support_action", "attachment", "exit_plan", "goal", "registered_exit", "proposal",
            "joined_record",
        }  # fmt: skip
        assert all(WHY in entry.changes for entry in entries)


def test_who_came_from_the_double_came_from_the_living_record(register: Site) -> None:
    with register.session() as session:
        first, second = register.household(session, "H1"), register.household(session, "H9")
        third = register.household(session, "H3")
        third.stays[0].arrived_from_id = second.id
        first.stays[0].arrived_from_id = second.id
        session.flush()
        joining.join_records(session, first, second, on=TODAY, reason=WHY)
        assert third.stays[0].arrived_from_id == first.id
        assert first.stays[0].arrived_from_id is None


def test_a_record_is_joined_once_and_not_to_itself(register: Site) -> None:
    with register.session() as session:
        first, second = join(register, session)
        third = register.household(session, "H3")
        for living, double in ((first, first), (first, second), (second, first), (third, second)):
            with pytest.raises(RuleBroken) as broken:
                joining.join_records(session, living, double, on=TODAY, reason=WHY)
            assert broken.value.field == "other"
        with pytest.raises(RuleBroken) as broken:
            joining.join_records(session, third, first, on=TODAY, reason=" ")
        assert broken.value.field == "reason"


def test_three_records_of_one_household_all_lead_to_the_last(register: Site) -> None:
    with register.session() as session:
        _first, second = join(register, session)
        third = register.household(session, "H3")
        joining.join_records(
            session, third, register.household(session, "H1"), on=TODAY, reason=WHY
        )
        session.commit()
        joined = session.get_one(
            JoinedRecord, second.id, execution_options={"lens": Lens.everyone(TODAY)}
        )
        assert joined.into_id == third.id
    for code in ("H1", "H9"):
        answer = register.client("commune").get(f"/households/{code}")
        assert answer.location == "/households/H3"


def test_what_was_joined_does_not_come_back_through_the_workbook(
    register: Site, tmp_path, sqlite_template
) -> None:
    with register.session() as session:
        join(register, session)
        session.commit()
        export_workbook(session, tmp_path / "one.xlsx")
        before = poor(session, TODAY)
        import_workbook(session, tmp_path / "one.xlsx")
        session.commit()
        assert poor(session, TODAY) == before
        assert register.household(session, "H9").stays == []
        export_workbook(session, tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


# --- The page ------------------------------------------------------------------------------------


def test_what_is_foretold_is_what_happens(register: Site) -> None:
    with register.session() as session:
        second = register.household(session, "H9")
        foretold = changes(session, second, [date(2021, 12, 31), TODAY])
        join(register, session)
        assert {(one.unit, one.label) for one in foretold} == {
            (unit, label)
            for unit in ("Bản Chùa", "Xã Cam Tuyền")
            for label in ("Hộ nghèo", "Hộ nghèo BTXH")
        }
        assert len(foretold) == 8
        for one in foretold:
            found = poor(session, one.day)
            if one.label == "Hộ nghèo":
                assert one.after == (found["CT-BC"] if "Chùa" in one.unit else found["total"])
                assert one.before == one.after + 1


def test_the_page_shows_what_moves_then_joins(register: Site) -> None:
    commune = register.client("commune")
    assert "Xem trước khi gộp" in commune.page("/households/H1/join")
    page = commune.page("/households/H1/join?other=H9")
    for told in (
        "Thành viên: Đặng Thị Út (2010)",
        "chỉ bổ sung chỗ còn thiếu: Đặng Thị Ước.",
        "Lần hỗ trợ: 1",
        "Lần thăm hộ: 1",
        "Đề xuất rà soát chưa duyệt: 1",
        "đề xuất rà soát trùng đợt: 1",
        "lần đỡ đầu: 1",
        "Bản Chùa",
        "31/12/2021",
        "20/10/2022",
    ):
        assert told in page, told
    with register.session() as session:
        assert register.household(session, "H9").stays
    assert commune.post("/households/H1/join?other=H9", reason="").status_code == 422
    answer = commune.post("/households/H1/join?other=H9", reason=WHY)
    assert (answer.status_code, answer.location) == (303, "/households/H1")
    answer = commune.get("/households/H9")
    assert (answer.status_code, answer.location) == (303, "/households/H1")
    page = commune.page("/households/H1")
    assert "Đặng Thị Út" in page
    assert ">H9<" not in commune.page("/households")
    assert commune.get("/households/H9/edit").status_code == 404
    assert commune.get("/households/H1/join?other=H9").status_code == 422


def test_a_record_elsewhere_and_one_that_is_not_there_answer_alike(small: Site) -> None:
    commune = small.client("commune")
    texts = []
    for code in ("F1", "NOBODY"):
        answer = commune.get(f"/households/H1/join?other={code}")
        assert answer.status_code == 422
        texts.append(answer.text.partition("<main")[2].replace(code, "…"))
    assert texts[0] == texts[1]
    assert commune.get("/households/F1/join").status_code == 404
    assert commune.send("/households/H1/join?other=F1", reason=WHY).status_code == 422
    with small.session() as session:
        assert small.household(session, "F1").stays


def test_who_may_join(small: Site) -> None:
    for name in ("hoi", "viewer", "admin"):
        assert small.client(name).get("/households/H1/join?other=H9").status_code == 403
    assert "Gộp hai hồ sơ" in small.client("district").page("/households/H1/join?other=H9")
    with small.session() as session:
        assert session.scalar(select(User.id).where(User.name == "district"))
