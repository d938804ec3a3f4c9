"""Fifty people at work for ten minutes on a register of 15,000 households, five seconds of thought
between two pages; then for two minutes more while one backup after the other is taken.

The site runs in a process of its own, asked over real sockets; each person keeps a connection."""

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.long.kills import SAID, Served
from bench.long.rounds import MOST, Ground, Told
from bench.places import VILLAGES
from bench.registers import Size, postgresql_engine, sqlite_engine
from bench.site import PASSWORD, WORDS, Client
from casemgmt import sealing
from casemgmt.access import queries as accounts
from casemgmt.access.actions import add_user
from casemgmt.access.policy import Role
from casemgmt.audit import trail
from casemgmt.organisations import queries as organisations
from casemgmt.places import queries as places
from tests.browsing import hidden
from tests.exchange.served import free_port

SIZE = Size(15_000, 16, people=True)  # 128 communes: as many as Quảng Trị had
PEOPLE = (
    *((f"officer{number}", Role.COMMUNE, f"X{number * 4}") for number in range(1, 31)),
    *((f"sponsor{number}", Role.ORGANISATION, f"TC{number * 7}") for number in range(1, 15)),
    *((f"reviewer{number}", Role.DISTRICT, f"H{number * 2}") for number in range(1, 7)),
)
THOUGHT = 5.0  # seconds, on average
WORK, BACKED_UP = 600.0, 120.0  # seconds
READ, WRITE = "read", "write"
LIMITS = {READ: 0.300, WRITE: 0.500}  # seconds that 95 of 100 answers must keep
DURING_BACKUP, GROWTH = 2.0, 1.10  # times as long, times as much memory
DAY = "20/12/2022"

# What people read, each as often as it stands here for every twenty pages or so.
READS = {
    Role.COMMUNE: (
        *["/"] * 2,
        *["/households"] * 3,
        *["/households?q={word}"] * 3,
        *["/households/{code}"] * 5,
        *["/households/{code}/support"] * 2,
        "/commune-report",
        "/reviews",
        "/tables/bieu-2",
        "/tables/bieu-3?class=near_poor",
    ),
    Role.ORGANISATION: (
        *["/"] * 4,
        *["/households"] * 3,
        *["/households/{code}"] * 7,
        *["/households/{code}/plan"] * 2,
        *["/promises"] * 2,
        "/organisation-report",
    ),
    Role.DISTRICT: (
        *["/"] * 3,
        *["/overview"] * 2,
        *["/communes"] * 2,
        *["/queue"] * 3,
        *["/households?q={word}"] * 3,
        *["/tables/bieu-2"] * 2,
        *["/tables/bieu-3"] * 2,
        "/tables/dien-bien?from=2022-01-01&to=2022-12-31",
    ),
}
SUPPORT = ("/households/{code}/support/add", {"on": DAY, "kind": "Quà Tết", "value": "500000"})
VISIT = ("/households/{code}/visits/add", {"on": "{day}", "situation": "same", "done": "Thăm hỏi"})
ADDED = ("/add-household", {"head_name": "Hồ Thị Mới", "village": "{village}", "starts": DAY})
WRITES = {
    Role.COMMUNE: (SUPPORT, SUPPORT, SUPPORT, ADDED),
    Role.ORGANISATION: (SUPPORT, VISIT),
    Role.DISTRICT: (),
}
WRITING = 0.15  # of all that a person sets out to do


@dataclass
class Seen:
    """What people waited for, in seconds by (kind, page), and what was not answered as it should
    be."""

    waited: defaultdict[tuple[str, str], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )
    wrong: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[float]:
        """All that was waited for of a kind."""
        return [one for (its, _page), found in self.waited.items() if its == kind for one in found]


@dataclass
class Someone:
    """A person at a browser who reads, thinks, and now and then fills in a form."""

    name: str
    role: Role
    code: str  # of the commune, the organisation or the district
    client: Client
    codes: list[str] = field(default_factory=list)  # of households that the list shows
    visited: Counter[str] = field(default_factory=Counter)  # a household has one visit a day

    def __post_init__(self) -> None:
        self.random = Random(self.name)

    def begin(self) -> None:
        """Sign in, and look which households there are."""
        form = {**hidden(self.client.page("/login")), "username": self.name, "password": PASSWORD}
        status, _ = self.client.ask("POST", "/login", urlencode(form))
        if status not in (302, 303):
            raise RuntimeError(f"{self.name}: signing in answered {status}")
        self.codes = re.findall(r'href="/households/(H\d+)', self.client.page("/households"))

    def work(self, seen: Seen, over: threading.Event) -> None:
        """Until it is over."""
        while not over.wait(self._thought()):
            if WRITES[self.role] and self.random.random() < WRITING:
                self._fill_in(*self.random.choice(WRITES[self.role]), seen, over)
            else:
                self._ask(seen, READ, self.random.choice(READS[self.role]))

    def _fill_in(
        self, path: str, answers: dict[str, str], seen: Seen, over: threading.Event
    ) -> None:
        code = self.random.choice(self.codes)
        self.visited[code] += 1
        form = hidden(self._ask(seen, READ, path, code))
        over.wait(self._thought())
        told = {name: self._made(value, code) for name, value in answers.items()}
        body = urlencode({**form, **told, "confirmed": "y"})
        self._ask(seen, WRITE, path, code, body)

    def _thought(self) -> float:
        return self.random.expovariate(1 / THOUGHT)

    def _made(self, pattern: str, code: str) -> str:
        village = 0
        if self.role is Role.COMMUNE:
            village = (int(self.code[1:]) - 1) * VILLAGES + self.random.randint(1, VILLAGES)
        return pattern.format(
            code=code,
            day=f"{31 - self.visited[code] % 30}/12/2022",
            word=quote(self.random.choice(WORDS)),
            village=f"V{village}",
        )

    def _ask(
        self, seen: Seen, kind: str, page: str, code: str = "", body: str | None = None
    ) -> str:
        path = self._made(page, code or self.random.choice(self.codes))
        begun = time.perf_counter()
        try:
            status, text = self.client.ask("GET" if body is None else "POST", path, body)
        except (OSError, HTTPException) as failure:
            self.client.connection.close()
            seen.wrong.append(f"{path}: {failure!r}")
            return ""
        seen.waited[kind, page].append(time.perf_counter() - begun)
        if status not in ((200,) if body is None else (302, 303)):
            seen.wrong.append(f"{path}: {status} {SAID.findall(text)}")
        return text


