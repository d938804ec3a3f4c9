"""Papers that take long to make: asked for, made in the background, fetched, forgotten."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from casemgmt.access.policy import Act
from casemgmt.db import Base, Day, Moment, Text, one_of, real_days, said, whole
from casemgmt.sealing import Sealed, SealedFile
from casemgmt.words import N_, _


class Kind(StrEnum):
    """What is made."""

    CASE_FILES = "case-files"
    VISIT_FORMS = "visit-forms"
    HOUSEHOLD_LIST = "household-list"

    @property
    def label(self) -> str:
        """The words of the screens."""
        return _(_KINDS[self])

    @property
    def act(self) -> Act:
        """What must be allowed to whoever makes it."""
        return Act.VISIT if self is Kind.VISIT_FORMS else Act.EXPORT_HOUSEHOLDS


_KINDS = {
    Kind.CASE_FILES: N_("Phiếu theo dõi hộ được đỡ đầu"),
    Kind.VISIT_FORMS: N_("Phiếu thăm hộ để trống"),
    Kind.HOUSEHOLD_LIST: N_("Danh sách hộ theo thôn"),
}


class State(StrEnum):
    """How far it is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        """The words of the screens."""
        return _(_STATES[self])

    @property
    def open(self) -> bool:
        """Whether something is still to come."""
        return self in (State.WAITING, State.RUNNING)


_STATES = {
    State.WAITING: N_("đang chờ"),
    State.RUNNING: N_("đang lập"),
    State.DONE: N_("đã xong"),
    State.FAILED: N_("không lập được"),
    State.STOPPED: N_("đã dừng"),
}


class Job(Base):
    """Tệp đang lập: papers that an account has asked for. `parameters`: what exactly (JSON of
    `papers.making.Order`); `total` of its households, `done` so far; `worker`: a name that the
    process which makes it has given itself, `beat_at`: when that last gave a sign of life,
    `tries`: how often it was begun. Its audit entries are those of what leaves the register, not
    of how far it is."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, "kind"))
    parameters: Mapped[str] = mapped_column(Sealed("job.parameters"), deferred=True)
    as_of: Mapped[Day]
    name: Mapped[Text]
    state: Mapped[State] = mapped_column(one_of(State, "state"), default=State.WAITING)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(Moment())
    started_at: Mapped[datetime | None] = mapped_column(Moment())
    beat_at: Mapped[datetime | None] = mapped_column(Moment())
    ended_at: Mapped[datetime | None] = mapped_column(Moment())
    failure: Mapped[Text | None]
    content: Mapped[bytes | None] = mapped_column(SealedFile("job.content"), deferred=True)
    sha256: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index(
            "ix_job_one_runs",
            "state",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        CheckConstraint("(state = 'running') = (worker IS NOT NULL)", name="running_by_a_worker"),
        CheckConstraint("(worker IS NULL) = (beat_at IS NULL)", name="worker_with_a_beat"),
        CheckConstraint(
            "(state IN ('done', 'failed', 'stopped')) = (ended_at IS NOT NULL)",
            name="ended_at_a_time",
        ),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed_why"),
        CheckConstraint("(state = 'done') = (content IS NOT NULL)", name="done_with_a_file"),
        CheckConstraint("(content IS NULL) = (sha256 IS NULL)", name="file_with_its_hash"),
        CheckConstraint("done <= total", name="done_of_total"),
        *said("name"),
        *whole("total", least=1),
        *whole("done"),
        *whole("tries"),
        *real_days("as_of"),
    )
