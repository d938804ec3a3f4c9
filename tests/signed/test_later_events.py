"""After signing, random events by the hundred: what was signed stays, and the drift is the
difference of the sets that a plain fold of the facts gives.

CASEMGMT_EVENTS chooses how many events there are (default 200 on each database)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.register.models import Class
from casemgmt.signed import actions
from casemgmt.signed.content import Frozen
from casemgmt.signed.drift import News, drift
from casemgmt.signed.models import SignedTable, Stage
from casemgmt.tables.figures import asked
from tests.browsing import PASSWORD, password_hashed
from tests.whole import fold
from tests.whole.histories import DAY, History

ON = date(2022, 6, 30)
TODAY = date(2023, 6, 30)
EVENTS = int(os.environ.get("CASEMGMT_EVENTS", "200"))
AT_ONCE = 50
Moves = set[tuple[str, str, str, bool, News]]


@dataclass(frozen=True)
class Signer:
    """Two people of the province, who prepare and sign tables of the whole register."""

    preparer: User
    signer: User

    @classmethod
    def of(cls, session: Session, province: int) -> "Signer":
        def user(name: str) -> User:
            one = User(
                name=name,
                role=Role.DISTRICT,
                unit_id=province,
                signs=True,
                password_hash=password_hashed(),
                created_at=clock.now(),
            )
            session.add(one)
            session.flush()
            return one

        return cls(user("lap"), user("ky"))

    def sign(self, session: Session, name: str) -> SignedTable:
        days = {"start": date(2021, 12, 31), "end": ON} if name == "dien-bien" else {"as_of": ON}
        prepared = actions.prepare(session, self.preparer, asked(name, **days), stage=Stage.MONTHLY)
        return actions.sign(session, prepared, self.signer, password=PASSWORD)


def test_drift_is_the_difference_of_the_sets(session: Session) -> None:
    history = History(11)
    history.store(session)
    session.add(settings.Setting(key=settings.TODAY, value=TODAY.isoformat()))
    session.flush()
    who = Signer.of(session, history.province)
    signed = {name: who.sign(session, name) for name in ("bieu-2", "bieu-3", "dien-bien")}
    kept = {name: _bytes(one) for name, one in signed.items()}
    as_signed = {name: _sets(history, name, ON) for name in signed}
    moved, events = 0, 0
    while events < EVENTS:
        for _ in range(AT_ONCE):
            history.restore(session, history.change())
            events += 1
        if events == EVENTS // 2:
            _merge_villages(session, history)
        for name, table in signed.items():
            found = _found(session, table)
            assert found == set(_expected(history, name, as_signed[name]))
            moved += len(found)
    assert moved > EVENTS / 2
    session.expire_all()
    assert {name: _bytes(one) for name, one in signed.items()} == kept
    assert all(Frozen.read(one.content).hash == one.hash for one in signed.values())


def _bytes(signed: SignedTable) -> tuple[str, str, bytes]:
    return signed.content, signed.hash, signed.signatures[0].document


def _merge_villages(session: Session, history: History) -> None:
    """Everybody of one village lives in another one from a day on, before the table's day."""
    gone, into = history.villages[0], history.villages[1]
    on = date(2022, 5, 1)
    touched = set()
    for (household, starts), stay in list(history.stays.items()):
        if stay["village_id"] != gone:
            continue
        touched.add(household)
        if starts >= on:
            stay["village_id"] = into
        elif stay["last_day"] is None and (household, on) not in history.stays:
            later = [key[1] for key in history.stays if key[0] == household and key[1] > starts]
            if not later or min(later) > on:
                history.stays[household, on] = {**stay, "village_id": into}
                stay.update(last_day=on - DAY, departure=None)
    history.restore(session, touched)


Sets = dict[tuple[str, str], set[str]]


def _sets(history: History, name: str, day: date) -> Sets:
    """The codes of each cell by the plain fold, in the map of the table's day."""
    found: Sets = {}
    for row in history.rows(None, ON):
        if name == "dien-bien":
            columns = fold.movement(history, row, date(2021, 12, 31), ON, Class.POOR)
        else:
            of = fold.bieu_2 if name == "bieu-2" else fold.bieu_3(Class.POOR, "lead_kind")
            columns = fold.as_of(history, row, day, ON, of)
        for column, households in columns.items():
            found[f"U{row}", column] = {f"H{number}" for number in households}
    return found


def _expected(history: History, name: str, signed: Sets) -> Iterator[tuple[object, ...]]:
    then = _sets(history, name, ON)
    now = then if name == "dien-bien" else _sets(history, name, TODAY)
    for cell in {*signed, *then, *now}:
        was, on_its_day, by_now = (sets.get(cell, set()) for sets in (signed, then, now))
        for code in was ^ on_its_day:
            yield (*cell, code, code in on_its_day, News.CORRECTION)
        for code in on_its_day ^ by_now:
            yield (*cell, code, code in by_now, News.LATE)


def _found(session: Session, signed: SignedTable) -> set[tuple[object, ...]]:
    return {
        (cell.row, cell.column, move.code, move.came, move.news)
        for cell in drift(session, signed, today=TODAY)
        if cell.row != "total"
        for move in cell.moves
    }