def check(on: Ground, number: int) -> Told:
    """One register, one site, fifty people; a tenth of the time where `on.tenth`, too short to tell
    whether memory grows and how much slower a backup makes it."""
    share = 0.1 if on.tenth else 1.0
    work, backed_up = Seen(), Seen()
    with _served(on) as served:
        people = [Someone(*who, Client(served.port)) for who in PEOPLE]
        for person in people:
            person.begin()
        with _at_work(people, work):
            time.sleep(WORK * share / 5)
            early = served.megabytes()
            time.sleep(WORK * share * 4 / 5)
            late = served.megabytes()
        with _at_work(people, backed_up):
            backups = _back_up(served.url, on.folder, BACKED_UP * share)
    told = Told({"backups": backups, f"{MOST}mb_early": early, f"{MOST}mb_late": late})
    told.wrong = work.wrong + backed_up.wrong
    if late > GROWTH * early and not on.tenth:
        told.wrong.append(f"memory grew from {early} to {late} MB")
    for kind, limit in LIMITS.items():
        slower = _judge(told, kind, limit, work.of(kind), backed_up.of(kind))
        if slower > DURING_BACKUP and not on.tenth:
            told.wrong.append(f"{kind}s: p95 during a backup is {slower:.1f} times as long")
    for (kind, page), waited in sorted(work.waited.items()):
        told.figures[f"{MOST}p95_ms {kind} {page}"] = round(_p95(waited) * 1000)
    return told


def _judge(
    told: Told, kind: str, limit: float, waited: list[float], backed_up: list[float]
) -> float:
    """How many times as long people wait during a backup."""
    usual, meanwhile = _p95(waited), _p95(backed_up)
    told.figures |= {
        f"{kind}s": len(waited),
        f"{MOST}{kind}_ms": round(max(waited) * 1000),
        f"{MOST}{kind}_p95_ms": round(usual * 1000),
        f"{MOST}{kind}_p95_ms_during_backup": round(meanwhile * 1000),
    }
    if usual > limit:
        told.wrong.append(f"{kind}s: p95 is above {limit} s")
    return meanwhile / usual


def _p95(waited: list[float]) -> float:
    return sorted(waited)[len(waited) * 95 // 100]


@contextmanager
def _at_work(people: list[Someone], seen: Seen) -> Iterator[None]:
    over = threading.Event()
    threads = [threading.Thread(target=person.work, args=(seen, over)) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _back_up(url: str, folder: Path, seconds: float) -> int:
    """One backup after the other until the time is over; how many."""
    until, file, taken = time.monotonic() + seconds, folder / "backup.zip", 0
    while time.monotonic() < until:
        file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "casemgmt", "backup", str(file)]
        around = {**os.environ, "DATABASE_URL": url}
        subprocess.run(command, env=around, check=True, stdout=subprocess.DEVNULL)
        taken += 1
    return taken


@contextmanager
def _served(on: Ground) -> Iterator[Served]:
    home = on.folder / "home"
    home.mkdir(exist_ok=True)
    os.environ["CASEMGMT_HOME"] = str(home)
    sealing.forget_keys()
    if on.server:
        engine = postgresql_engine(SIZE, on.folder, on.server)
    else:
        engine = sqlite_engine(SIZE, on.folder)
        Path(str(engine.url.database)).chmod(0o600)  # as the site demands
    _add_accounts(engine)
    served = Served(engine.url.render_as_string(hide_password=False), free_port())
    engine.dispose()
    served.start()
    try:
        yield served
    finally:
        served.kill()


def _add_accounts(engine: Engine) -> None:
    with Session(engine) as session:
        trail.act_as(session, actor="bench", act="bench")
        for name, role, code in PEOPLE:
            if session.scalar(accounts.user_named(name)) is None:
                place = organisations if role is Role.ORGANISATION else places
                serves = "organisation" if role is Role.ORGANISATION else "unit"
                found = {serves: session.scalars(place.by_code(code)).one()}
                add_user(session, name=name, role=role, password=PASSWORD, **found)
        session.commit()
