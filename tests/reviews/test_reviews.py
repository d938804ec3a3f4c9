"""Rounds and proposals: who is listed, what may be sent, who decides, what becomes of it."""

from collections.abc import Iterator
from datetime import date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.audit.models import AuditEntry
from casemgmt.clock import VIETNAM
from casemgmt.errors import RuleBroken
from casemgmt.households.classifying import classify
from casemgmt.register.models import Class
from casemgmt.reviews import deciding, opening, proposing, queries
from casemgmt.reviews.models import Decider, Listing, Proposal, RoundKind, State
from casemgmt.reviews.questions import Question, questions
from casemgmt.reviews.standing import standings
from casemgmt.support.actions import log_support
from tests.browsing import TODAY, Site, site
from tests.reviews.reviewing import (
    FOUND,
    LAST_DAY,
    LENS,
    STARTS,
    add_poor,
    add_user,
    open_round,
    proposal,
    send,
    submit,
    unit,
    user,
)


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


@pytest.fixture
def small(sqlite_url: str) -> Iterator[Site]:
    """A small register where one kind of database is enough."""
    with site(sqlite_url) as opened:
        yield opened


def accept(session: Session, *ones: Proposal, by: str = "district", **more: Any) -> None:
    trail.act_as(session, actor=by, act="test")
    more = {"starts": TODAY, "decision_number": "15/QĐ-UBND", "decision_date": TODAY, **more}
    deciding.accept(session, ones, decider=user(session, by), today=TODAY, **more)


def classes(register: Site, code: str) -> list[tuple[date, Class]]:
    with register.session() as session:
        rows = register.household(session, code).classifications
        return [(row.starts, row.class_) for row in rows]


def refused(session: Session, one: Proposal, **found: Any) -> str | None:
    """The field for which a proposal that is filled in so cannot be sent."""
    with pytest.raises(RuleBroken) as broken:
        send(session, one, **found)
    session.rollback()
    return broken.value.field


# --- Opening -------------------------------------------------------------------------------------


def test_a_periodic_round_lists_the_poor_and_near_poor_of_each_commune(register: Site) -> None:
    with register.session() as session:
        one = open_round(session)
        session.commit()
        rows = session.scalars(queries.proposals(LENS)).all()
        listed = {(row.commune_id, row.household.code, row.listed, row.state) for row in rows}
        commune, town = unit(session, "19600").id, unit(session, "19597").id
        assert listed == {
            (commune, "H1", Listing.POOR, State.TO_REVIEW),
            (commune, "H2", Listing.NEAR_POOR, State.TO_REVIEW),
            (town, "F1", Listing.POOR, State.TO_REVIEW),
        }
        assert proposal(session, "H1").social_protection
        assert {part.commune_id for part in one.communes} == {commune, town}
        entries = select(func.count()).where(AuditEntry.subject == "proposal")
        assert session.scalar(entries) == 3


def test_one_open_round_of_a_kind_at_a_time(small: Site) -> None:
    with small.session() as session:
        one = open_round(session)
        with pytest.raises(RuleBroken):
            open_round(session, starts=date(2022, 10, 1))
        opening.close_round(session, one, today=TODAY)
        with pytest.raises(RuleBroken) as broken:
            open_round(session)
        assert broken.value.field == "starts"
        with pytest.raises(RuleBroken):
            open_round(session, starts=LAST_DAY, last_day=STARTS)
        open_round(session, starts=date(2022, 10, 1))


def test_a_monthly_round_begins_empty_and_takes_who_applied(register: Site) -> None:
    with register.session() as session:
        one = open_round(session, kind=RoundKind.MONTHLY)
        assert session.scalars(queries.proposals(LENS)).all() == []
        (part,) = [p for p in one.communes if p.commune.code == "19600"]
        applied = opening.add_applied(session, register.household(session, "H3"), part, today=TODAY)
        assert (applied.listed, applied.state) == (Listing.APPLIED, State.TO_REVIEW)
        for code in ("H3", "F1"):  # there already; of another commune
            with pytest.raises(RuleBroken) as broken:
                opening.add_applied(session, register.household(session, code), part, today=TODAY)
            assert broken.value.field == "code"


