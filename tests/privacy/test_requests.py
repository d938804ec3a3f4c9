"""The register of data subjects' requests: its days, who keeps it, what it leaves behind."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.casefile import joining
from casemgmt.errors import RuleBroken
from casemgmt.privacy import actions, limits, queries
from casemgmt.privacy.limits import Right
from casemgmt.privacy.models import Capacity, DataRequest, Outcome
from casemgmt.register.lens import Lens
from tests import make
from tests.browsing import TODAY, Person, Site, site

MARK = "QzYeuCauRiengx"


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened
        opened.close()


def test_the_days_follow_from_what_is_asked() -> None:
    monday = date(2026, 3, 2)
    own = {Right.SEE, Right.COPY, Right.CORRECT, Right.DELETE}
    for right in Right:
        days = 10 if right in own else 15
        assert limits.due(right, monday, others=False) == monday + timedelta(days=days)
    assert limits.due(Right.WITHDRAW, monday, others=True) == monday + timedelta(days=20)
    assert limits.due(Right.SEE, monday, others=True) == monday + timedelta(days=10)
    assert limits.extended_until(Right.OBJECT, monday, others=False) == date(2026, 4, 1)
    assert limits.extended_until(Right.SEE, monday, others=False) == date(2026, 3, 22)


@pytest.mark.parametrize(
    ("received", "by"),
    [
        (date(2026, 3, 2), date(2026, 3, 4)),  # Monday: Wednesday
        (date(2026, 3, 5), date(2026, 3, 9)),  # Thursday: Monday
        (date(2026, 3, 6), date(2026, 3, 10)),  # Friday: Tuesday
        (date(2026, 3, 7), date(2026, 3, 10)),  # Saturday: Tuesday
    ],
)
def test_a_reply_is_due_on_the_second_working_day(received: date, by: date) -> None:
    assert limits.confirm_by(received) == by


def _received(session: Session, **more: object) -> DataRequest:
    at = make.places(session)
    told = {
        "asked_by": "Hồ Văn Thử",
        "capacity": Capacity.SELF,
        "right": Right.OBJECT,
        "content": MARK,
        "received_on": date(2022, 3, 1),
        "today": date(2022, 3, 1),
    }
    return actions.receive(session, make.household(session, at.village), **{**told, **more})  # type: ignore[arg-type]


def test_an_extension_is_said_once_in_time_and_within_the_limits(session: Session) -> None:
    asked = _received(session)
    assert asked.due_on == date(2022, 3, 16)
    in_time = {"reason": "hồ sơ ở tỉnh", "on": date(2022, 3, 16)}
    for until in (date(2022, 3, 16), date(2022, 4, 1)):
        with pytest.raises(RuleBroken, match=r"không quá 31/03/2022"):
            actions.extend(session, asked, until=until, reason="x", on=date(2022, 3, 16))
    with pytest.raises(RuleBroken, match="quá hạn"):
        actions.extend(session, asked, until=date(2022, 3, 31), reason="x", on=date(2022, 3, 17))
    with pytest.raises(RuleBroken, match="lý do"):
        actions.extend(session, asked, until=date(2022, 3, 31), reason=" ", on=date(2022, 3, 16))
    actions.extend(session, asked, until=date(2022, 3, 31), **in_time)  # type: ignore[arg-type]
    assert asked.due_on == date(2022, 3, 31)
    with pytest.raises(RuleBroken, match="một lần"):
        actions.extend(session, asked, until=date(2022, 3, 31), **in_time)  # type: ignore[arg-type]


def test_a_request_is_answered_once_and_a_refusal_is_explained(session: Session) -> None:
    asked = _received(session)
    day = date(2022, 3, 10)
    with pytest.raises(RuleBroken, match="vì sao"):
        actions.answer(session, asked, outcome=Outcome.REFUSED, text=None, on=day, today=day)
    with pytest.raises(RuleBroken, match="01/03/2022"):
        actions.answer(
            session, asked, outcome=Outcome.DONE, text=None, on=date(2022, 2, 1), today=day
        )
    with pytest.raises(RuleBroken, match="10/03/2022"):
        actions.confirm(session, asked, on=date(2022, 3, 11), today=day)
    actions.confirm(session, asked, on=day, today=day)
    actions.answer(session, asked, outcome=Outcome.DONE, text=None, on=day, today=day)
    assert not asked.waits
    for act in (
        lambda: actions.confirm(session, asked, on=day, today=day),
        lambda: actions.answer(session, asked, outcome=Outcome.DONE, text=None, on=day, today=day),
    ):
        with pytest.raises(RuleBroken):
            act()


def test_a_request_of_tomorrow_is_refused(session: Session) -> None:
    with pytest.raises(RuleBroken, match="hôm nay"):
        _received(session, received_on=date(2022, 3, 2))


def test_what_is_due_within_a_week_or_late_waits(session: Session) -> None:
    asked = _received(session)
    for day, waits in ((date(2022, 3, 8), False), (date(2022, 3, 9), True), (TODAY, True)):
        found = session.scalars(queries.urgent(Lens.everyone(day))).all()
        assert (asked in found) is waits


# --- In the browser -------------------------------------------------------------------------------


def _ask(person: Person, received_on: str = "01/10/2022") -> str:
    """The address of a request that this officer has written down."""
    answer = person.post(
        "/households/H1/data-requests/add",
        asked_by="Đặng Thị Ước",
        capacity="self",
        right="object",
        content=MARK,
        received_on=received_on,
    )
    assert answer.status_code == 303, answer.text
    return answer.location


def test_an_officer_keeps_the_register(register: Site) -> None:
    commune = register.client("commune")
    path = _ask(commune)
    page = commune.page(path)
    assert MARK in page
    assert "16/10/2022" in page
    assert "Quá hạn 4 ngày" in page
    assert "Quá hạn 4 ngày" in commune.page("/")
    assert commune.post(path + "/confirm", on="03/10/2022").status_code == 303
    assert commune.post(path + "/extend", until="20/10/2022", reason="x").status_code == 422
    assert commune.post(path + "/answer", outcome="refused", text="").status_code == 422
    done = commune.post(path + "/answer", outcome="done", text="đã làm", on="20/10/2022")
    assert done.status_code == 303
    assert "Đã làm theo yêu cầu" in commune.page(path)
    assert path not in commune.page("/data-requests")
    assert path in commune.page("/data-requests?all=1")
    assert path not in commune.page("/")


def test_nobody_out_of_scope_sees_a_request(register: Site) -> None:
    path = _ask(register.client("commune"))
    town = register.client("town")
    for address in (path, path + "/answer", path + "/confirm", path + "/extend"):
        assert town.get(address).status_code == 404
    assert path not in town.page("/data-requests?all=1")
    assert town.send(path + "/answer", outcome="done", on="20/10/2022").status_code == 404
    assert MARK in register.client("district").page(path)
    for name in ("hoi", "viewer", "admin"):
        for address in (path, "/data-requests", "/households/H1/data-requests/add"):
            assert register.client(name).get(address).status_code == 403


def test_a_request_is_sealed_and_audited_without_its_content(register: Site) -> None:
    commune = register.client("commune")
    commune.page(_ask(commune))
    with register.session() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject == "data_request").order_by(AuditEntry.id)
        ).all()
        told = [(one.act, one.what.value, one.household_id is not None) for one in entries]
        assert told == [
            ("handle_data_request", "added", True),
            ("handle_data_request", "read", True),
        ]
        assert all(MARK not in one.changes for one in entries)
        stored = session.connection().exec_driver_sql("SELECT content FROM data_request").scalar()
        assert MARK.encode() not in bytes(stored)


def test_a_request_goes_along_when_records_are_joined(session: Session) -> None:
    asked = _received(session)
    double = asked.household
    living = make.household(session, double.stays[0].village, head_name="Lê Văn Khác")
    joining.join_records(session, living, double, on=date(2022, 4, 1), reason="trùng")
    assert asked.household is living
    assert session.scalars(queries.requests(Lens.everyone(TODAY))).one() is asked
