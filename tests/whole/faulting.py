"""The database fails at the n-th statement or commit of an act, for every n until the act goes
through: the answer is one that the reader understands, all of the act is kept or none, and sent
again it counts once."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from casemgmt.db import open_engine, reading
from casemgmt.register import invariants
from casemgmt.signed.drift_views import SEEN
from casemgmt.web.database import db
from tests.browsing import hidden
from tests.whole.arguments import filled
from tests.whole.made_ready import READY, Desk, Form
from tests.whole.principals import Ground
from tests.whole.replica import Replica, differences
from tests.whole.rightful import to_send

SAFE = {"GET", "HEAD", "OPTIONS"}
MOST = 400
# Beside what passes: entries tell also of what was refused.
LEFT = {"audit_entry"}
# An entry is all that these keep.
TOLD_ALONE = {"accounts.sign_in", "accounts.sign_out", "revealing.show"}
# The same form does not go any more, since its session has ended; or each time is told.
ONCE = {"accounts.password", "accounts.sign_in", "own.set_up", "own.take_off", "revealing.show"}
KEEP_NOTHING = {"accounts.speak", "own.again"}  # of content: a cookie, a session's own time
ABOUT = {"requests.answer": "free"}  # else the one called "own"


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
    """How many acts went through after how many failures, and what was not right."""

    acts: int = 0
    failures: int = 0
    wrong: list[str] = field(default_factory=list)


def posting(ground: Ground) -> list[Rule]:
    """Every address that may change something."""
    rules = sorted(ground.app.url_map.iter_rules(), key=lambda rule: rule.rule)
    posted = (rule for rule in rules if (rule.methods or set()) - SAFE)
    return [rule for rule in posted if rule.endpoint not in KEEP_NOTHING]


def sweep(ground: Ground, replica: Replica, rules: Iterable[Rule]) -> Swept:
    """Try these addresses one after the other on the same register."""
    with ground.app.app_context():
        failing = Failing(db.engine)
    swept = Swept()
    for rule in rules:
        form = _form(ground, rule)
        before = replica.dump()
        answer = form.send()
        whole = _changes(rule.endpoint, before, replica.dump())
        if answer.status_code >= 400 or not whole:
            swept.wrong.append(f"{rule.endpoint} keeps nothing: {answer.status_code}")
        else:
            replica.restore()
            ground.sit_down_again()
            act = Act(rule.endpoint, _form(ground, rule), whole)
            _until_through(swept, act, failing, replica)
        replica.restore()
        ground.sit_down_again()
    return swept


@dataclass(slots=True)
class Act:
    """A form and how many rows of which table change where nothing fails."""

    endpoint: str
    form: Form
    whole: Mapping[str, int]


def _form(ground: Ground, rule: Rule) -> Form:
    """The form about a household of one's own."""
    one = ground.register.households[ABOUT.get(rule.endpoint, "own")]
    if rule.endpoint in READY:
        return READY[rule.endpoint](Desk(ground, rule.endpoint, one))
    bound = ground.app.url_map.bind("localhost")
    address = str(bound.build(rule.endpoint, filled(rule.endpoint, one, 0)))
    told, who = to_send(ground, rule, one, address)
    told |= {"confirmed": "y", SEEN: "1", "csrf_token": ground.tokens[who]}
    asked = f"{address}?{urlencode({'codes': one.code, 'unit': one.commune})}"
    page = ground.browsers[who].get(asked)
    if page.status_code == 200:
        told |= {name: value for name, value in hidden(page.text).items() if name == "once"}
    return Form(ground, who, asked, told)


def _until_through(swept: Swept, act: Act, failing: Failing, replica: Replica) -> None:
    before = replica.dump()
    for number in range(1, MOST):
        with failing.at(number):
            answer = act.form.send()
        after = replica.dump()
        changed = _changes(act.endpoint, before, after)
        where = f"{act.endpoint}, failure {number}: {answer.status_code}"
        if answer.status_code == 503 and not changed:
            swept.failures += 1
            continue
        # 503 although it was kept: what the request leaves behind could not be written.
        if (answer.status_code >= 400 and answer.status_code != 503) or changed != act.whole:
            swept.wrong.append(f"{where}, {changed} of {act.whole}")
        if "once" in act.form.told and act.endpoint not in ONCE:
            again = act.form.send()
            twice = _changes(act.endpoint, after, replica.dump())
            if again.status_code >= 400 or twice:
                swept.wrong.append(f"{where}, sent again: {again.status_code}, {sorted(twice)}")
        swept.wrong += [f"{where}: {sentence}" for sentence in broken(replica.url)]
        swept.acts += 1
        return
    swept.wrong.append(f"{act.endpoint} never went through")


def _changes(endpoint: str, before: Any, after: Any) -> dict[str, int]:
    left = set() if endpoint in TOLD_ALONE else LEFT
    found = differences(before, after)
    return {name: len(rows) for name, rows in found.items() if name not in left}


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