def test_a_round_in_which_something_waits_is_not_closed(small: Site) -> None:
    with small.session() as session:
        one = open_round(session)
        send(session, proposal(session, "H1"))
        with pytest.raises(RuleBroken):
            opening.close_round(session, one, today=TODAY)
        proposing.take_back(session, proposal(session, "H1"))
        opening.close_round(session, one, today=TODAY)
        for act in (
            lambda: proposing.fill_in(session, proposal(session, "H1"), **FOUND),
            lambda: submit(session, proposal(session, "H1")),
            lambda: opening.close_round(session, one, today=TODAY),
        ):
            with pytest.raises(RuleBroken, match="đã đóng"):
                act()


# --- Sending -------------------------------------------------------------------------------------

LACKS: list[tuple[dict[str, Any], str]] = [
    ({"class_": None}, "class_"),
    ({"score_b1": None}, "score_b1"),
    ({"score_b2": None}, "score_b2"),
    ({"reason": " "}, "reason"),  # another class than the one in force
    ({"reason": "", "class_": Class.POOR}, "reason"),  # not what the scores imply
    ({"met_on": None}, "met_on"),
    ({"met_on": date(2022, 10, 21)}, "met_on"),
    ({"met_on": date(2022, 8, 31)}, "met_on"),  # before the round
    ({"met_present": None}, "met_present"),
    ({"met_agreed": None}, "met_agreed"),
    ({"met_agreed": 19}, "met_agreed"),  # of 40
    ({"met_agreed": 41}, "met_agreed"),
    ({"posted_from": None}, "posted_from"),
    ({"posted_from": date(2022, 10, 4)}, "posted_from"),  # before the meeting
    ({"posted_until": None}, "posted_until"),
    ({"posted_until": date(2022, 10, 7)}, "posted_until"),  # two days
    ({"posted_until": date(2022, 10, 21)}, "posted_until"),
    ({"posted_until": date(2022, 10, 5)}, "posted_until"),
    ({"score_b2": 25}, "score_b2"),
    ({"deprivations": ["waste"]}, "deprivations"),
]


@pytest.mark.parametrize(("found", "field"), LACKS)
def test_what_cannot_be_sent(small: Site, found: dict[str, Any], field: str) -> None:
    with small.session() as session:
        open_round(session)
        session.commit()
        assert refused(session, proposal(session, "H1"), **found) == field
        assert proposal(session, "H1").state is State.TO_REVIEW


def test_a_class_that_stays_needs_no_reason(small: Site) -> None:
    with small.session() as session:
        open_round(session)
        send(session, proposal(session, "H2"), reason="")
        assert proposal(session, "H2").state is State.SUBMITTED


def test_drafts_that_are_complete_are_sent_together(register: Site) -> None:
    with register.session() as session:
        open_round(session)
        add = {code: proposal(session, code) for code in ("H1", "H2")}
        trail.act_as(session, actor="commune", act="test")
        proposing.fill_in(session, add["H1"], **FOUND)
        proposing.fill_in(session, add["H2"], **{**FOUND, "met_agreed": 1})
        part = add["H1"].commune_review

        def send_all() -> int:
            ones = list(add.values())
            found = standings(session, LENS, ones)
            return proposing.submit_complete(session, part, ones, found, today=TODAY)

        assert (send_all(), part.submitted_on) == (1, None)
        proposing.fill_in(session, add["H2"], **FOUND)
        assert (send_all(), part.submitted_on) == (1, TODAY)
        assert part.submitted_by == "commune"
        assert send_all() == 0
        proposing.take_back(session, add["H2"])
        assert part.submitted_on is None


def test_what_was_returned_is_mended_before_it_is_sent_again(register: Site) -> None:
    with register.session() as session:
        open_round(session)
        one = proposal(session, "H1")
        send(session, one)
        with pytest.raises(RuleBroken):
            deciding.return_(
                session, one, decider=user(session, "district"), reason=" ", today=TODAY
            )
        trail.act_as(session, actor="district", act="test")
        deciding.return_(
            session,
            one,
            decider=user(session, "district"),
            reason="Xem lại nước",
            field="deprivations",
            today=TODAY,
        )
        assert session.scalars(queries.returned(LENS)).all() == [one]
        with pytest.raises(RuleBroken, match="sửa và lưu"):
            submit(session, one)
        send(session, one)
        assert one.state is State.SUBMITTED
        assert session.scalars(queries.returned(LENS)).all() == []
        said = [(event.by, event.what.value, event.reason) for event in one.events]
        assert said == [
            ("commune", "submitted", None),
            ("district", "returned", "Xem lại nước"),
            ("commune", "submitted", None),
        ]


