"""Eight people act at once on one register, half a minute a round, while a reader looks at all of
it again and again, each time within one transaction: nothing may be seen half done."""

import threading
import time
from collections import Counter
from datetime import date
from random import Random

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
from tests.whole.histories import History

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
        random = Random(number)
        while time.monotonic() < until:
            told.wrong += _read(engine, history, random)
            done["readings"] += 1
        for person in people:
            person.join()
        with Session(engine) as session:
            told.wrong += [found.sentence for found in invariants.chained(session.connection())]
        engine.dispose()
    told.wrong += [f"lỗi {name}" for name in done if name.startswith("!")]
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


def _read(engine: Engine, history: History, random: Random) -> list[str]:
    """What does not add up in one moment of the register."""
    wrong = []
    with reading(), engine.connect() as plain:
        connection = (
            plain.execution_options(isolation_level="REPEATABLE READ")
            if engine.dialect.name == "postgresql"
            else plain
        )
        day, other = sorted([_day(history, random), _day(history, random)])
        bieu_2 = figures(connection, asked("bieu-2", as_of=day))
        bieu_3 = figures(connection, asked("bieu-3", as_of=day))
        for two, three in zip(
            [*(row.cells for row in bieu_2.rows), bieu_2.total],
            [*(row.cells for row in bieu_3.rows), bieu_3.total],
            strict=True,
        ):
            keys = [column.key for column in bieu_3.asked.table.columns]
            if two["poor"] != three["poor"] or two["poor"] != sum(three[k] for k in keys[1:6]):  # type: ignore[misc]
                wrong.append(f"Biểu 2 và Biểu 3 ngày {day}: {two} {three}")
        flows = figures(connection, asked("dien-bien", start=day, end=other))
        keys = [column.key for column in flows.asked.table.columns]
        for cells in [*(row.cells for row in flows.rows), flows.total]:
            out, into = keys[1:4], keys[4:8]
            moved = sum(cells[key] for key in into) - sum(cells[key] for key in out)  # type: ignore[misc]
            if cells["closing"] != cells["opening"] + moved:  # type: ignore[operator]
                wrong.append(f"Diễn biến {day} – {other}: {cells}")
        with Session(connection) as session:
            wrong += [found.sentence for found in invariants.derived(session)]
    return wrong


def _day(history: History, random: Random) -> date:
    return Actor(history, random.randrange(10**6)).day()
