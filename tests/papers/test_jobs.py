"""Papers of many households are made beside the site: asked for, watched, left, fetched — once, by
whoever asked, for as long as that may see them."""

import io
import json
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.audit.models import AuditEntry, What
from casemgmt.db import open_engine
from casemgmt.errors import RuleBroken
from casemgmt.papers import jobs, making, running, worker
from casemgmt.papers.job_models import Job, Kind, State
from casemgmt.papers.making import Order
from casemgmt.places.queries import by_code
from casemgmt.register.timeline import rewrite
from tests import make
from tests.browsing import TODAY, Person, Site, site
from tests.paper.reading import flat

MANY = 60
DEADLINE = 300  # seconds for a worker to start and work, on a machine that does much else


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A register of more households than are made at once."""
    with site(url) as opened:
        add_households(opened, MANY)
        yield opened


@pytest.fixture
def small(sqlite_url: str) -> Iterator[Site]:
    """A small register where one kind of database is enough."""
    with site(sqlite_url) as opened:
        yield opened


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process starts by itself: the test is the worker."""
    monkeypatch.setattr(running.Runner, "call", lambda _self: None)


def add_households(register: Site, count: int) -> None:
    with register.session() as session:
        village = session.scalars(by_code("CT-BC")).one()
        for number in range(count):
            make.household(
                session, village, head_name=f"Hồ Thị Số {number:03d}", code=f"M{number:03d}"
            )
        session.commit()


def asked(person: Person, path: str = "/case-files") -> str:
    """Ask for papers; the address of their page."""
    answer = person.post(path)
    assert answer.status_code == 303, answer.text
    assert re.match(r"/jobs/\d+", answer.location)
    return answer.location.partition("?")[0]


def ended(register: Site, person: Person, page: str) -> str:
    """The page once nothing is to come any more."""
    until = time.monotonic() + DEADLINE
    while "data-open" in (text := person.page(page)):
        assert time.monotonic() < until, text
        time.sleep(0.2)
    with register.app.app_context():
        assert running.runner().wait(DEADLINE)
    return text


def work(register: Site) -> None:
    """Be the worker."""
    worker.work(register.engine, Event())


def the_job(session: Session) -> Job:
    return session.scalars(select(Job).order_by(Job.id.desc())).first()  # type: ignore[return-value]


def exports(register: Site) -> list[AuditEntry]:
    with register.session() as session:
        query = select(AuditEntry).where(AuditEntry.what == What.EXPORTED).order_by(AuditEntry.id)
        return list(session.scalars(query))


def marks(data: bytes) -> list[str]:
    return [str(mark["/Title"]) for mark in PdfReader(io.BytesIO(data)).outline]  # type: ignore[index, call-overload]


def codes_shown(person: Person) -> list[str]:
    pages = "".join(person.page(f"/households?page={number}") for number in (1, 2))
    return re.findall(r'<td class="code">(\w+)</td>', pages)


# --- From asking to fetching ---------------------------------------------------------------------


def test_many_case_files_are_made_by_a_process_of_their_own(register: Site) -> None:
    commune = register.client("commune")
    assert commune.get("/case-files.pdf").location == "/case-files"
    page = commune.page("/case-files")
    assert "Lập tệp" in page
    assert "63 hộ trong một tệp PDF" in page
    page = asked(commune)
    text = ended(register, commune, page)
    assert "đã xong" in text
    assert "63 hộ. Tệp được giữ đến" in text
    answer = commune.get(f"{page}/file")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert "phieu-theo-doi-63-ho" in answer.headers["Content-Disposition"]
    found = marks(answer.data)
    assert [mark.split()[0] for mark in found] == codes_shown(commune)
    assert len(found) == 63
    assert "Hồ Thị Số 007" in flat(answer.data)
    with register.session() as session:
        job = the_job(session)
        assert (job.done, job.tries, job.worker) == (63, 1, None)
    entries = exports(register)
    assert [entry.actor for entry in entries] == ["commune"] * 65
    assert len({entry.household_id for entry in entries} - {None}) == 63
    made, fetched = (json.loads(entry.key) for entry in entries if entry.household_id is None)
    assert made == {"job": 1, "list": "case-files", "rows": 63, "format": "pdf", "query": ""}
    assert fetched == {
        **{"job": 1, "list": "case-files", "rows": 63, "format": "pdf", "fetched": True}
    }


