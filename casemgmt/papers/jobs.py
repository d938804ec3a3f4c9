"""Long papers: asked for, taken by one worker at a time, finished, failed, stopped, forgotten.

Who works is decided in the database: a worker takes a job under a name of its own, and whatever it
writes afterwards counts only while the job still bears that name."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, text, update
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.errors import RuleBroken
from casemgmt.papers.job_models import Job, State
from casemgmt.papers.making import MOST, Order
from casemgmt.words import N_, _

KEPT = timedelta(hours=24)  # a file that nobody fetched by then is asked for again
DEAD = timedelta(seconds=30)  # without a sign of life
TRIES = 2
OPEN_AT_ONCE = 3  # jobs of one account
_ADVISORY_LOCK = 4211902
_OPEN = (State.WAITING, State.RUNNING)
_NOBODY = {"worker": None, "beat_at": None}

INTERRUPTED = N_("Máy đã ngắt việc lập tệp này hai lần. Hãy lọc bớt hộ rồi lập lại.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A job in the hands of a worker."""

    id: int
    worker: str


# --- By those who ask ----------------------------------------------------------------------------


def ask(session: Session, user: int, order: Order) -> Job:
    """Have papers made for an account; forgets old ones. RuleBroken where they are too many, or
    the account has asked for enough already."""
    forget(session)
    if len(order.households) > MOST[order.kind]:
        raise RuleBroken(_("Mỗi tệp nhiều nhất {n} hộ: hãy lọc bớt.", n=MOST[order.kind]))
    waiting = session.scalar(
        select(func.count()).select_from(Job).where(Job.user_id == user, Job.state.in_(_OPEN))
    )
    if (waiting or 0) >= OPEN_AT_ONCE:
        raise RuleBroken(
            _("Bạn đang có {n} tệp chưa lập xong: hãy đợi, hoặc dừng bớt.", n=OPEN_AT_ONCE)
        )
    job = Job(
        user_id=user,
        kind=order.kind,
        parameters=order.as_json(),
        as_of=order.as_of,
        name=order.name,
        total=len(order.households),
        asked_at=clock.now(),
    )
    session.add(job)
    session.flush()
    return job


def of(user: int) -> Select[Job]:
    """The jobs of an account that are not forgotten yet, newest first."""
    return (
        select(Job)
        .where(Job.user_id == user, Job.ended_at.is_(None) | (Job.ended_at > clock.now() - KEPT))
        .order_by(Job.id.desc())
    )


def stop(session: Session, job: Job) -> bool:
    """Stop a job; False where it has ended already."""
    query = update(Job).where(Job.id == job.id, Job.state.in_(_OPEN))
    return _count(session, query.values(_ended(State.STOPPED))) == 1


def forget(session: Session) -> None:
    """Remove what ended a day ago."""
    session.execute(delete(Job).where(Job.ended_at <= clock.now() - KEPT))


def needs_a_worker(session: Session) -> bool:
    """Whether jobs are open and nobody gives a sign of working on one."""
    states = session.execute(select(Job.state, Job.beat_at).where(Job.state.in_(_OPEN))).all()
    alive = clock.now() - DEAD
    return bool(states) and not any(row.beat_at and row.beat_at > alive for row in states)


# --- By the worker -------------------------------------------------------------------------------


def take(session: Session) -> Taken | None:
    """Take the oldest waiting job; None where there is none, or another worker is at one. A job
    whose worker has died waits again or, at its second death, has failed."""
    if session.connection().dialect.name == "postgresql":  # SQLite: BEGIN IMMEDIATE
        session.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
    _bury(session, clock.now() - DEAD)
    if session.scalar(select(Job.id).where(Job.state == State.RUNNING)):
        return None
    waiting = select(Job.id).where(Job.state == State.WAITING).order_by(Job.id).limit(1)
    number = session.scalar(waiting)
    if number is None:
        return None
    taken, now = Taken(number, secrets.token_hex(16)), clock.now()
    values = {
        "state": State.RUNNING,
        "worker": taken.worker,
        "started_at": now,
        "beat_at": now,
        "tries": Job.tries + 1,
        "done": 0,
    }
    still = update(Job).where(Job.id == number, Job.state == State.WAITING).values(values)
    return taken if _count(session, still) else None


def _bury(session: Session, alive: datetime) -> None:
    dead = update(Job).where(Job.state == State.RUNNING, Job.beat_at < alive)
    over = {**_ended(State.FAILED), "failure": INTERRUPTED}
    _count(session, dead.where(Job.tries >= TRIES).values(over))
    _count(session, dead.values({"state": State.WAITING, **_NOBODY}))


def beat(session: Session, taken: Taken, done: int) -> bool:
    """Give a sign of life and say how far it is; False where the job is no longer ours."""
    return _write(session, taken, {"beat_at": clock.now(), "done": done})


def hand_back(session: Session, taken: Taken) -> None:
    """Let the job wait for another worker, as if this one had not begun."""
    back = {"state": State.WAITING, "done": 0, "tries": Job.tries - 1}
    _write(session, taken, {**back, **_NOBODY})


def finish(session: Session, taken: Taken, content: bytes) -> bool:
    """Keep the file; False where the job is no longer ours."""
    values = {
        **_ended(State.DONE),
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "done": Job.total,
    }
    return _write(session, taken, values)


def fail(session: Session, taken: Taken, why: str) -> None:
    """Say why the file could not be made."""
    _write(session, taken, {**_ended(State.FAILED), "failure": why})


def _ended(state: State) -> dict[str, Any]:
    return {"state": state, "ended_at": clock.now(), **_NOBODY}


def _write(session: Session, taken: Taken, values: dict[str, Any]) -> bool:
    ours = update(Job).where(Job.id == taken.id, Job.worker == taken.worker)
    return _count(session, ours.values(values)) == 1


def _count(session: Session, query: Any) -> int:
    done: Any = session.execute(query.execution_options(synchronize_session=False))
    return int(done.rowcount)
