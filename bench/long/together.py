"""Eight people act at once on one register, half a minute a round, while a reader looks at all of
it again and again, each time within one transaction: nothing may be seen half done."""

import threading
import time
from collections import Counter

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bench.long.rounds import Ground, Told
from casemgmt.audit import trail
from casemgmt.db import open_engine, reading
from casemgmt.register import invariants
from casemgmt.tables.figures import asked, figures
from tests.whole.acting import Actor, stored
from tests.whole.comparing import hold_bieu_3, hold_identity

PEOPLE = 8
SECONDS = 30


def check(on: Ground, number: int) -> Told:
    """One register."""
    told = Told()
    with on.register() as url:
        engine = open_engine(url)
        with Session(engine) as session:
            trail.act_as(session, actor="bench", act="bench")
            history = stored(session, seed=number)
            session.commit()
        until, done = time.monotonic() + SECONDS, Counter[str]()
        people = [
            threading.Thread(target=_act, args=(engine, Actor(history, number, one), until, done))
            for one in range(PEOPLE)
        ]
        for person in people:
            person.start()
        reader = Actor(history, number, PEOPLE)
        while time.monotonic() < until:
            try:
                _look(engine, reader)
            except AssertionError as broken:
                told.wrong.append(str(broken))
            done["readings"] += 1
        for person in people:
            person.join()
        with Session(engine) as session:
            told.wrong += [found.sentence for found in invariants.chained(session.connection())]
        engine.dispose()
    told.wrong += [name for name in done if name.startswith("!")]
    told.figures = dict(done)
    return told


def _act(engine: Engine, actor: Actor, until: float, done: Counter[str]) -> None:
    while time.monotonic() < until:
        with Session(engine) as session:
            trail.act_as(session, actor=f"người {actor.number}", act="bench")
            try:
                actor.step(session)
                session.commit()
            except (IntegrityError, StaleDataError):  # somebody else was first
                done["too late"] += 1
            except OperationalError:  # a lock that was not given, or two who waited for each other
                done["asked to try again"] += 1
            except Exception as failure:  # whatever it is, it is looked for
                done[f"!{type(failure).__name__}: {failure}"] += 1
            else:
                done["acts"] += 1


def _look(engine: Engine, reader: Actor) -> None:
    """AssertionError where something does not add up in one moment of the register."""
    with reading(), engine.connect() as plain:
        connection = (
            plain.execution_options(isolation_level="REPEATABLE READ")
            if engine.dialect.name == "postgresql"
            else plain
        )
        day, other = sorted([reader.day(), reader.day()])
        hold_bieu_3(*(figures(connection, asked(name, as_of=day)) for name in ("bieu-2", "bieu-3")))
        hold_identity(figures(connection, asked("dien-bien", start=day, end=other)))
        with Session(connection) as session:
            assert list(invariants.derived(session)) == []
