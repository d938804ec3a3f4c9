"""When the ground gives way under a running site: each fault has its answer, nothing is half
written, and what still works goes on. The faults are real: limits of the system, locks, ended
connections, damaged files."""

import ctypes
import errno
import os
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from casemgmt import schema
from casemgmt.app import create_app
from casemgmt.audit import trail
from casemgmt.db import damage, open_engine
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household
from casemgmt.web.faults import Fault, fault_of
from tests.browsing import TODAY, Site, site
from tests.postgresql import database, running
from tests.web.served import Answer, Visitor, filled, free_port, serve, served

posix = pytest.mark.skipif(os.name != "posix", reason="limits and rights of POSIX")
EDIT = "/households/H1/edit"


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def move(visitor: Visitor, address: str, timeout: float = 60) -> Answer:
    """Write a new address into household H1."""
    return visitor.send(EDIT, {**visitor.form(EDIT), "address": address}, timeout)


def address_now(url: str) -> str | None:
    engine = open_engine(url)
    with Session(engine) as session:
        query = select(Household).where(Household.code == "H1")
        found = session.scalars(Lens.everyone(TODAY).scoped(query)).one().address
    engine.dispose()
    return found


def in_order(url: str) -> None:
    """The file is whole and the trail's chain holds."""
    engine = open_engine(url)
    assert damage(engine) == ""
    with engine.connect() as connection:
        assert trail.verify(connection)[1] is None
    engine.dispose()


# --- Disk full ------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO])
def test_a_file_that_cannot_be_written_is_a_full_disk(number: int) -> None:
    assert fault_of(OSError(number, os.strerror(number))) is Fault.FULL
    assert fault_of(OSError(errno.ENOENT, "")) is None


def test_a_full_disk_refuses_writing_and_recovers(sqlite_url: str) -> None:
    import resource  # noqa: PLC0415 only there where the test runs

    filled(sqlite_url)
    file = file_of(sqlite_url)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=wal")
    connection.close()
    most = file.stat().st_size + 100_000
    with served(sqlite_url) as (visitor, pid):
        visitor.sign_in("commune")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        kept, answer = "Xóm Trên", visitor.get(EDIT)
        for number in range(300):
            wanted = f"Xóm {number} " + "x" * 250
            answer = move(visitor, wanted)
            if answer.status != 303:
                break
            kept = wanted
        # The form itself is not shown where it cannot be written down who has seen it.
        answer = visitor.get(EDIT) if answer.status == 400 else answer
        assert answer.status == 503
        assert "Ổ đĩa đầy" in answer.text
        assert answer.headers["Retry-After"] == "300"
        for path in ("/tables/bieu-2", "/households"):
            assert visitor.get(path).status == 200, path
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        assert address_now(sqlite_url) == kept
        assert move(visitor, "Xóm Sau").status == 303
        assert address_now(sqlite_url) == "Xóm Sau"
    in_order(sqlite_url)


def test_a_disk_that_fills_is_told_to_those_who_look_after_it(sqlite_url: str) -> None:
    with site(sqlite_url) as here:
        told = "sắp đầy"
        assert told not in here.client("admin").page("/tables")
        here.app.config["LEAST_FREE"] = 2**60
        for name in ("admin", "commune", "district"):
            assert told in here.client(name).page("/tables"), name
        for name in ("hoi", "viewer"):
            assert told not in here.client(name).page("/tables"), name


# --- Read-only ------------------------------------------------------------------------------------


def _without_power_over_rights() -> None:
    """Root reads and writes everything: not so in this process."""
    if os.geteuid() == 0:
        drop, override, read_search = 24, 1, 2  # PR_CAPBSET_DROP; CAP_DAC_…
        for power in (override, read_search):
            if ctypes.CDLL(None, use_errno=True).prctl(drop, power, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="Linux")
