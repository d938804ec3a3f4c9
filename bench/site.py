"""Pages of the site for one commune, in a small and in a large register, beside a Flask hello
served the same way (waitress, 8 threads). One client, keep-alive, everyone in turn.

Each page is asked for in two ways: with an address that was never asked before, so that it is
made anew, and with the same address again, which the site may answer from what it kept."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from bench.measuring import Report, Times, in_turn, ms, times
from bench.registers import COMMUNE, SITE_SIZES, Size, sqlite_engine

NAME, PASSWORD = "bench", "Đường dài mới biết ngựa hay 2022"
REQUESTS = 20  # in each turn
WORDS = ("nguyen", "Trần", "dat", "hoà", "le van", "thi", "Đặng", "vo")
PAGES = {
    "list": "/households?",
    "search": "/households?q={word}",
    "household": "/households/{code}?",
}
_fresh = count()


class Client:
    """A person at a browser: one connection, its cookies."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """The status and the page."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def page(self, path: str) -> str:
        """The page; anything but 200 is a mistake of the benchmark."""
        status, text = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return text

    def sign_in(self) -> None:
        """As the account that every register of the benchmark has."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.page("/login"))
        token = found.group(1) if found else ""
        form = {"username": NAME, "password": PASSWORD, "csrf_token": token}
        status, _ = self.ask("POST", "/login", urlencode(form))
        if status not in (302, 303):
            raise RuntimeError(f"signing in answered {status}")


@contextmanager
def _served(command: list[str], environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", *command, str(port)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


@contextmanager
def _register(size: Size, folder: Path) -> Iterator[int]:
    """The site on a register of this size, with an account of commune 1."""
    engine = sqlite_engine(size, folder)
    home = folder / f"home-{size.name}"
    where = {"CASEMGMT_HOME": str(home), "DATABASE_URL": str(engine.url)}
    engine.dispose()
    if not home.exists():
        account = ["user", "add", NAME, "--role", "commune", "--unit", COMMUNE, "--password-stdin"]
        subprocess.run(
            [sys.executable, "-m", "casemgmt", *account],
            env={**os.environ, **where},
            input=PASSWORD + "\n",
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        home.mkdir(exist_ok=True)
    with _served(["casemgmt", "serve", "--port"], where) as port:
        yield port


def _many(client: Client, path: Callable[[int], str]) -> Callable[[int], None]:
    def ask(number: int) -> None:
        for place in range(REQUESTS):
            client.page(path(number * REQUESTS + place))

    return ask


def _address(pattern: str, codes: list[str], *, fresh: bool) -> Callable[[int], str]:
    def address(number: int) -> str:
        word, code = WORDS[number % len(WORDS)], codes[number % len(codes)]
        path = pattern.format(word=urlencode({"": word})[1:], code=code)
        return f"{path}&n={next(_fresh)}" if fresh else path

    return address


def measure(report: Report, folder: Path, rounds: int) -> None:
    """The list, a search in it and a household's file, small and large register."""
    contestants: dict[tuple[str, str], Callable[[int], None]] = {}
    with ExitStack() as stack:
        hello = Client(stack.enter_context(_served(["bench.hello"], {})))
        contestants["hello", ""] = _many(hello, lambda _: "/")
        for size in SITE_SIZES:
            client = Client(stack.enter_context(_register(size, folder)))
            client.sign_in()
            codes = re.findall(r'href="/households/(H\d+)', client.page(PAGES["list"]))
            for name, pattern in PAGES.items():
                for fresh in (True, False):
                    what = f"{name}, {'made anew' if fresh else 'asked again'}"
                    address = _address(pattern, codes, fresh=fresh)
                    contestants[what, f"{size.households:,}"] = _many(client, address)
        measured = in_turn(contestants, rounds, warm=2)
    _show(report, measured)


def _show(report: Report, measured: dict[tuple[str, str], Times]) -> None:
    hello = measured["hello", ""]
    small, large = (f"{size.households:,}" for size in SITE_SIZES)
    rows = [["hello", ms(hello.median / REQUESTS), _speed(hello), "1", "", "", ""]]
    for what in dict.fromkeys(name for name, size in measured if size):
        little, much = measured[what, small], measured[what, large]
        rows.append(
            [
                what,
                ms(little.median / REQUESTS),
                _speed(little),
                f"{hello.ratio(little):.2f}",
                _speed(much),
                f"{hello.ratio(much):.2f}",
                times(much.ratio(little)),
            ]
        )
        for size, found in ((small, little), (large, much)):
            share = hello.ratio(found)
            report.target_least(f"{what}, share of hello", size, share, least=0.25)
        report.target(f"{what}, growth", f"{small} → {large}", much.ratio(little), most=1.3)
    head = ("page of a commune", f"{small} households", "pages/s", "÷ hello")
    report.table(
        "Pages per second, one client, SQLite",
        (*head, f"pages/s at {large}", "÷ hello", "large ÷ small"),
        rows,
    )


def _speed(found: Times) -> str:
    return f"{REQUESTS / found.median:,.0f}"
