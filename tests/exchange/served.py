"""The site behind its real server, in a process of its own, on a register with one commune; and
what to ask it with: real requests over a socket."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from casemgmt import clock
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.audit import trail
from casemgmt.db import open_engine
from casemgmt.places.actions import add_unit
from casemgmt.places.models import Level
from tests import make
from tests.browsing import PASSWORD, TOKEN, password_hashed
from tests.exchange.commune_books import COMMUNE, NAME, VILLAGES

_LEVELS = {"Thôn": Level.THON, "Bản": Level.BAN}


@dataclass
class Asker:
    """A browser with somebody at it. `host`: with the port."""

    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, data: bytes | None = None, kind: str = "") -> tuple[int, str, str]:
        """Status, text, and where it leads."""
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": kept, "Content-Type": kind}
        with closing(HTTPConnection(self.host, timeout=60)) as connection:
            method = "GET" if data is None else "POST"
            connection.request(
                method, path, data, {name: value for name, value in headers.items() if value}
            )
            answer = connection.getresponse()
            text = unescape(answer.read().decode("utf-8", "replace"))
        for told in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: one.value for name, one in SimpleCookie(told).items()}
        place = re.sub(r"^https?://[^/]+", "", answer.headers.get("Location") or "")
        return answer.status, text, place

    def page(self, path: str) -> str:
        """A page that must be there."""
        status, text, _place = self.ask(path)
        assert status == 200, (path, status, text)
        return text

    def send(self, path: str, **fields: Any) -> tuple[int, str, str]:
        """Send a form with the token of the page at `at` (else its own); a file: (name, bytes)."""
        token = TOKEN.search(self.page(fields.pop("at", path)))
        assert token
        told = {name: _field(value) for name, value in fields.items()}
        boundary, data = encode_multipart({"csrf_token": token[1], **told})
        return self.ask(path, data, f"multipart/form-data; boundary={boundary}")


def _field(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    return FileStorage(BytesIO(value[1]), filename=value[0])


@dataclass(frozen=True)
class Served:
    """A running site: its host and port, its process, its database, its keys."""

    host: str
    pid: int
    url: str
    home: Path

    def officer(self) -> Asker:
        """The officer of the commune, signed in."""
        person = Asker(self.host)
        status, text, _place = person.send("/login", username="canbo", password=PASSWORD)
        assert status == 302, text
        return person

    def memory(self) -> float:
        """What the site's own process holds now, in MB."""
        return _megabytes(self.pid, "VmRSS")


@contextmanager
def site(template: Path, home: Path) -> Iterator[Served]:
    """A register with the commune of `commune_books` and its officer, and the site on it."""
    home.mkdir()
    database = home / "casemgmt.db"
    shutil.copyfile(template, database)
    database.chmod(0o600)  # as the site demands
    url = f"sqlite:///{database}"
    log = home / "serve.log"
    port = free_port()
    outside = ("DATABASE_URL", "DATABASE_OWNER_URL")
    around = {name: value for name, value in os.environ.items() if name not in outside}
    around |= {"CASEMGMT_HOME": str(home), "PYTHONUTF8": "1"}
    _fill(url)
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "casemgmt", "serve", "--port", str(port)],
            env=around,
            stdout=subprocess.PIPE,
            stderr=out,
            encoding="utf-8",
        )
        with process:
            try:
                assert process.stdout is not None
                assert f":{port}/" in process.stdout.readline(), log.read_text()
                yield Served(f"127.0.0.1:{port}", process.pid, url, home)
            finally:
                process.terminate()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fill(url: str) -> None:
    engine = open_engine(url)
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        name = NAME.removeprefix("Xã ")
        commune = add_unit(session, code=COMMUNE, name=name, level=Level.COMMUNE)
        for code, told in VILLAGES.items():
            word, _, own = told.partition(" ")
            add_unit(session, code=code, name=own, level=_LEVELS[word], parent=commune)
        make.organisation(session, commune)
        session.add(
            User(
                name="canbo",
                role=Role.COMMUNE,
                unit=commune,
                password_hash=password_hashed(),
                created_at=clock.now(),
            )
        )
        session.commit()
    engine.dispose()


# --- Watching it ---------------------------------------------------------------------------------


def _megabytes(pid: int | str, which: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(rf"{which}:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


class Watch:
    """Looks on while something is asked of the site: how long others wait for their pages, and how
    much its children hold at most (where the system tells)."""

    def __init__(self, served: Served, person: Asker) -> None:
        self.served, self.person = served, person
        self.slowest = self.largest = 0.0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=one) for one in (self._wait, self._weigh)]

    def __enter__(self) -> "Watch":
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_wrong: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join()

    def _wait(self) -> None:
        while not self._over.wait(0.1):
            began = time.monotonic()
            assert self.person.page("/healthz") == "ok\n"
            healthy = time.monotonic()
            self.person.page("/households")
            waited = max(healthy - began, time.monotonic() - healthy)
            self.slowest = max(self.slowest, waited)

    def _weigh(self) -> None:
        folder = Path(f"/proc/{self.served.pid}/task")
        while folder.exists() and not self._over.wait(0.02):
            for task in folder.iterdir():
                try:
                    children = (task / "children").read_text().split()
                    sizes = [_megabytes(child, "VmHWM") for child in children]
                except OSError:
                    continue  # it has just ended
                self.largest = max([self.largest, *sizes])