def test_a_read_only_file_is_shown_and_not_written(sqlite_url: str) -> None:
    filled(sqlite_url)
    file = file_of(sqlite_url)
    with served(sqlite_url) as (visitor, _pid):
        visitor.sign_in("commune")
    with (
        closing(sqlite3.connect(file)) as connection,
        connection,
    ):  # it is time to note who is there
        connection.execute("UPDATE open_session SET seen_at = datetime(seen_at, '-10 minutes')")
    shown = address_now(sqlite_url)  # and what stands in the log is moved into the file
    file.chmod(0o400)
    with served(sqlite_url, prepare=_without_power_over_rights) as (again, _pid):
        again.cookies = visitor.cookies
        for path in ("/", "/households", "/tables/bieu-2"):
            page = again.get(path)
            assert (page.status, "Sổ đang chỉ đọc" in page.text) == (200, True), path
        # Seeing private fields is written down, or it is not done.
        seen = again.get("/households/H1")
        assert (seen.status, "Sổ đang chỉ đọc" in seen.text) == (503, True)
        form = {"csrf_token": again.form("/tables")["csrf_token"], "language": "en"}
        told = again.send(EDIT, {**form, "head_name": "Đặng Thị Ước", "address": "Xóm Sau"})
        assert (told.status, "Sổ đang chỉ đọc" in told.text) == (503, True)
        assert told.headers["Retry-After"] == "300"
    file.chmod(0o600)
    assert address_now(sqlite_url) == shown
    in_order(sqlite_url)


# --- Locked ---------------------------------------------------------------------------------------


def test_a_writer_waits_for_a_while_and_readers_do_not(sqlite_url: str) -> None:
    filled(sqlite_url)
    with (
        served(sqlite_url) as (visitor, _pid),
        closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as other,
        ThreadPoolExecutor(2) as waiting,
    ):
        visitor.sign_in("commune")
        form = visitor.form(EDIT)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        short = waiting.submit(visitor.send, EDIT, {**form, "address": "Xóm Chờ"})
        time.sleep(3)
        other.execute("ROLLBACK")
        assert short.result().status == 303
        assert time.monotonic() - began >= 3
        form = visitor.form(EDIT)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        long = waiting.submit(visitor.send, EDIT, {**form, "address": "Xóm Bận"})
        time.sleep(1)
        asked = time.monotonic()
        assert visitor.get("/tables/bieu-2").status == 200
        assert time.monotonic() - asked < 2
        refused = long.result()
        took = time.monotonic() - began
        other.execute("ROLLBACK")
    assert refused.status == 503
    assert refused.headers["Retry-After"] == "10"
    assert "đang bận" in refused.text
    assert 8 < took < 25
    assert address_now(sqlite_url) == "Xóm Chờ"


# --- Lost connections -----------------------------------------------------------------------------


def _end_connections(server: str, name: str) -> int:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        ended = connection.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = :name AND pid <> pg_backend_pid()"
            ),
            {"name": name},
        ).scalar_one()
    engine.dispose()
    return int(ended)


def test_ended_connections_are_replaced(postgresql_url: str, postgresql_server: str) -> None:
    filled(postgresql_url)
    name = postgresql_url.rpartition("/")[2].partition("?")[0]
    with served(postgresql_url) as (visitor, _pid):
        visitor.sign_in("commune")
        ended = 0
        for number in range(20):
            form = visitor.form(EDIT)
            ended += _end_connections(postgresql_server, name)
            answer = visitor.send(EDIT, {**form, "address": f"Xóm {number}"})
            if answer.status == 503:
                answer = visitor.send(EDIT, {**form, "address": f"Xóm {number}"})
            assert answer.status == 303
        assert ended >= 20
    assert address_now(postgresql_url) == "Xóm 19"
    in_order(postgresql_url)


def test_a_database_server_that_was_away_comes_back(tmp_path: Path) -> None:
    with TemporaryDirectory(prefix="casemgmt-", ignore_cleanup_errors=True) as folder:
        place = Path(folder) / "postgresql"
        with running(place) as server:
            engine = create_engine(server, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text("CREATE DATABASE away"))
            engine.dispose()
            url = database(server, "away")
            owned = open_engine(url)
            schema.upgrade(owned)
            owned.dispose()
            filled(url)
            running_site = served(url)
            visitor, _pid = running_site.__enter__()
            visitor.sign_in("commune")
        try:
            gone = visitor.get("/tables/bieu-2")
            assert gone.status == 503
            assert "không trả lời" in gone.text
            assert gone.headers["Retry-After"] == "10"
            assert "Content-Security-Policy" in gone.headers
            assert visitor.get("/healthz").status == 503
            assert visitor.get("/static/site.css").status == 200
            with running(place) as back:
                assert back == server
                first = visitor.get("/tables/bieu-2")
                assert first.status == 200
                assert move(visitor, "Xóm Sau").status == 303
        finally:
            running_site.__exit__(None, None, None)


