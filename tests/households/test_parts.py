"""A household recorded part by part, and the hint that it may already be there."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from casemgmt.households.members import add_member
from casemgmt.register.models import Relation, Sex
from casemgmt.reviews.opening import close_round
from casemgmt.sponsorship.models import Cause, ExitPlan, Goal, PlanCause, Step
from casemgmt.typed import Birth
from tests import make
from tests.browsing import CITIZEN, TODAY, Site, site
from tests.reviews.reviewing import open_round

NEW = {"head_name": "Lê Thị Mới", "village": "CT-TT", "starts": "01/09/2022"}
FOREIGN = "045190000999"
SECRETS = ("F1", "Trần Xa Lạ", "Khu phố 1", "19597", "Thị trấn", "CL-1")


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


def _states(page: str) -> list[str]:
    """The words of the parts' states, from top to bottom."""
    return re.findall(r'class="task-state".*?</span> ([^<]+)</span>', page, re.DOTALL)


# --- Part by part --------------------------------------------------------------------------------


def test_the_least_makes_a_household_and_leads_to_its_parts(register: Site) -> None:
    commune = register.client("commune")
    answer = commune.post("/add-household", **NEW)
    assert answer.status_code == 303, answer.text
    assert answer.location == "/households/19600-0001/parts"
    page = commune.page(answer.location)
    assert _states(page) == ["Chưa làm"] * 5
    for address in ("/parts/people", "/edit?next=parts", "/lead?next=parts", "/plan"):
        assert f'href="/households/19600-0001{address}"' in page
    assert 'href="/reviews"' in page


def test_each_part_is_saved_alone_and_leads_back(register: Site) -> None:
    commune = register.client("commune")
    base = commune.post("/add-household", **NEW).location.removesuffix("/parts")
    saved = commune.post(f"{base}/edit?next=parts", head_name="Lê Thị Mới", address="Xóm Dưới")
    assert saved.location == f"{base}/parts"
    page = commune.page(saved.location)
    assert _states(page)[1] == "Thiếu thông tin"
    assert "Còn thiếu: điện thoại." in page
    commune.post(f"{base}/edit?next=parts", head_name="X", address="Xóm Dưới", phone="0905000222")
    assert _states(commune.page(f"{base}/parts"))[1] == "Xong"

    number = re.search(rf"{base}/members/(\d+)\?next=parts", commune.page(f"{base}/parts/people"))
    assert number is not None
    member = {"name": "X", "relation": "Chủ hộ", "birth": "1980"}
    saved = commune.post(f"{base}/members/{number[1]}?next=parts", **member)
    assert saved.location == f"{base}/parts"
    page = commune.page(saved.location)
    assert _states(page)[0] == "Thiếu thông tin"
    assert "Còn thiếu: giới tính của X; số CCCD của X." in page
    full = {**member, "sex": "Nữ", "citizen_id": "045180000456"}
    commune.post(f"{base}/members/{number[1]}?next=parts", **full)
    assert _states(commune.page(f"{base}/parts"))[0] == "Xong"

    lead = {"organisation": "HPN", "starts": "01/10/2022"}
    assert commune.post(f"{base}/lead?next=parts", **lead).location == f"{base}/parts"
    page = commune.page(f"{base}/parts")
    assert _states(page)[3] == "Xong"
    assert "Tổ chức HPN." in page


def test_a_plan_is_done_when_each_goal_has_steps(register: Site) -> None:
    commune = register.client("commune")
    assert _states(commune.page("/households/H1/parts"))[4] == "Chưa làm"
    with register.session() as session:
        plan = ExitPlan(
            household_id=register.household(session, "H1").id,
            year=2022,
            surveyed_on=date(2022, 9, 1),
            made_by="commune",
        )
        plan.goals = [Goal(content="Thu nhập khá lên")]
        session.add(plan)
        session.commit()
        page = commune.page("/households/H1/parts")
        assert _states(page)[4] == "Thiếu thông tin"
        assert "Còn thiếu: nguyên nhân nghèo; việc cần làm của 1 mục tiêu." in page
        plan.causes = [PlanCause(cause=Cause.NO_CAPITAL)]
        plan.goals[0].steps = [Step(content="Vay vốn", due_on=date(2022, 12, 1))]
        session.commit()
    assert _states(commune.page("/households/H1/parts"))[4] == "Xong"