# --- Deciding ------------------------------------------------------------------------------------


def test_acceptance_becomes_a_classification_once(register: Site) -> None:
    with register.session() as session:
        open_round(session)
        send(session, proposal(session, "H1"))
        accept(session, proposal(session, "H1"))
        session.commit()
        row = register.household(session, "H1").classifications[-1]
        assert (row.starts, row.class_, row.standard_code) == (TODAY, Class.NEAR_POOR, "S2022")
        assert (row.score_b1, row.score_b2, row.reason) == (120, 20, FOUND["reason"])
        assert (row.decision_number, row.decision_date) == ("15/QĐ-UBND", TODAY)
        assert [one.indicator_code for one in row.deprivations] == ["telecom", "water"]
        one = proposal(session, "H1")
        assert (one.state, one.decided_by, one.starts) == (State.ACCEPTED, "district", TODAY)
        with pytest.raises(RuleBroken, match="đã được district duyệt"):
            accept(session, one)
        with pytest.raises(RuleBroken, match="đã được duyệt"):
            proposing.fill_in(session, one, **FOUND)
    assert classes(register, "H1") == [
        (date(2021, 12, 31), Class.POOR),
        (TODAY, Class.NEAR_POOR),
    ]


def test_two_who_decide_at_once_make_one_classification(register: Site) -> None:
    add_user(register, "district2", "district")
    with register.session() as session:
        user(session, "district2").role = user(session, "district").role
        open_round(session)
        send(session, proposal(session, "H1"))
        session.commit()
    both, said = Barrier(2), []

    def decide(name: str) -> None:
        with register.session() as session:
            one = proposal(session, "H1")
            session.rollback()  # both have seen it waiting; neither holds a lock
            both.wait(timeout=20)
            try:
                accept(session, one, by=name)
                session.commit()
                said.append("")
            except RuleBroken as broken:
                said.append(broken.message)

    threads = [Thread(target=decide, args=(name,)) for name in ("district", "district2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 2
    assert "duyệt rồi" in max(said)
    assert min(said) == ""
    assert len(classes(register, "H1")) == 2


def test_all_of_a_decision_or_none(register: Site) -> None:
    with register.session() as session:
        open_round(session)
        send(session, proposal(session, "H1"))
        proposing.fill_in(session, proposal(session, "H2"), **FOUND)
        session.commit()
        with pytest.raises(RuleBroken):
            accept(session, proposal(session, "H1"), proposal(session, "H2"))
        session.rollback()
        assert proposal(session, "H1").state is State.SUBMITTED
    assert len(classes(register, "H1")) == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"decision_number": " "}, "decision_number"),
        ({"decision_date": date(2022, 10, 21)}, "decision_date"),
        ({"decision_date": date(2022, 8, 31)}, "decision_date"),  # before the round
        ({"starts": date(2022, 8, 31)}, "starts"),
        ({"starts": date(2024, 1, 1)}, "starts"),
        ({"starts": date(2021, 12, 31)}, "starts"),  # a classification of that day is there
        ({"starts": date(2027, 1, 1)}, "starts"),  # another standard
    ],
)
def test_decisions_that_cannot_be(small: Site, more: dict[str, Any], field: str) -> None:
    with small.session() as session:
        open_round(session)
        send(session, proposal(session, "H1"))
        with pytest.raises(RuleBroken) as broken:
            accept(session, proposal(session, "H1"), **more)
        assert broken.value.field == field


def test_who_decides(small: Site) -> None:
    add_user(small, "other", "commune")
    with small.session() as session:
        open_round(session)
        send(session, proposal(session, "H1"))
        for name in ("commune", "other", "town", "hoi", "viewer", "admin"):
            with pytest.raises(RuleBroken):
                accept(session, proposal(session, "H1"), by=name)
        accept(session, proposal(session, "H1"))


def test_a_second_person_of_the_commune_decides_but_no_proposer(small: Site) -> None:
    for name in ("other", "third"):
        add_user(small, name, "commune")
    with small.session() as session:
        open_round(session, decider=Decider.SECOND_PERSON)
        one = proposal(session, "H1")
        trail.act_as(session, actor="other", act="test")
        proposing.fill_in(session, one, **FOUND)
        trail.act_as(session, actor="commune", act="test")
        submit(session, one)
        for name in ("commune", "other", "town"):  # sent it; filled it in; serves another
            with pytest.raises(RuleBroken):
                accept(session, one, by=name)
        accept(session, one, by="third")


