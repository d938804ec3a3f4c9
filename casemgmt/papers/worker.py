"""The process beside the site that makes long papers, one after the other.

It is started by the site (`papers.running`) and ends with it: its input is a pipe that the site
holds open. It reads the register through the lens of whoever asked, as that stands now, in one
transaction that only reads; what it writes (signs of life, the file) are short ones."""

import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from casemgmt import paths, settings
from casemgmt.access.models import User
from casemgmt.access.policy import Act
from casemgmt.audit import trail
from casemgmt.db import open_engine, reading
from casemgmt.errors import RuleBroken
from casemgmt.papers import jobs
from casemgmt.papers.job_models import Job
from casemgmt.papers.jobs import Taken
from casemgmt.papers.making import Order, make
from casemgmt.register.lens import lens_for
from casemgmt.words import N_

_BEAT = 1.0  # seconds

OUT_OF_SCOPE = N_(
    "Phạm vi hoặc quyền của tài khoản đã đổi từ khi yêu cầu tệp này. Hãy mở lại danh sách hộ rồi"
    " lập tệp mới."
)
WENT_WRONG = N_("Có lỗi khi lập tệp này. Hãy lập lại; nếu vẫn lỗi, hãy báo người quản trị.")


class Left(Exception):
    """The job is no longer ours, or the site has ended."""


class Pulse:
    """Says every second that the worker lives and how far it is; hears whether to go on."""

    def __init__(self, engine: Engine, taken: Taken, site_ended: Event) -> None:
        self._engine, self._taken, self._site_ended = engine, taken, site_ended
        self._done = 0
        self._over = Event()
        self._lost = Event()

    def tell(self, done: int) -> None:
        """So many households are done. Raises Left where the rest need not be."""
        self._done = done
        if self._lost.is_set() or self._site_ended.is_set():
            raise Left

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Inside, the pulse beats."""
        thread = Thread(target=self._beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _beat(self) -> None:
        while not self._over.wait(_BEAT):
            try:
                with Session(self._engine) as short, short.begin():
                    ours = jobs.beat(short, self._taken, self._done)
            except OperationalError:
                continue  # somebody writes for long: the next beat comes
            if not ours:
                self._lost.set()
                return


def main() -> None:
    """Make what waits until nothing does, or another worker is at it."""
    site_ended = Event()
    if hasattr(os, "nice"):
        os.nice(5)  # pages first
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the site, and that ends us
    Thread(target=_listen, args=(site_ended,), daemon=True).start()
    engine = open_engine(paths.database_url())
    work(engine, site_ended)
    engine.dispose()


def _listen(site_ended: Event) -> None:
    while os.read(sys.stdin.fileno(), 64):
        pass
    site_ended.set()


def work(engine: Engine, site_ended: Event) -> None:
    """Take jobs until there is none to take, or the site ends."""
    while not site_ended.is_set():
        with Session(engine) as short, short.begin():
            taken = jobs.take(short)
        if taken is None:
            return
        _work_on(engine, taken, site_ended)


@dataclass(frozen=True, slots=True)
class _Made:
    """A file, and what its leaving the register leaves behind: entries, by whom, in which act."""

    content: bytes
    left: Sequence[trail.Change]
    by: str
    act: Act


def _work_on(engine: Engine, taken: Taken, site_ended: Event) -> None:
    pulse = Pulse(engine, taken, site_ended)
    try:
        with pulse.beating():
            made = _make(engine, taken, pulse)
    except Left:
        with Session(engine) as short, short.begin():
            jobs.hand_back(short, taken)
    except RuleBroken as broken:
        _fail(engine, taken, broken.message)
    except Exception:
        traceback.print_exc()  # into the log of the site; statements hide their values
        _fail(engine, taken, WENT_WRONG)
    else:
        with Session(engine) as short, short.begin():
            if jobs.finish(short, taken, made.content):
                trail.act_as(short, actor=made.by, act=made.act)
                trail.record(short, made.left)


def _fail(engine: Engine, taken: Taken, why: str) -> None:
    with Session(engine) as short, short.begin():
        jobs.fail(short, taken, why)


def _make(engine: Engine, taken: Taken, pulse: Pulse) -> _Made:
    """Raises RuleBroken where the account may not have these papers (any more)."""
    with reading(), Session(engine) as session:
        job = session.get_one(Job, taken.id)
        user = session.get_one(User, job.user_id)
        order = Order.of(job)
        lens = lens_for(session, user, as_of=job.as_of, today=settings.today(session))
        if job.started_at is None or not order.allowed(session, lens, user):
            raise RuleBroken(OUT_OF_SCOPE)
        content = make(session, lens, user, job.started_at, order, pulse.tell)
        left = order.left({"job": job.id, "query": order.query})
        return _Made(content, left, user.name, job.kind.act)
