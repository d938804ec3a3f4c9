"""Logs, temporary files and addresses of the site tell of nobody: a day of requests with marked
names, numbers and passwords, everything logged, and none of the marks is found."""

import logging
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.browsing import PASSWORD, Site, site
from tests.web.served import filled, served

MARKS = {
    "head_name": "Đặng Thị Chimyến",
    "address": "Xóm Chimyến",
    "phone": "0905999777",
    "note": "ghi chú chimyến",
    "citizen_id": "045190777666",
    "password": "chim-yến-bay-thấp-1968",
    "username": "chimyến.lạ",
}
CANARY = re.compile("chimy|0905999777|045190777666|chim-y|bay-th", re.IGNORECASE)
ENCODED = re.compile("Chimy%|chimy%|Chimy\\\\x|chimy\\\\x")


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    with site(url) as made:
        yield made


def a_day(here: Site) -> list[str]:
    """Requests that go well, that are refused and that fail; the addresses that they led to."""
    stranger = here.app.test_client()
    led = []
    for name, password in ((MARKS["username"], PASSWORD), ("commune", MARKS["password"])):
        page = stranger.get("/login").text
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
        assert token
        sent = {"username": name, "password": password, "csrf_token": token[1]}
        assert stranger.post("/login", data=sent).status_code == 422
    commune = here.client("commune")
    edited = {name: MARKS[name] for name in ("head_name", "address", "phone", "note")}
    answers = [
        commune.post("/households/H1/edit", **edited),
        commune.post("/households/H1/edit", **{**edited, "phone": "x" * 400}),
        commune.get(f"/households?q={MARKS['head_name']}"),
        commune.get(f"/households?q={MARKS['citizen_id']}"),
        commune.get("/households/H1"),
        commune.post(
            "/households/H1/members/add",
            name=MARKS["head_name"],
            relation="child",
            citizen_id=MARKS["citizen_id"],
        ),
        commune.post("/account/password", old=MARKS["password"], new=MARKS["password"]),
        commune.get("/tables/bieu-2.csv"),
        commune.send("/households/H1/edit", **edited, csrf_token="wrong"),
        here.client("viewer").send("/households/H1/edit", **edited),
    ]
    with here.engine.begin() as connection:
        connection.execute(text("ALTER TABLE household RENAME TO household_gone"))
    answers += [
        commune.send("/households/H1/edit", **edited),
        commune.get(f"/households?q={MARKS['head_name']}"),
    ]
    statuses = {answer.status_code for answer in answers}
    assert statuses >= {200, 303, 400, 403}
    assert statuses & {500, 503}  # what fails for want of a table, each database calls otherwise
    led += [answer.headers.get("Location", "") for answer in answers]
    return led


def test_a_day_leaves_nobodys_name_in_a_log_or_an_address(
    there: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    there.app.logger.setLevel(logging.DEBUG)
    led = a_day(there)
    assert caplog.records  # what failed is there to be read
    shown = logging.Formatter("%(name)s %(levelname)s %(message)s")
    for record in caplog.records:
        line = shown.format(record)  # with its traceback
        assert not CANARY.search(line), line
        assert not ENCODED.search(line), line
        assert PASSWORD not in line
    for address in led:
        assert not CANARY.search(address)
        assert not ENCODED.search(address)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are read from /proc")
def test_nothing_that_is_sent_is_left_in_a_temporary_file(sqlite_url: str, tmp_path: Path) -> None:
    filled(sqlite_url)
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def in_use() -> list[str]:
        opened = Path(f"/proc/{pid}/fd").glob("*")
        names = [str(link.readlink()) for link in opened if link.is_symlink()]
        return [name for name in names if str(scratch) in name]

    with served(sqlite_url, TMPDIR=str(scratch)) as (visitor, pid):
        visitor.sign_in("commune")
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        content = b"chimy" * 1_000_000
        file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="so.xlsx"\r\n\r\n'
        body = file + content + b"\r\n--b--\r\n"
        head = (
            f"POST /import HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", visitor.port), timeout=60) as client:
            client.sendall(head.encode() + body[:-100])
            time.sleep(1)
            assert in_use() == []
            client.sendall(body[-100:])
            assert b"HTTP/1.1 400" in client.recv(65536)  # it has no token
            assert in_use() == []
        assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\x1b[31m", "\x1b]0;owned\x07", "\u2028"])
def test_a_line_of_the_log_cannot_be_forged(
    there: Site, sign: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    forged = f"a{sign}ERROR forged"
    browser = there.app.test_client()
    browser.get("/households/" + forged)
    browser.get("/", headers={"User-Agent": "x" + sign.strip("\r\n") + "y"})
    person = there.client("commune")
    person.post("/login", username=forged, password="x")
    with there.engine.begin() as connection:
        connection.execute(text("ALTER TABLE household RENAME TO household_gone"))
    person.get(f"/households/{forged}")
    for record in caplog.records:
        message = record.getMessage()
        assert "forged" not in message or not re.search("[\n\r\x1b\u2028]", message), message
