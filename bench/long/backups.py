"""Backups taken while the register is written to, 50 times a second from other processes.

A writer adds one household after the other, each with its member, its stay, its class, its timeline
and its audit entries, and says so when it is committed. What was said before a backup began must be
in it; of what comes later there may be a part, but a whole beginning: no household without the one
before it, none half written. Beside it, on SQLite, what people do: a copy of the main file.

`python -m bench.long.backups URL NAME PER-SECOND` is such a writer."""

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from threading import Thread

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from bench.long.rounds import MOST, Ground, Told
from casemgmt.audit import trail
from casemgmt.backup.archive import back_up, opened, verified
from casemgmt.backup.restoring import load, restore, scratch
from casemgmt.db import open_engine
from casemgmt.errors import RuleBroken
from casemgmt.households.actions import add_household
from casemgmt.households.classifying import classify
from casemgmt.places.actions import add_unit
from casemgmt.places.models import Level, Unit
from casemgmt.register import invariants
from casemgmt.register.models import Class, Household, Member, Span

WRITERS, PER_SECOND = 2, 25.0
FIRST = date(2021, 1, 1)
KEY = bytes(range(32))
_CODES = Household.__table__.c.code


# --- A writer -------------------------------------------------------------------------------------


def write(url: str, name: str, per_second: float) -> None:
    """Add households NAME-000001, NAME-000002, … until stdin ends; print each number once its
    household is committed."""
    ended: list[bool] = []
    Thread(target=lambda: ended.append(bool(sys.stdin.read() or True)), daemon=True).start()
    engine, begun, number = open_engine(url), time.perf_counter(), 0
    while not ended:
        number += 1
        _add(engine, f"{name}-{number:06}")
        print(number, flush=True)
        time.sleep(max(0.0, begun + number / per_second - time.perf_counter()))
    engine.dispose()


def _add(engine: Engine, code: str) -> None:
    with Session(engine) as session:
        trail.act_as(session, actor="bench", act="bench")
        village = session.scalars(select(Unit).where(Unit.code == "V1")).one()
        household = add_household(
            session, head_name=f"Hồ Thị {code}", village=village, starts=FIRST, code=code
        )
        classify(session, household, starts=FIRST, class_=Class.POOR)
        session.commit()


class Writer:
    """Such a process, and how many households it has said to be committed."""

    def __init__(self, url: str, name: str) -> None:
        self.name, self.said = name, 0
        command = [sys.executable, "-m", "bench.long.backups", url, name, str(PER_SECOND)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._listening = Thread(target=self._listen)
        self._listening.start()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self.said = int(line)

    def stop(self) -> None:
        """Have it end after what it is writing. Raises RuntimeError where it failed."""
        with self._process as process:
            if process.stdin:
                process.stdin.close()
            self._listening.join()
        if process.returncode != 0:
            raise RuntimeError(f"the writer {self.name} failed")


@contextmanager
def writing(url: str) -> Iterator[list[Writer]]:
    """Writers at work."""
    writers = [Writer(url, f"W{number}") for number in range(1, WRITERS + 1)]
    try:
        while any(writer.said < 5 for writer in writers):
            time.sleep(0.05)
        yield writers
    finally:
        for writer in writers:
            writer.stop()


# --- The check ------------------------------------------------------------------------------------


def check(on: Ground, number: int) -> Told:
    """One round: a backup during writing, put back into a scratch database and compared."""
    told = Told()
    with on.register() as url:
        engine = open_engine(url)
        _ground(engine)
        path = on.folder / f"backup-{number}.zip.enc"
        with writing(url) as writers:
            time.sleep(1 + number % 4 / 4)
            before = {writer.name: writer.said for writer in writers}
            begun = time.perf_counter()
            back_up(engine, path, KEY)
            took = time.perf_counter() - begun
            after = {writer.name: writer.said + 1 for writer in writers}
            copied = _copied_by_hand(url, path)
        engine.dispose()
        told.wrong += _put_back(path, before, after)
        told.figures = {
            "restorable": float(not told.wrong),
            "written_before": sum(before.values()),
            "written_during": sum(after.values()) - sum(before.values()) - WRITERS,
            f"{MOST}backup_seconds": round(took, 2),
        }
        if copied:
            _try_copy(told, copied, before)
        path.unlink()
    return told


def _ground(engine: Engine) -> None:
    with Session(engine) as session:
        trail.act_as(session, actor="bench", act="bench")
        above = None
        for code, level in (
            ("P", Level.PROVINCE),
            ("H1", Level.DISTRICT),
            ("X1", Level.COMMUNE),
            ("V1", Level.THON),
        ):
            above = add_unit(session, code=code, name=f"Nơi {code}", level=level, parent=above)
        session.commit()


def _put_back(path: Path, before: dict[str, int], after: dict[str, int]) -> list[str]:
    with opened(path, KEY) as archive, scratch() as engine:
        manifest = verified(archive)
        with engine.begin() as connection:
            load(connection, archive, manifest)
        with engine.connect() as connection:
            return list(_amiss(connection, before, after))


def _amiss(connection: Connection, before: dict[str, int], after: dict[str, int]) -> Iterator[str]:
    """What is not as it must be in a register that was put back."""
    for name, least in before.items():
        numbers = _numbers(connection, name)
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{name}: there are gaps in {len(numbers)} households"
        if not least <= len(numbers) <= after[name]:
            yield f"{name}: {len(numbers)} households, of which {least} to {after[name]} were said"
    households = connection.scalar(select(func.count()).select_from(Household.__table__))
    for model in (Member, Span):
        there = select(func.count(model.__table__.c.household_id.distinct()))
        if connection.scalar(there) != households:
            yield f"{model.__tablename__}: not one for each household"
    if trail.verify(connection)[1] is not None:
        yield "the chain is broken"
    with Session(connection) as session:
        yield from (found.sentence for found in invariants.derived(session))


def _numbers(connection: Connection, name: str) -> list[int]:
    found = connection.scalars(select(_CODES).where(_CODES.like(f"{name}-%")).order_by(_CODES))
    return [int(code.rpartition("-")[2]) for code in found]


# --- What people do instead -----------------------------------------------------------------------


def _copied_by_hand(url: str, path: Path) -> Path | None:
    if not url.startswith("sqlite"):
        return None
    copied = path.with_suffix(".copied")
    shutil.copyfile(url.removeprefix("sqlite:///"), copied)
    return copied


def _try_copy(told: Told, copied: Path, before: dict[str, int]) -> None:
    """A hand copy must be refused; how many of them are bad says why."""
    told.figures["copies_bad"] = float(_is_bad(copied, before))
    with scratch() as engine:
        try:
            restore(engine, copied)
            told.wrong.append("a hand copy was taken for a backup")
        except RuleBroken:
            told.figures["copies_refused"] = 1
    for path in copied.parent.glob(f"{copied.name}*"):
        path.unlink()


def _is_bad(copied: Path, before: dict[str, int]) -> bool:
    """Whether a copy is damaged or lacks what was said to be committed before it was made."""
    try:
        with closing(sqlite3.connect(copied)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            (count,) = connection.execute("SELECT count(*) FROM household").fetchone()
    except sqlite3.DatabaseError:
        return True
    return not sound or count < sum(before.values())


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], float(sys.argv[3]))