def test_a_class_lacks_its_scores_until_they_are_written(small: Site) -> None:
    with small.session() as session:
        household = small.household(session, "H2")
        household.classifications[0].standard_code = "S2022"
        session.commit()
        commune = small.client("commune")
        page = commune.page("/households/H2/parts")
        assert _states(page)[2] == "Thiếu thông tin"
        assert "Còn thiếu: điểm B1; điểm B2." in page
        household.classifications[0].score_b1 = 100
        household.classifications[0].score_b2 = 20
        session.commit()
        assert "Còn thiếu: chỉ số thiếu hụt." in commune.page("/households/H2/parts")


def test_a_proposal_is_on_its_way_while_its_round_goes_on(register: Site) -> None:
    commune = register.client("commune")
    with register.session() as session:
        one = open_round(session)
        session.commit()
        assert "Đợt rà soát: " in commune.page("/households/H1/parts")
        close_round(session, one, today=TODAY)
        session.commit()
    assert "Đợt rà soát: " not in commune.page("/households/H1/parts")


def test_the_parts_are_for_those_who_edit_within_their_scope(small: Site) -> None:
    for path in ("/households/F1/parts", "/households/F1/parts/people"):
        assert small.client("commune").get(path).status_code == 404
        assert small.client("hoi").get(path).status_code == 403
        assert small.client("viewer").get(path).status_code == 403


def test_who_may_not_plan_sees_how_far_the_plan_is_but_no_link(small: Site) -> None:
    page = small.client("district").page("/households/H1/parts")
    assert "Kế hoạch thoát nghèo" in page
    assert "/households/H1/plan" not in page


# --- Already there? ------------------------------------------------------------------------------


def test_a_cccd_within_scope_names_the_household(register: Site) -> None:
    commune = register.client("commune")
    again = commune.post("/add-household", **NEW, citizen_id=CITIZEN)
    assert again.status_code == 422
    assert '<a href="/households/H1">' in again.text
    assert "cùng số CCCD" in again.text
    assert commune.post("/add-household", **NEW, citizen_id=CITIZEN, confirmed="y").location


def test_a_cccd_elsewhere_tells_nothing_of_the_other_household(register: Site) -> None:
    with register.session() as session:
        add_member(
            session,
            register.household(session, "F1"),
            name="Trần Người Lạ",
            relation=Relation.CHILD,
            birth=Birth(1990),
            sex=Sex.MALE,
            citizen_id=FOREIGN,
        )
        session.commit()
    commune = register.client("commune")
    before = commune.page("/add-household")
    answer = commune.post("/add-household", **NEW, citizen_id=FOREIGN)
    assert answer.status_code == 422
    shown = answer.text.partition("<main")[2]
    assert "đang ghi ở một hộ khác trong sổ" in shown
    for secret in (*SECRETS, "Trần Người Lạ", "1990"):
        assert secret not in shown.replace(FOREIGN, "") or secret in before, secret
    assert 'href="/households/' not in shown.partition("<form")[2].partition("</form>")[0]
    seen = register.client("district").post("/add-household", **NEW, citizen_id=FOREIGN)
    assert '<a href="/households/F1">' in seen.text


def test_a_namesake_elsewhere_is_never_hinted_at(register: Site) -> None:
    answer = register.client("commune").post(
        "/add-household", **{**NEW, "head_name": "Trần Xa Lạ", "birth": "1960"}
    )
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("name", "birth", "hinted"),
    [
        ("dang thi uoc", "1970", True),
        ("Đặng Thị Ước", "", True),
        ("Đặng Thị Ước", "1971", False),
        ("Đặng Thị Ướt", "1970", False),
    ],
)
def test_a_namesake_of_the_village_born_in_the_same_year(
    register: Site, name: str, birth: str, hinted: bool
) -> None:
    commune = register.client("commune")
    answer = commune.post("/add-household", **{**NEW, "head_name": name, "birth": birth})
    assert answer.status_code == (422 if hinted else 303)
    assert ('<a href="/households/H1">' in answer.text) is hinted
    other = {**NEW, "village": "CT-BC", "head_name": name, "birth": birth}
    assert commune.post("/add-household", **other).status_code == 303


def test_one_who_has_left_the_household_is_no_hint(small: Site) -> None:
    with small.session() as session:
        village = small.household(session, "H1").stays[0].village
        other = make.household(session, village, head_name="Hồ Thị Cũ", code="H9")
        gone = add_member(
            session, other, name="Hồ Văn Đi", relation=Relation.CHILD, citizen_id=FOREIGN
        )
        gone.last_day = date(2022, 1, 1)
        session.commit()
    answer = small.client("commune").post("/add-household", **NEW, citizen_id=FOREIGN)
    assert answer.status_code == 303
