"""How the site is served: what it does not start with, which names it answers to, how much it
takes, and what a slow or rude client can do to the others."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from casemgmt.app import create_app
from casemgmt.errors import RuleBroken
from casemgmt.web import serving
from casemgmt.web.asking import safe_target
from casemgmt.web.serving import Serving
from tests.browsing import PASSWORD, Site, site
from tests.web.served import filled, free_port, serve, served

SETTINGS = ("TRUSTED_HOSTS", "TLS_PROXIES", "INSECURE_LAN", "REQUIRE_TOTP", "SECRET_KEY")
NAME = "so.camlo.example"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Site]:
    with site(sqlite_url) as made:
        yield made


@pytest.fixture
def behind_tls(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("TLS_PROXIES", "1")
    monkeypatch.setenv("TRUSTED_HOSTS", NAME)
    with site(sqlite_url) as made:
        yield made


# --- Settings -------------------------------------------------------------------------------------


def test_a_laptop_needs_no_settings(here: Site) -> None:
    said = serving.from_environment()
    assert said == Serving()
    Path(here.engine.url.database or "").chmod(0o600)
    serving.check_start(here.app, said, "127.0.0.1")
    serving.check_start(here.app, said, "::1")
    assert here.app.config["REQUIRE_TOTP"] is False
    assert here.app.config["SESSION_COOKIE_NAME"] == "casemgmt"


def test_the_environment_says_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_HOSTS", f"{NAME}, 192.168.1.10")
    monkeypatch.setenv("TLS_PROXIES", "2")
    monkeypatch.setenv("REQUIRE_TOTP", "yes")
    assert serving.from_environment() == Serving((NAME, "192.168.1.10"), 2, False, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TLS_PROXIES", "yes"),
        ("TLS_PROXIES", "-1"),
        ("INSECURE_LAN", "maybe"),
        ("REQUIRE_TOTP", "2"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(RuleBroken, match=name):
        serving.from_environment()


@pytest.mark.parametrize(
    ("said", "host", "words"),
    [
        (Serving(), "0.0.0.0", "TLS_PROXIES=1"),  # noqa: S104 that is what is refused
        (Serving(), "192.168.1.10", "INSECURE_LAN=1"),
        (Serving(hosts=(NAME,)), "::", "docs/deploy.md"),
        (Serving(insecure_lan=True), "192.168.1.10", "TRUSTED_HOSTS"),
        (Serving(tls_proxies=1), "127.0.0.1", "TRUSTED_HOSTS"),
    ],
)
def test_what_would_be_open_to_all_is_not_served(
    here: Site, said: Serving, host: str, words: str
) -> None:
    with pytest.raises(RuleBroken, match=words):
        serving.check_start(here.app, said, host)


@pytest.mark.parametrize(
    "said", [Serving((NAME,), insecure_lan=True), Serving((NAME,), tls_proxies=1)]
)
def test_what_is_said_to_be_safe_is_served(here: Site, said: Serving) -> None:
    Path(here.engine.url.database or "").chmod(0o600)
    serving.check_start(here.app, said, "192.168.1.10")
    here.app.debug = True
    with pytest.raises(RuleBroken, match="FLASK_DEBUG"):
        serving.check_start(here.app, said, "192.168.1.10")


@pytest.mark.parametrize("name", ["secret.key", "sealing.key", "the database"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_read_is_refused_with_what_to_do(
    here: Site, home: Path, name: str, mode: int
) -> None:
    database = Path(here.engine.url.database or "")
    database.chmod(0o600)
    serving.check_start(here.app, Serving(), "127.0.0.1")
    file = database if name == "the database" else home / name
    file.chmod(mode)
    with pytest.raises(RuleBroken, match="chmod 600") as refused:
        serving.check_start(here.app, Serving(), "127.0.0.1")
    assert str(file) in refused.value.message


@pytest.mark.parametrize(
    "key", ["dev", "x" * 64, "change-me-please-0123456789-abcdefgh", "0123456789" * 3]
)
def test_a_key_that_can_be_guessed_is_refused(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("SECRET_KEY", key)
    with pytest.raises(RuleBroken, match="SECRET_KEY"):
        create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url})


def test_a_key_file_of_zeros_is_refused(sqlite_url: str, home: Path) -> None:
    home.mkdir()
    (home / "secret.key").write_text("00" * 32)
    with pytest.raises(RuleBroken, match=r"secret\.key"):
        create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url})


def test_a_long_key_of_the_environment_is_used(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "f3b1c8e07a9d42655e1b7c90d8a3f4626b0e9d1c")
    app = create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url})
    assert app.secret_key == b"f3b1c8e07a9d42655e1b7c90d8a3f4626b0e9d1c"


def test_the_command_refuses_in_one_sentence(sqlite_url: str) -> None:
    filled(sqlite_url)
    open_to_all = serve(sqlite_url, free_port(), "--host", "0.0.0.0")  # noqa: S104
    said, why = open_to_all.communicate(timeout=60)
    assert (open_to_all.returncode, said) == (1, "")
    assert "INSECURE_LAN=1" in why
    Path(sqlite_url.removeprefix("sqlite:///")).chmod(0o644)
    readable = serve(sqlite_url, free_port())
    said, why = readable.communicate(timeout=60)
    assert (readable.returncode, said) == (1, "")
    assert "chmod 600" in why
    assert "Traceback" not in why


# --- Under TLS ------------------------------------------------------------------------------------


def test_under_tls_the_cookie_and_the_browser_stay_with_it(behind_tls: Site) -> None:
    browser = behind_tls.app.test_client()
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "Host": NAME}
    page = browser.get("/login", headers=proxied)
    assert int(page.headers["Strict-Transport-Security"].partition("=")[2]) >= 31_536_000
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-casemgmt=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_on_a_laptop_nothing_speaks_of_tls(here: Site) -> None:
    page = here.app.test_client().get("/login", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in page.headers
    assert "Secure" not in page.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("proxies", "address"),
    [(None, "127.0.0.1"), ("1", "198.51.100.7"), ("2", "203.0.113.9"), ("3", "127.0.0.1")],
)
def test_only_our_own_proxies_say_who_asks(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, proxies: str | None, address: str
) -> None:
    """The first of the three addresses is what a client may claim of itself."""
    if proxies:
        monkeypatch.setenv("TLS_PROXIES", proxies)
    app = create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url})
    seen: list[str | None] = []

    def look(environ: dict[str, str], _start: object) -> list[bytes]:
        seen.append(environ.get("REMOTE_ADDR"))
        return []

    claimed = "203.0.113.9, 198.51.100.7"
    if hasattr(app.wsgi_app, "app"):
        app.wsgi_app.app = look
        app.wsgi_app({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": claimed}, None)
        assert seen == [address]
    else:
        assert proxies is None


# --- Names and ways -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil", "", "a b"]
)
def test_a_foreign_name_is_refused(here: Site, host: str) -> None:
    answer = here.app.test_client().get("/login?next=/", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.text or not host
    assert "form" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000"])
def test_the_machines_own_names_are_known(here: Site, host: str) -> None:
    assert here.app.test_client().get("/login", headers={"Host": host}).status_code == 200


def test_the_named_host_is_known_and_no_other(behind_tls: Site) -> None:
    browser = behind_tls.app.test_client()
    assert browser.get("/login", headers={"Host": NAME}).status_code == 200
    assert browser.get("/login", headers={"Host": f"www.{NAME}"}).status_code == 400
    claimed = {"Host": NAME, "X-Forwarded-Host": "evil.example"}
    assert "evil" not in browser.get("/", headers=claimed).headers["Location"]


ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/%0d%0aLocation: https://evil.example",
    "/\r\nLocation: https://evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "///evil.example",
    "evil.example",
    "/\x00/evil.example",
    "http://localhost@evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(here: Site, target: str) -> None:
    browser = here.app.test_client()
    page = browser.get("/login", query_string={"next": target})
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
    answer = browser.post(
        "/login",
        query_string={"next": target},
        data={**fields, "username": "commune", "password": PASSWORD},
    )
    assert answer.status_code == 302, answer.text
    assert "evil" not in answer.headers["Location"].partition("%0d")[0]
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")
    assert safe_target(target) is None or target.startswith("/%0d")


@pytest.mark.parametrize(
    "method", ["TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND"]
)
def test_other_ways_of_asking_are_refused(here: Site, method: str) -> None:
    for path in ("/", "/login", "/households", "/static/site.css"):
        answer = here.app.test_client().open(path, method=method, headers={"X-Mark": "echoed"})
        assert answer.status_code == 405, (path, method)
        assert "echoed" not in answer.text
        assert "Content-Security-Policy" in answer.headers


# --- How much -------------------------------------------------------------------------------------


def test_a_form_holds_less_than_a_file(here: Site) -> None:
    assert here.app.config["MAX_CONTENT_LENGTH"] == 2 * serving.MEGABYTE
    person = here.client("commune")
    large = b"x" * 10_000_000
    kinds = {
        "application/x-www-form-urlencoded": b"head_name=" + large,
        "multipart/form-data; boundary=b": _part('name="head_name"', large),
        "multipart/form-data; boundary=f": _part('name="photo"; filename="a.jpg"', large, "f"),
        "text/plain": large,
        "application/json": large,
    }
    for kind, body in kinds.items():
        answer = person.browser.post("/households/H1/edit", data=body, content_type=kind)
        assert answer.status_code == 413, kind
        assert "quá lớn" in answer.text
        assert "Content-Security-Policy" in answer.headers


def _part(named: str, content: bytes, boundary: str = "b") -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {named}\r\n\r\n"
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode()


def test_files_are_taken_where_files_are_asked_for(here: Site) -> None:
    """Wherever a page asks for a picture or a workbook, and nowhere else."""
    tagged = {name for name, view in here.app.view_functions.items() if "takes_files" in vars(view)}
    assert tagged == {"imports.index", "proposal_papers.add", "visits.add", "promises.keep"}
    person = here.client("commune")
    for size, status in ((3_000_000, 303), (13_000_000, 413)):
        token = _part('name="csrf_token"', person.token().encode()).removesuffix(b"--b--\r\n")
        body = token + _part('name="file"; filename="so.xlsx"', b"x" * size)
        kind = "multipart/form-data; boundary=b"
        answer = person.browser.post("/import", data=body, content_type=kind)
        assert answer.status_code == status, (size, answer.text)


# --- Rude clients, over real sockets --------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_200_megabytes_are_refused_unread(sqlite_url: str, tmp_path: Path) -> None:
    filled(sqlite_url)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with served(sqlite_url, TMPDIR=str(scratch)) as (visitor, pid):
        visitor.get("/login")
        before = _peak(pid)
        head = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 209715200\r\n\r\n"
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", visitor.port), timeout=20) as client:
            client.sendall(head)
            said = client.recv(65536).decode()
        assert "413" in said.partition("\r\n")[0]
        assert "Content-Security-Policy: default-src 'none'" in said
        assert time.monotonic() - began < 5
        chunked = b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        sent = 0
        with socket.create_connection(("127.0.0.1", visitor.port), timeout=20) as client:
            client.sendall(chunked)
            piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
            try:
                for _ in range(200):
                    client.sendall(piece)
                    sent += 1
            except OSError:
                pass
        assert sent < 60  # what the network's own buffers hold, and 13 MB
        assert _peak(pid) - before < 60_000
        assert list(scratch.iterdir()) == []
        assert visitor.get("/login").status == 200


def _peak(pid: int) -> int:
    """The most memory that a process has held, in kB."""
    told = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", told)[1])  # type: ignore[index]


def test_two_hundred_slow_clients_stop_nobody(sqlite_url: str) -> None:
    filled(sqlite_url)
    with served(sqlite_url) as (visitor, _pid):
        visitor.sign_in("commune")
        visitor.get("/")
        slow = [socket.create_connection(("127.0.0.1", visitor.port)) for _ in range(200)]
        try:
            head = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n"
            for number, client in enumerate(slow):  # half of them not even through their headers
                client.sendall(head if number % 2 else b"GET / HTTP/1.1\r\nHost: loc")
            took = []
            for _second in range(5):
                for client in slow:
                    client.sendall(b"a")
                began = time.monotonic()
                assert visitor.get("/households").status == 200
                took.append(time.monotonic() - began)
                time.sleep(max(0, 1 - took[-1]))
            assert max(took) < 1.5, took
        finally:
            for client in slow:
                client.close()
