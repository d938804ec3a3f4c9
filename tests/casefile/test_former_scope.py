"""A household that has left somebody's scope: shown as it was then, and nothing that came later."""

import io
import re
from collections.abc import Iterator
from datetime import date

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.households.actions import edit_household
from casemgmt.households.moving import move_household
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit
from casemgmt.register.models import Household
from casemgmt.sponsorship.actions import change_lead
from casemgmt.sponsorship.models import Cause, ExitPlan, Goal, PlanCause, SponsorRequest, Step
from casemgmt.support.pictures import attach_picture
from casemgmt.support.visiting import log_visit
from tests.browsing import Site, site
from tests.support.test_pictures import photo

THEN, LEFT, LATER = date(2022, 4, 1), date(2022, 6, 1), date(2022, 9, 1)
ON = "as_of=01/04/2022"
ADDRESS, PHONE, NOTE, WISH = "Kiệt Mới", "0977123456", "lời dặn mới", "con muốn học nghề"
STEP = "Vay vốn học may"
LATE = (ADDRESS, PHONE, NOTE, WISH, STEP, Cause.NO_LAND.label, "Khu phố 1")
FORMER = ("commune", "hoi")


@pytest.fixture
def left(url: str) -> Iterator[Site]:
    """H1 has moved to the town and to another lead; after that its telephone was changed, it was
    visited again and a plan was made."""
    with site(url) as found:
        with found.session() as session:
            household = found.household(session, "H1")
            _visited(session, household, THEN, "nhà dột")
            move_household(
                session, household, village=session.scalars(_of(Unit, "CL-1")).one(), on=LEFT
            )
            other = session.scalars(_of(Organisation, "HPN-TT")).one()
            change_lead(session, household, organisation=other, starts=LEFT, reason="chuyển đến")
            edit_household(
                session,
                household,
                head_name=household.head_name,
                address=ADDRESS,
                phone=PHONE,
                note=NOTE,
            )
            _visited(session, household, LATER, WISH)
            session.add_all([_plan(household), _request(session, household)])
            session.commit()
        yield found
        found.close()


def _of(kind, code: str):
    return select(kind).where(kind.code == code)


def _visited(session: Session, household: Household, day: date, wishes: str) -> None:
    visit = log_visit(session, household, on=day, wishes=wishes)
    attach_picture(session, household, photo(), name="nhà.jpg", visit=visit)


def _plan(household: Household) -> ExitPlan:
    steps = [Step(content=STEP, due_on=THEN)]
    return ExitPlan(
        household=household,
        year=2022,
        surveyed_on=LATER,
        made_by="test",
        causes=[PlanCause(cause=Cause.NO_LAND)],
        goals=[Goal(content="Có việc làm", steps=steps)],
    )


def _request(session: Session, household: Household) -> SponsorRequest:
    asks = session.scalars(_of(Organisation, "HPN")).one()
    return SponsorRequest(household=household, organisation=asks, asked_on=LATER, asked_by="x")


@pytest.mark.parametrize("name", FORMER)
def test_its_file_is_that_of_the_day(left: Site, name: str) -> None:
    person = left.client(name)
    assert person.get("/households/H1").status_code == 404
    page = person.page(f"/households/H1?{ON}")
    assert "Đặng Thị Ước" in page
    assert "Tân Hòa" in page
    assert "Hộ không còn trong phạm vi của bạn." in page
    assert "Chưa có kế hoạch" not in page
    assert not [word for word in LATE if word in page]
    paper = person.get(f"/households/H1/case-file.pdf?{ON}")
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(paper.data)).pages)
    assert "Đặng Thị Ước" in text
    assert "không còn trong phạm vi của người lập" in text.replace("\n", " ")
    assert "Chưa có kế hoạch" not in text
    assert not [word for word in LATE if word in text]


@pytest.mark.parametrize("name", FORMER)
def test_lists_leave_out_what_tells_of_today(left: Site, name: str) -> None:
    person = left.client(name)
    assert STEP in left.client("town").page("/")
    assert "Tổ chức HPN" not in person.page(f"/?{ON}"), "what it asked for later"
    for path in ("/households", "/households.csv", "/"):
        text = person.get(f"{path}?{ON}").get_data(as_text=True)
        assert not [word for word in LATE if word in text], path
    assert "Đặng Thị Ước" in person.page(f"/households?{ON}")
    assert "Đặng Thị Ước" not in person.page(f"/households?{ON}&q={PHONE}")
    book = person.get(f"/households.xlsx?{ON}").data
    cells = str(CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python())
    assert "Đặng Thị Ước" in cells
    assert not [word for word in LATE if word in cells]


@pytest.mark.parametrize("name", FORMER)
def test_what_goes_on_changing_is_for_todays_scope(left: Site, name: str) -> None:
    person, town = left.client(name), left.client("town")
    for path in ("/households/H1/plan", "/attachments/2"):
        assert person.get(f"{path}?{ON}").status_code == 404, path
        assert town.get(path).status_code == 200, path
    assert "Đặng Thị Ước" in town.page("/requests")
    assert "Đặng Thị Ước" not in person.page(f"/requests?{ON}")
    (shown,) = re.findall(r'<img src="(/att[^"]+)"', person.page(f"/households/H1?{ON}"))
    assert person.get(shown).status_code == 200
    assert PHONE in town.page("/audit?household=H1")
    if name == "commune":
        trail = person.page(f"/audit?household=H1&{ON}").partition("<main")[2]
        assert "Không có mục nào" in trail
        assert PHONE not in person.page(f"/audit?{ON}")


@pytest.mark.parametrize("name", FORMER)
def test_a_visit_of_then_is_written_by_what_was_known_then(left: Site, name: str) -> None:
    person = left.client(name)
    page = person.page("/households/H1/visits/add?on=15/04/2022")
    assert "nhà dột" in page
    assert "Tân Hòa" in page
    assert not [word for word in LATE if word in page]
    assert WISH in left.client("town").page("/households/H1/visits/add?on=01/07/2022")