def test_no_database_at_start_is_one_sentence(home: Path) -> None:
    nobody = f"postgresql://casemgmt:bimat@127.0.0.1:{free_port()}/casemgmt"
    start = serve(nobody, free_port())
    said, why = start.communicate(timeout=60)
    assert (start.returncode, said) == (1, "")
    assert "không trả lời" in why
    assert why.count("\n") == 1
    assert "bimat" not in why
    assert "Traceback" not in why


# --- Damage ---------------------------------------------------------------------------------------


def damaged(file: Path, table: str) -> None:
    """Flip one byte: the kind of the first page of a table."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", [table]
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    flip(file, (page - 1) * size)


def flip(file: Path, place: int, bits: int = 0xFF) -> None:
    with file.open("r+b") as opened:
        opened.seek(place)
        (byte,) = opened.read(1)
        opened.seek(place)
        opened.write(bytes([byte ^ bits]))


def test_a_damaged_file_is_not_served(sqlite_url: str) -> None:
    filled(sqlite_url)
    damaged(file_of(sqlite_url), "support_action")
    start = serve(sqlite_url, free_port())
    said, why = start.communicate(timeout=60)
    assert (start.returncode, said) == (1, "")
    assert "casemgmt restore" in why
    assert "Traceback" not in why


def test_damage_under_a_running_site_ends_writing(sqlite_url: str) -> None:
    filled(sqlite_url)
    with served(sqlite_url) as (visitor, _pid):
        visitor.sign_in("commune")
        form = visitor.form("/households/H3/edit")
        damaged(file_of(sqlite_url), "support_action")
        found = visitor.get("/households/H1")
        assert (found.status, "casemgmt restore" in found.text) == (503, True)
        figures = visitor.get("/tables/bieu-2")  # what is not damaged is still there to be read
        assert (figures.status, "casemgmt restore" in figures.text) == (200, True)
        refused = visitor.send("/households/H3/edit", {**form, "address": "Xóm Sau"})
        assert (refused.status, "casemgmt restore" in refused.text) == (503, True)
        assert refused.headers["Retry-After"] == "3600"


@pytest.fixture
def whole(sqlite_url: str) -> Iterator[Site]:
    with site(sqlite_url) as made:
        yield made


def test_no_flipped_byte_is_an_error_without_words(whole: Site, tmp_path: Path) -> None:
    """One byte of the file is flipped at random, thirty times: what notices it says so, and what
    does not notice it goes on. (A changed letter in a name is found by the nightly self-check.)"""
    paths = ("/", "/households", "/households/H1", "/tables/bieu-2", "/tables/bieu-3", "/healthz")
    person = whole.client("commune")
    with whole.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    (number,) = [cookie for cookie in [person.browser.get_cookie("casemgmt")] if cookie]
    draw, noticed = random.Random(4), 0
    for at in range(30):
        file = tmp_path / f"flipped-{at}.db"
        shutil.copyfile(whole.engine.url.database or "", file)
        flip(file, draw.randrange(file.stat().st_size), 1 << draw.randrange(8))
        app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}"})
        browser = app.test_client()
        browser.set_cookie("casemgmt", number.value)
        answers = {path: browser.get(path).status_code for path in paths}
        assert 500 not in answers.values(), (at, answers)
        noticed += 503 in answers.values()
        close(app)
    assert noticed


def close(app: object) -> None:
    from casemgmt.web.database import db  # noqa: PLC0415

    with app.app_context():  # type: ignore[attr-defined]
        engine: Engine = db.engine
        engine.dispose()
