"""The plan of a household by real requests."""

import re
from collections.abc import Iterator

import pytest

from casemgmt.households.classifying import classify
from casemgmt.register.models import Class
from tests.browsing import TODAY, Site, site

PLAN = "/households/H1/plan"
THIS = f"{PLAN}/2022"


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database; H1 lacks water."""
    with site(url) as opened:
        with opened.session() as session:
            classify(
                session,
                opened.household(session, "H1"),
                starts=TODAY,
                class_=Class.POOR,
                score_b1=100,
                score_b2=30,
                deprivations=("water", "sanitation", "employment"),
            )
            session.commit()
        yield opened


def make(register: Site, **more: object) -> None:
    fields = {
        "surveyed_on": "10/10/2022",
        "causes": ["no_capital", "illness"],
        "strengths": "Hai lao động",
        "wishes": "Vay vốn nuôi bò",
        "goals": ["income", "water"],
    }
    answer = register.client("commune").post(f"{PLAN}/make?year=2022", **{**fields, **more})
    assert answer.status_code == 303, answer.text


def numbers(page: str, what: str) -> list[str]:
    return list(dict.fromkeys(re.findall(rf"/{what}/(\d+)", page)))


def test_a_plan_is_made_and_followed(register: Site) -> None:
    commune = register.client("commune")
    assert f"{PLAN}/make?year=2022" in commune.page(PLAN)
    form = commune.page(f"{PLAN}/make?year=2022")
    assert "Nguồn nước sinh hoạt: Có nước sinh hoạt hợp vệ sinh" in form
    assert form.count('name="goals"') == form.count("checked") == 4
    make(register)
    page = commune.page(PLAN)
    goals = numbers(page, "goals")
    assert len(goals) == 2
    path = f"{THIS}/goals/{goals[1]}"
    fields = {"content": "Khoan giếng", "who": "Hội Nông dân", "due_on": "15/10/2022"}
    hoi = register.client("hoi")  # leads H1
    assert hoi.post(f"{path}/steps/add", **{**fields, "due_on": "1/1/2022"}).status_code == 422
    assert hoi.post(f"{path}/steps/add", **fields).status_code == 303
    page = hoi.page(f"{PLAN}?year=2022")
    assert "Quá hạn 5 ngày" in page
    (step,) = numbers(page, "steps")
    assert hoi.send(f"{THIS}/steps/{step}/done").status_code == 303
    assert commune.send(f"{path}/reached").status_code == 303
    page = commune.page(PLAN)
    assert "Xong 20/10/2022" in page
    assert "Đạt 20/10/2022" in page
    assert commune.post(f"{THIS}/goals/add", goals=["sanitation"]).status_code == 303
    assert "Có nhà tiêu hợp vệ sinh" in commune.page(PLAN)
    for removed in (f"{THIS}/steps/{step}", path, THIS):
        assert commune.post(f"{removed}/remove", reason="").status_code == 422
        assert commune.post(f"{removed}/remove", reason="Nhập nhầm").status_code == 303
    assert f"{PLAN}/make?year=2022" in commune.page(PLAN)


def test_a_cause_about_health_is_for_those_who_may_see_it(register: Site) -> None:
    make(register)
    illness = "Có người ốm đau, bệnh nặng, tai nạn"
    commune, hoi = register.client("commune"), register.client("hoi")
    assert illness in commune.page(PLAN)
    assert illness in commune.page(f"{THIS}/edit")
    for path in (PLAN, f"{THIS}/edit", f"{PLAN}/make?year=2023"):
        page = hoi.page(path)
        assert illness not in page
        assert "illness" not in page
    assert "Không có vốn sản xuất" in hoi.page(PLAN)
    fields = {"surveyed_on": "10/10/2022", "wishes": "", "strengths": ""}
    bold = hoi.post(f"{THIS}/edit", causes=["illness", "no_land"], **fields)
    assert bold.status_code == 422
    assert hoi.post(f"{THIS}/edit", causes=["no_land"], **fields).status_code == 303
    page = commune.page(PLAN)
    assert illness in page
    assert "Không có đất sản xuất" in page
    assert "Không có vốn sản xuất" not in page


def test_a_stale_change_shows_both_versions(register: Site) -> None:
    make(register)
    commune, hoi = register.client("commune"), register.client("hoi")
    (goal, _) = numbers(commune.page(PLAN), "goals")
    fields = {"content": "Mua bò", "who": "", "due_on": "30/11/2022"}
    commune.post(f"{THIS}/goals/{goal}/steps/add", **fields)
    (step,) = numbers(commune.page(PLAN), "steps")

    def version(path: str) -> str:
        found = re.search(r'name="version"[^>]*value="([^"]+)"', hoi.page(path))
        assert found is not None
        return found[1]

    survey = {"surveyed_on": "11/10/2022", "causes": ["no_land"], "strengths": "", "wishes": "Bò"}
    for path, first, second in (
        (f"{THIS}/edit", survey, {**survey, "wishes": "Trâu"}),
        (f"{THIS}/goals/{goal}", {"content": "Đủ ăn"}, {"content": "Khá lên"}),
        (f"{THIS}/steps/{step}", {**fields, "who": "Hội"}, {**fields, "who": "Xã"}),
    ):
        old = version(path)
        assert commune.post(path, **first).status_code == 303, path
        stale = hoi.send(path, version=old, **second)
        assert stale.status_code == 409, path
        assert "Bản của bạn" in stale.text
        assert hoi.send(path, version=version(path), **second).status_code == 303
    page = commune.page(PLAN)
    for text in ("Trâu", "Khá lên", "Xã"):
        assert text in page


def test_who_reads_and_who_writes(register: Site) -> None:
    make(register)
    district = register.client("district")
    page = district.page(PLAN)
    assert "Vay vốn nuôi bò" in page
    assert "/edit" not in page
    goal = numbers(register.client("commune").page(PLAN), "goals")[0]
    changes = (f"{THIS}/edit", f"{THIS}/remove", f"{THIS}/goals/{goal}", f"{PLAN}/make?year=2023")
    for path in changes:
        assert district.get(path).status_code == 403, path
        assert register.client("town").get(path).status_code == 404, path
        assert register.client("viewer").get(path).status_code == 403, path
    assert district.send(f"{THIS}/goals/{goal}/reached").status_code == 403
    town = register.client("town")
    assert town.get(PLAN).status_code == 404
    assert town.send(f"{THIS}/goals/{goal}/reached").status_code == 404
    hoi = register.client("hoi")
    assert hoi.get("/households/H2/plan").status_code == 404
    assert hoi.get("/households/H2/plan/make").status_code == 404
    assert hoi.get(f"{THIS}/goals/999").status_code == 404
    assert hoi.get(f"{PLAN}/2021/edit").status_code == 404
    assert hoi.get(f"{PLAN}?year=abc").status_code == 400
    assert "Chưa đạt" in register.client("commune").page(PLAN)
