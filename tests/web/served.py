"""The site as it is run: `casemgmt serve` in a process of its own, asked over real sockets."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlencode

from tests.browsing import PASSWORD, site

INPUT = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


@dataclass
class Answer:
    """What the server said."""

    status: int
    text: str
    headers: dict[str, str]

    @classmethod
    def of(cls, response: HTTPResponse) -> "Answer":
        return cls(
            response.status,
            unescape(response.read().decode("utf-8", "replace")),
            dict(response.getheaders()),
        )


@dataclass
class Visitor:
    """A browser at the served site: keeps its cookie, sends a form with its hidden answers."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes = b"", timeout: float = 60, **headers: str
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        connection.request(method, path, body or None, {**sent, **headers})
        response = connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        answer = Answer.of(response)
        connection.close()
        return answer

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def form(self, path: str) -> dict[str, str]:
        """The answers that a form begins with."""
        return {name: unescape(value) for name, value in INPUT.findall(self.get(path).text)}

    def send(self, path: str, fields: dict[str, str], timeout: float = 60) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), timeout, **kind)

    def sign_in(self, name: str) -> "Visitor":
        form = self.form("/login")
        answer = self.send("/login", {**form, "username": name, "password": PASSWORD})
        assert answer.status == 302, answer.text
        return self


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def filled(url: str) -> None:
    """Put the small register of `tests.browsing` into a database, to be served."""
    with site(url):
        pass
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).chmod(0o600)


def serve(url: str, port: int, *options: str, **environment: str) -> "subprocess.Popen[str]":
    """Start `casemgmt serve`."""
    return subprocess.Popen(
        [sys.executable, "-m", "casemgmt", "serve", "--port", str(port), *options],
        env={**os.environ, "DATABASE_URL": url, "PYTHONUTF8": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def served(
    url: str, *, prepare: Callable[[], None] | None = None, **environment: str
) -> Iterator[tuple[Visitor, int]]:
    """A running site on a database, a visitor at it, and its process. `prepare` runs in the new
    process before the site does (limits, another user)."""
    port = free_port()
    with TemporaryFile("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "casemgmt", "serve", "--port", str(port)],
            env={**os.environ, "DATABASE_URL": url, "PYTHONUTF8": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            preexec_fn=prepare,
        )
        try:
            assert process.stdout is not None
            if "Trang web" not in process.stdout.readline():
                log.seek(0)
                raise AssertionError(log.read())
            yield Visitor(port), process.pid
        finally:
            process.kill()
            process.communicate()
