"""The database fails at the n-th statement or commit of an act, for every n until the act goes
through: the answer is one that the reader understands, all of the act is kept or none, and sent
again it counts once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from casemgmt.db import open_engine, reading
from casemgmt.register import invariants
from casemgmt.signed.drift_views import SEEN
from casemgmt.web.database import db
from tests.browsing import hidden
from tests.whole.arguments import filled
from tests.whole.principals import Ground
from tests.whole.replica import Replica, differences
from tests.whole.rightful import to_send

SAFE = {"GET", "HEAD", "OPTIONS"}
MOST = 400
# Beside what passes: entries tell also of what was refused.
LEFT = {"audit_entry"}
NEW_TOKEN = {"accounts.password"}  # the same form does not go any more: its session has ended
ABOUT = {"requests.ask": "free", "requests.answer": "free"}  # else the one called "own"


class Failing:
    """Lets the database fail once, at a certain statement or commit from now on."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.left = engine, 0
        for name in ("do_execute", "do_executemany"):
            event.listen(engine, name, self._statement)
        event.listen(engine, "commit", self._commit)

    @contextmanager
    def at(self, number: int) -> Iterator[None]:
        """Fail at this statement or commit, the first being 1."""
        self.left = number
        yield
        self.left = 0

    def _due(self) -> bool:
        self.left -= 1
        return self.left == 0

    def _statement(self, *_told: object) -> None:
        if self._due():
            raise self.engine.dialect.loaded_dbapi.OperationalError("disk I/O error")

    def _commit(self, _connection: object) -> None:
        if self._due():
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))


@dataclass(slots=True)
class Swept:
    """How many acts went through after how many failures, those that a plain answer does not make
    go through, and what was not right."""

    acts: int = 0
    failures: int = 0
    left_out: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def posting(ground: Ground) -> list[Rule]:
    """Every address that may change something."""
    rules = sorted(ground.app.url_map.iter_rules(), key=lambda rule: rule.rule)
    return [rule for rule in rules if (rule.methods or set()) - SAFE]


def sweep(ground: Ground, replica: Replica, rules: Iterable[Rule]) -> Swept:
    """Try these addresses one after the other on the same register."""
    with ground.app.app_context():
        failing = Failing(db.engine)
    swept = Swept()
    for rule in rules:
        act = Act.of(ground, rule)
        before = replica.dump()
        answer = act.send()
        if answer.status_code >= 400 or not _changes(before, replica.dump()):
            swept.left_out.append(f"{rule.endpoint}: {answer.status_code}")
        else:
            replica.restore()
            ground.sit_down_again()
            _until_through(swept, act, failing, replica)
        replica.restore()
        ground.sit_down_again()
    return swept


@dataclass(slots=True)
class Act:
    """A form that somebody has before them."""

    ground: Ground
    endpoint: str
    address: str
    who: str
    told: dict[str, Any]

    @classmethod
    def of(cls, ground: Ground, rule: Rule) -> "Act":
        """About a household of one's own."""
        one = ground.register.households[ABOUT.get(rule.endpoint, "own")]
        bound = ground.app.url_map.bind("localhost")
        address = str(bound.build(rule.endpoint, filled(rule.endpoint, one, 0)))
        told, who = to_send(ground, rule, one, address)
        told |= {"confirmed": "y", SEEN: "1", "csrf_token": ground.tokens[who]}
        asked = f"{address}?{urlencode({'codes': one.code, 'unit': one.commune})}"
        page = ground.browsers[who].get(asked)
        if page.status_code == 200:
            told |= {name: value for name, value in hidden(page.text).items() if name == "once"}
        return cls(ground, rule.endpoint, asked, who, told)

    def send(self) -> TestResponse:
        """Send it, the same each time."""
        return self.ground.browsers[self.who].post(self.address, data=self.told)


def _until_through(swept: Swept, act: Act, failing: Failing, replica: Replica) -> None:
    before = replica.dump()
    for number in range(1, MOST):
        with failing.at(number):
            answer = act.send()
        after = replica.dump()
        changed = _changes(before, after)
        where = f"{act.endpoint}, failure {number}: {answer.status_code}"
        if answer.status_code == 503 and not changed:
            swept.failures += 1
            continue
        # 503 although it was kept: what the request leaves behind could not be written.
        if (answer.status_code >= 400 and answer.status_code != 503) or not changed:
            swept.wrong.append(f"{where}, {sorted(changed)}")
        if "once" in act.told and act.endpoint not in NEW_TOKEN:
            again = act.send()
            twice = _changes(after, replica.dump())
            if again.status_code >= 400 or twice:
                swept.wrong.append(f"{where}, sent again: {again.status_code}, {sorted(twice)}")
        swept.wrong += [f"{where}: {sentence}" for sentence in broken(replica.url)]
        swept.acts += 1
        return
    swept.wrong.append(f"{act.endpoint} never went through")


def _changes(before: Any, after: Any) -> set[str]:
    return set(differences(before, after)) - LEFT


def broken(url: str) -> list[str]:
    """What does not add up in a database."""
    engine = open_engine(url)
    with reading(), Session(engine) as session:
        connection = session.connection()
        found = [
            found.sentence
            for found in (
                *invariants.stored_soundly(connection),
                *invariants.pointing_somewhere(connection),
                *invariants.chained(connection),
                *invariants.derived(session),
                *invariants.keyed(connection),
            )
        ]
    engine.dispose()
    return found