# --- Questions -----------------------------------------------------------------------------------


def asked(session: Session, *codes: str, decider: str = "district") -> list[list[str]]:
    ones = [proposal(session, code) for code in codes]
    found = questions(session, LENS, ones, standings(session, LENS, ones), decider=decider)
    return [[question.key for question in found[one.id]] for one in ones]


def help_(register: Site, session: Session, code: str) -> None:
    log_support(session, register.household(session, code), on=date(2022, 4, 1), kind="Khác")


def test_the_questions_about_an_exit(register: Site) -> None:
    with register.session() as session:
        add_poor(session, "P1", "P2", "P3")
        for code in ("P2", "P3"):
            help_(register, session, code)
        open_round(session)
        send(session, proposal(session, "H1"))  # BTXH in the register; supported
        send(session, proposal(session, "P1"))
        send(session, proposal(session, "P2"), score_b2=30, deprivations=["water"])
        send(session, proposal(session, "P3"))
        send(session, proposal(session, "H2"), class_=Class.NOT_POOR)  # never was poor
        assert asked(session, "H1", "P1", "P2", "P3", "H2") == [
            ["social_protection"],
            ["no_support"],
            ["still_lacking", "not_implied"],
            [],
            ["not_implied"],
        ]
        assert asked(session, "P3", decider="commune") == [["own_proposal"]]


def test_support_from_before_it_was_poor_does_not_answer(small: Site) -> None:
    with small.session() as session:
        add_poor(session, "P1")
        log_support(session, small.household(session, "P1"), on=date(2021, 12, 30), kind="Khác")
        open_round(session)
        send(session, proposal(session, "P1"))
        assert asked(session, "P1") == [["no_support"]]


def test_exit_and_return_within_a_year(register: Site) -> None:
    with register.session() as session:
        add_poor(session, "P1", "P2", "P3")
        poor, near = Class.POOR, Class.NEAR_POOR
        for code, rows in {
            "P1": [(date(2022, 1, 15), near)],  # left in January, is to be poor again
            "P2": [(date(2022, 1, 15), near), (date(2022, 3, 1), poor)],  # came back in March
            "P3": [(date(2022, 1, 1), near)],
        }.items():
            household = register.household(session, code)
            for day, class_ in rows:
                classify(session, household, starts=day, class_=class_)
            help_(register, session, code)
        open_round(session)
        scored = {"score_b2": 30, "deprivations": ["water", "telecom", "nutrition"]}
        send(session, proposal(session, "P1"), class_=poor, **scored)
        send(session, proposal(session, "P2"))
        send(session, proposal(session, "P3"))  # stays near-poor
        assert asked(session, "P1", "P2", "P3") == [["relapse"], ["back_and_forth"], []]


def test_many_exits_on_the_last_day(register: Site) -> None:
    codes = [f"P{n}" for n in range(1, 11)]
    with register.session() as session:
        add_poor(session, *codes)
        for code in codes:
            help_(register, session, code)
        open_round(session, last_day=TODAY)
        for code in codes:
            send(session, proposal(session, code))
        early = datetime(2022, 10, 19, 23, 59, tzinfo=VIETNAM)
        for code in codes[:5]:
            proposal(session, code).submitted_at = early
        session.flush()
        assert asked(session, "P1", "P10") == [[], ["late_exits"]]
        proposal(session, "P6").submitted_at = early
        session.flush()
        assert asked(session, "P10") == [[]]  # four of ten


def test_a_page_takes_a_fixed_number_of_statements(small: Site) -> None:
    codes = [f"P{n}" for n in range(1, 13)]
    with small.session() as session:
        add_poor(session, *codes)
        open_round(session)
        for code in codes:
            send(session, proposal(session, code))
        session.commit()

    def statements(most: int) -> int:
        seen: list[str] = []
        with small.session() as session:
            count = event.listens_for(small.engine, "before_cursor_execute")
            listener = count(lambda *call: seen.append(call[2]))
            query = queries.whole(queries.to_decide(LENS)).limit(most)
            ones = session.scalars(query).all()
            found = questions(session, LENS, ones, standings(session, LENS, ones), decider="x")
            event.remove(small.engine, "before_cursor_execute", listener)
        assert all(isinstance(one, Question) for one in found[ones[-1].id])
        assert len(found) == most
        return len(seen)

    assert statements(2) == statements(12) <= 14