@pytest.mark.usefixtures("asleep")
def test_a_job_is_the_same_paper_as_at_once(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now().replace(microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: moment)
    commune = small.client("commune")
    for kind, path in (
        (Kind.CASE_FILES, "/case-files.pdf"),
        (Kind.VISIT_FORMS, "/visit-forms.pdf"),
        (Kind.HOUSEHOLD_LIST, "/households.pdf"),
    ):
        at_once = commune.get(path)
        assert at_once.status_code == 200
        monkeypatch.setitem(making.AT_ONCE, kind, 2)
        assert commune.get(f"{path}?class=poor").status_code == 200
        kept = "sort=code&as_of=15/02/2022"
        assert commune.get(f"{path}?{kept}").location == f"/{kind.value}?{kept}"
        page = asked(commune, f"/{kind.value}")
        work(small)
        assert commune.get(f"{page}/file").data == at_once.data


@pytest.mark.usefixtures("asleep")
def test_the_same_job_made_again_gives_the_same_bytes(
    small: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    commune = small.client("commune")
    got = []
    for _ in range(2):
        page = asked(commune)
        work(small)
        got.append(commune.get(f"{page}/file").data)
    assert got[0] == got[1]
    later = moment + timedelta(minutes=2)  # time is part of what is made
    monkeypatch.setattr(clock, "now", lambda: later)
    page = asked(commune)
    work(small)
    assert commune.get(f"{page}/file").data != got[0]


@pytest.mark.usefixtures("asleep")
def test_filters_and_day_are_those_of_the_address(small: Site) -> None:
    commune = small.client("commune")
    page = asked(commune, "/case-files?class=poor&as_of=15/02/2022")
    work(small)
    data = commune.get(f"{page}/file").data
    assert marks(data) == ["H1 Đặng Thị Ước"]
    assert "Số liệu ngày 15/02/2022" in flat(data)
    assert "Bò giống" not in flat(data)


@pytest.mark.usefixtures("asleep")
def test_what_was_searched_stands_nowhere_in_the_open(small: Site) -> None:
    commune = small.client("commune")
    asked(commune, "/case-files?q=" + "Đặng Thị Ước")
    work(small)
    with small.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM job").mappings().all()
    stored = repr(dict(rows[0]))
    assert "Ước" not in stored
    assert "http" not in stored  # the site's address, in what the job is to make
    with small.session() as session:
        said = [
            f"{entry.key}{entry.changes}"
            for entry in session.scalars(select(AuditEntry))
            if "job" in entry.key
        ]
    assert said
    assert not [text for text in said if "Ước" in text]


# --- Progress, stopping --------------------------------------------------------------------------


@pytest.mark.usefixtures("asleep")
def test_progress_moves_and_the_page_shows_it(
    register: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_BEAT", 0.02)
    commune = register.client("commune")
    page = asked(commune)
    assert "đang chờ" in commune.page(page)
    seen = []
    thread = Thread(target=work, args=(register,))
    thread.start()
    while "data-open" in (text := commune.page(page)):
        if found := re.search(r"Đã lập (\d+) trong 63 hộ", text):
            seen.append(int(found[1]))
        assert '<noscript><meta http-equiv="refresh"' in text
    thread.join()
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    assert "job.js" not in text


@pytest.mark.usefixtures("asleep")
def test_a_stopped_job_ends_and_leaves_nothing(
    register: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_BEAT", 0.02)
    told, tell = [], worker.Pulse.tell

    def slowly(pulse: worker.Pulse, done: int) -> None:
        told.append(done)
        time.sleep(0.1)
        tell(pulse, done)

    monkeypatch.setattr(worker.Pulse, "tell", slowly)
    commune = register.client("commune")
    page = asked(commune)
    thread = Thread(target=work, args=(register,))
    thread.start()
    while "Đã lập" not in commune.page(page):
        time.sleep(0.01)
    assert commune.send(f"{page}/stop").status_code == 303
    thread.join(DEADLINE)
    assert not thread.is_alive()
    assert max(told) < MANY  # the rest was not drawn
    assert "đã dừng" in commune.page(page)
    assert commune.get(f"{page}/file").status_code == 404
    assert exports(register) == []
    commune.send(f"{page}/stop")
    assert "Tệp này không còn đang lập." in commune.page("/jobs")


@pytest.mark.usefixtures("asleep")
def test_a_waiting_job_can_be_stopped_and_is_never_taken(small: Site) -> None:
    commune = small.client("commune")
    page = asked(commune)
    commune.send(f"{page}/stop")
    work(small)
    assert "đã dừng" in commune.page(page)


# --- Whose it is ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("asleep")
def test_a_job_is_there_for_its_account_alone(register: Site) -> None:
    commune = register.client("commune")
    page = asked(commune)
    work(register)
    district, viewer = register.client("district"), register.client("viewer")
    for path in (page, f"{page}/file"):
        assert district.get(path).status_code == 404
        assert viewer.get(path).status_code == 403
    assert district.send(f"{page}/stop").status_code == 404
    assert page not in district.page("/jobs")
    assert page in commune.page("/jobs")


def becomes_the_union(session: Session, user: User) -> None:
    hoi = session.scalars(select(User).where(User.name == "hoi")).one()
    user.role, user.unit, user.organisation = Role.ORGANISATION, None, hoi.organisation


@pytest.mark.usefixtures("asleep")
@pytest.mark.parametrize("what", ["unit", "role", "household"])
def test_a_file_is_refused_when_the_scope_no_longer_holds(register: Site, what: str) -> None:
    commune = register.client("commune")
    page = asked(commune)
    work(register)
    assert commune.get(f"{page}/file").status_code == 200
    with register.session() as session:
        user = session.scalars(select(User).where(User.name == "commune")).one()
        if what == "unit":
            user.unit = session.scalars(select(User).where(User.name == "town")).one().unit
        elif what == "role":
            # Of the union that leads H1 alone: fewer households, and nothing private.
            becomes_the_union(session, user)
        else:
            household = register.household(session, "M007")
            household.stays[0].starts = TODAY + timedelta(days=1)
            rewrite(session, [household.id])
        session.commit()
    answer = commune.get(f"{page}/file")
    assert answer.status_code == 403
    assert "Phạm vi hoặc quyền của tài khoản đã đổi" in answer.text
    with register.session() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert last.what is What.REFUSED


@pytest.mark.usefixtures("asleep")
def test_what_was_private_stays_so_for_one_who_sees_less_now(small: Site) -> None:
    """The very same household, through an account that became an organisation's."""
    commune = small.client("commune")
    page = asked(commune, "/case-files?class=poor")
    work(small)
    assert "BTXH" in flat(commune.get(f"{page}/file").data)
    with small.session() as session:
        user = session.scalars(select(User).where(User.name == "commune")).one()
        becomes_the_union(session, user)
        session.commit()
    assert commune.get("/households/H1").status_code == 200
    assert commune.get(f"{page}/file").status_code == 403


@pytest.mark.usefixtures("asleep")
def test_a_scope_lost_before_the_making_is_a_failure_with_a_sentence(small: Site) -> None:
    commune = small.client("commune")
    page = asked(commune)
    with small.session() as session:
        user = session.scalars(select(User).where(User.name == "commune")).one()
        user.unit = session.scalars(select(User).where(User.name == "town")).one().unit
        session.commit()
    work(small)
    text = commune.page(page)
    assert "không lập được" in text
    assert "Phạm vi hoặc quyền của tài khoản đã đổi" in text
    assert exports(small) == []


def test_who_may_not_visit_gets_no_visit_forms(small: Site) -> None:
    assert small.client("viewer").get("/visit-forms").status_code == 403
    assert small.client("admin").send("/case-files").status_code == 403
    assert "3 hộ." in small.client("commune").page("/visit-forms")


# --- Workers -------------------------------------------------------------------------------------


@dataclass
class Worker:
    """A worker's hand on the database."""

    register: Site

    def take(self) -> jobs.Taken | None:
        with Session(self.register.engine) as short, short.begin():
            return jobs.take(short)

    def finish(self, taken: jobs.Taken, content: bytes = b"x") -> bool:
        with Session(self.register.engine) as short, short.begin():
            return jobs.finish(short, taken, content)

    def beat(self, taken: jobs.Taken, done: int = 1) -> bool:
        with Session(self.register.engine) as short, short.begin():
            return jobs.beat(short, taken, done)

    def silent(self, seconds: float) -> None:
        """The worker of the running job gave its last sign of life so long ago."""
        with Session(self.register.engine) as short, short.begin():
            last = clock.now() - timedelta(seconds=seconds)
            short.execute(update(Job).where(Job.state == State.RUNNING).values(beat_at=last))


@pytest.mark.usefixtures("asleep")
def test_two_workers_at_once_make_a_job_once(register: Site) -> None:
    commune = register.client("commune")
    pages = [asked(commune, f"/case-files?class={word}") for word in ("poor", "near_poor")]
    threads = [Thread(target=work, args=(register,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    with register.session() as session:
        assert [(job.state, job.tries) for job in session.scalars(select(Job))] == [
            (State.DONE, 1)
        ] * 2
    assert len(exports(register)) == 4
    assert all(commune.get(f"{page}/file").status_code == 200 for page in pages)


@pytest.mark.usefixtures("asleep")
def test_one_job_runs_and_the_others_wait_in_line(register: Site) -> None:
    commune, hand = register.client("commune"), Worker(register)
    asked(commune)
    asked(register.client("district"))
    first = hand.take()
    assert first is not None
    assert hand.take() is None
    assert hand.finish(first)
    second = hand.take()
    assert second is not None
    assert second.id == first.id + 1


@pytest.mark.usefixtures("asleep")
def test_a_dead_worker_is_found_and_its_job_made_again_once(register: Site) -> None:
    commune, hand = register.client("commune"), Worker(register)
    page = asked(commune)
    first = hand.take()
    assert first is not None
    hand.silent(jobs.DEAD.total_seconds() - 5)
    assert hand.take() is None  # perhaps it lives
    hand.silent(jobs.DEAD.total_seconds() + 1)
    second = hand.take()
    assert second is not None
    assert second.id == first.id
    assert not hand.beat(first)  # it comes back too late
    assert not hand.finish(first)
    assert hand.beat(second)
    hand.silent(jobs.DEAD.total_seconds() + 1)
    assert hand.take() is None
    text = commune.page(page)
    assert "không lập được" in text
    assert "Máy đã ngắt việc lập tệp này hai lần." in text


def test_a_job_of_a_server_that_ended_goes_on_when_it_is_looked_at(register: Site) -> None:
    commune, hand = register.client("commune"), Worker(register)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running.Runner, "call", lambda _self: None)
        page = asked(commune, "/case-files?class=poor")
    assert hand.take() is not None
    hand.silent(jobs.DEAD.total_seconds() + 1)
    assert "đã xong" in ended(register, commune, page)
    with register.session() as session:
        assert the_job(session).tries == 2


def test_a_worker_ends_with_its_site_and_the_job_waits(
    register: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker's input is a pipe of the site: when that closes, the worker hands back."""
    add_households_more(register)
    started: list[subprocess.Popen[bytes]] = []

    class Remembered(subprocess.Popen[bytes]):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)  # type: ignore[arg-type, call-overload]
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Remembered)
    commune = register.client("commune")
    page = asked(commune)
    until = time.monotonic() + DEADLINE
    while "Đã lập" not in commune.page(page):
        assert time.monotonic() < until
        time.sleep(0.05)
    (process,) = started
    assert not [part for part in process.args if "commune" in str(part)]  # type: ignore[union-attr]
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(DEADLINE) == 0
    with register.session() as session:
        job = the_job(session)
        assert (job.state, job.tries, job.done, job.worker) == (State.WAITING, 0, 0, None)


def add_households_more(register: Site) -> None:
    """So many that the worker is still at it when its site ends."""
    with register.session() as session:
        village = session.scalars(by_code("CT-BC")).one()
        for number in range(300):
            make.household(session, village, head_name=f"Lê Thị Số {number:03d}")
        session.commit()


@pytest.mark.usefixtures("asleep")
def test_the_register_takes_writes_while_a_worker_draws(
    register: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite a lock held over the drawing would let this writer wait."""
    waited = []

    def write() -> None:
        began = time.monotonic()
        other = open_engine(register.engine.url.render_as_string(hide_password=False))
        with Session(other) as session:
            make.household(session, session.scalars(by_code("CT-BC")).one(), head_name="Hồ Văn Mới")
            session.commit()
        other.dispose()
        waited.append(time.monotonic() - began)

    def slow(done: int) -> None:
        if done == 5:
            write()

    monkeypatch.setattr(worker.Pulse, "tell", lambda _self, done: slow(done))
    commune = register.client("commune")
    page = asked(commune)
    work(register)
    assert "đã xong" in commune.page(page)
    assert len(waited) == 1
    assert waited[0] < 5


# --- Failing, forgetting -------------------------------------------------------------------------


@pytest.mark.usefixtures("asleep")
def test_a_letter_that_no_font_has_is_said(small: Site) -> None:
    with small.session() as session:
        village = session.scalars(by_code("CT-BC")).one()
        make.household(session, village, head_name="Hồ 漢", code="Z1")
        session.commit()
    commune = small.client("commune")
    page = asked(commune)
    work(small)
    assert "U+6F22" in commune.page(page)


@pytest.mark.usefixtures("asleep")
def test_what_goes_wrong_is_a_sentence_and_the_next_job_is_made(
    small: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commune = small.client("commune")
    bad, good = asked(commune), asked(commune, "/visit-forms")
    make_all = worker.make

    def broken(session: Session, lens: object, user: User, at: object, order: Order, tell: object):  # type: ignore[no-untyped-def]
        if order.kind is Kind.CASE_FILES:
            raise ZeroDivisionError
        return make_all(session, lens, user, at, order, tell)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "make", broken)
    work(small)
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert "Có lỗi khi lập tệp này." in commune.page(bad)
    assert "đã xong" in commune.page(good)


@pytest.mark.usefixtures("asleep")
def test_a_file_is_forgotten_after_a_day(register: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    commune = register.client("commune")
    page = asked(commune)
    work(register)
    assert commune.get(f"{page}/file").status_code == 200
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + jobs.KEPT - timedelta(minutes=1))
    commune = register.client("commune")  # the session of yesterday has ended
    assert commune.get(f"{page}/file").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: now + jobs.KEPT)
    for path in (page, f"{page}/file"):
        assert commune.get(path).status_code == 404
    assert page not in commune.page("/jobs")
    asked(commune, "/visit-forms")
    with register.session() as session:
        assert [job.kind for job in session.scalars(select(Job))] == [Kind.VISIT_FORMS]


@pytest.mark.usefixtures("asleep")
def test_an_account_asks_for_no_more_than_it_can_wait_for(
    small: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = small.client("commune")
    for _ in range(jobs.OPEN_AT_ONCE):
        asked(commune)
    answer = commune.post("/case-files")
    assert answer.status_code == 400
    assert "hãy đợi, hoặc dừng bớt" in answer.text
    monkeypatch.setitem(making.MOST, Kind.CASE_FILES, 2)
    town = small.client("town")
    assert town.post("/case-files").status_code == 303
    district = small.client("district")
    assert "hãy lọc bớt" in district.page("/case-files")
    with small.session() as session, pytest.raises(RuleBroken, match="nhiều nhất 2 hộ"):
        jobs.ask(session, 1, Order(Kind.CASE_FILES, "x", TODAY, [1, 2, 3], "", "", private=True))


@pytest.mark.usefixtures("asleep")
def test_a_form_sent_twice_makes_one_job(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(making.AT_ONCE, Kind.CASE_FILES, 2)
    commune = small.client("commune")
    key = re.search(r'name="once" value="([^"]+)"', commune.page("/case-files"))
    assert key is not None
    answers = [commune.send("/case-files", once=key[1]) for _ in range(2)]
    assert [answer.location for answer in answers] == ["/jobs/1", "/jobs/1"]
