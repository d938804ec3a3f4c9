"""Rounds of a long check: each is run once, and its figures are kept at once, so that a check that
was interrupted goes on where it stopped."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

from casemgmt import schema, sealing
from casemgmt.db import open_engine
from tests.postgresql import database, running

MOST = "most_"  # figures with this beginning are not added up: the highest counts
_numbers = count()


@dataclass
class Told:
    """What a round found: figures by name, and a sentence for everything that was not right."""

    figures: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Ground:
    """Where a check works: a folder, and fresh databases of one kind (`sqlite`, `postgresql`);
    `careless`: what is checked is to acknowledge before it has written; `tenth`: a round that takes
    its time takes a tenth of it."""

    folder: Path
    kind: str
    server: str | None = None
    careless: bool = False
    tenth: bool = False

    @contextmanager
    def register(self) -> Iterator[str]:
        """The URL of a migrated, empty database in a home of its own (CASEMGMT_HOME)."""
        name = f"r{os.getpid()}_{next(_numbers)}"
        home = self.folder / name
        home.mkdir(parents=True)
        os.environ["CASEMGMT_HOME"] = str(home)
        sealing.forget_keys()
        url = self._database(name, home)
        engine = open_engine(url)
        schema.upgrade(engine)
        engine.dispose()
        try:
            yield url
        finally:
            self._drop(name)
            shutil.rmtree(home, ignore_errors=True)

    def _database(self, name: str, home: Path) -> str:
        if self.server is None:
            return f"sqlite:///{home / 'casemgmt.db'}"
        _say(self.server, f'CREATE DATABASE "{name}"')
        return database(self.server, name)

    def _drop(self, name: str) -> None:
        if self.server is not None:
            _say(self.server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _say(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def ground(folder: Path, kind: str, *, careless: bool, tenth: bool) -> Iterator[Ground]:
    """A ground on this kind of database; for PostgreSQL a server is started (`careless`: one that
    acknowledges before it has written)."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        yield Ground(folder, kind, None, careless, tenth)
        return
    with running(folder / "postgresql", hurried=careless) as server:
        yield Ground(folder, kind, server, careless, tenth)


Check = Callable[[Ground, int], Told]


def go_through(check: Check, on: Ground, kept: Path, rounds: int) -> list[Told]:
    """Run the rounds that `kept` does not hold yet, numbered from 0; all that were ever run."""
    known = kept_rounds(kept)
    for number in range(rounds):
        if number in known:
            continue
        begun = time.perf_counter()
        told = check(on, number)
        told.figures["seconds"] = round(time.perf_counter() - begun, 1)
        line = {"round": number, "figures": told.figures, "wrong": told.wrong}
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        known[number] = told
        print(f"{number + 1}/{rounds} {told.figures} {told.wrong or ''}", flush=True)
    return [known[number] for number in range(rounds)]


def kept_rounds(kept: Path) -> dict[int, Told]:
    """The rounds that were run, by their numbers."""
    if not kept.exists():
        return {}
    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    return {line["round"]: Told(line["figures"], line["wrong"]) for line in lines}


def summary(rounds: list[Told]) -> Mapping[str, float]:
    """All rounds together."""
    together: dict[str, float] = {"rounds": len(rounds)}
    for told in rounds:
        for name, value in told.figures.items():
            if name.startswith(MOST):
                together[name] = max(together.get(name, value), value)
            else:
                together[name] = round(together.get(name, 0) + value, 1)
    together["wrong"] = sum(len(told.wrong) for told in rounds)
    return together
