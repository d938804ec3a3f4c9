"""Files that are imported in the browser: sent, judged, applied or put away."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.exchange import layout, list_choices, undoing
from casemgmt.exchange.apart import LARGEST_FILE, Cells, cells
from casemgmt.exchange.batch_models import ImportBatch, KnownLayout, Stage
from casemgmt.exchange.bounds import Bounds
from casemgmt.exchange.bulk import take_turn
from casemgmt.exchange.importing import judge, laid
from casemgmt.exchange.listing import Converted, Recognised
from casemgmt.exchange.planning import Plan, changes_of, plan
from casemgmt.exchange.reading import File, Grid, Row, read
from casemgmt.exchange.report import Remark, Report
from casemgmt.exchange.standing import Standing
from casemgmt.exchange.writing import write
from casemgmt.places.models import Unit
from casemgmt.vietnamese import clean
from casemgmt.words import _

_LONGEST_NAME = 200
Write = Callable[[Session, ImportBatch], None]
KEPT = timedelta(days=30)  # files that nobody applied


class Fate(StrEnum):
    """What a row of a file does."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"


@dataclass(slots=True)
class Judged:
    """A file as it stands against the register at this moment."""

    sheets: list[Cells]
    parts: list[layout.Part]
    report: Report
    file: File
    standing: Standing
    plan: Plan
    outside: dict[str, int]  # rows that are not for the sender, by sheet
    faulty: set[tuple[str | None, int | None]]
    made: Converted | None = None  # of a list

    def place(self, row: Row) -> tuple[str, int]:
        """Where a row stands in the file: its sheet and its number there."""
        sheet = row.form.sheet.name
        if self.made is None:
            return sheet, row.number
        origin = self.made.placed(Remark("", sheet, row.number))
        return origin.sheet or sheet, origin.row or row.number

    def fate(self, row: Row) -> Fate:
        """What a row does."""
        if row.broken or (row.form.sheet.name, row.number) in self.faulty:
            return Fate.FAULTY
        if row.current is None:
            return Fate.NEW
        return Fate.CHANGED if changes_of(row) else Fate.SAME

    def count(self, sheet: str | None = None) -> dict[Fate, int]:
        """How many rows do what, in one sheet or in all."""
        found = dict.fromkeys(Fate, 0)
        for name, tally in self.report.sheets.items():
            if sheet in (None, name):
                rows, outside = self.file.get(name, []), self.outside.get(name, 0)
                for row in rows:
                    found[self.fate(row)] += 1
                found[Fate.FAULTY] += outside
                found[Fate.SAME] += tally.rows - len(rows) - outside  # about joined records
        if sheet is None and self.made is not None:
            found[Fate.FAULTY] += self.made.held_back
        if sheet is None and self.report.errors and not found[Fate.FAULTY]:
            found[Fate.FAULTY] = len(self.report.errors)  # of the file, of a sheet
        return found

    def rows(self, fate: Fate) -> list[Row]:
        """The rows that do this, in the order of the file."""
        return [row for rows in self.file.values() for row in rows if self.fate(row) is fate]

    def seen(self) -> str:
        """A print of all that the file would do: what was previewed is what is applied."""
        told: list[object] = [remark.as_json() for remark in self.report.errors]
        for name, rows in self.plan.added.items():
            told += [[name, row.number] for row in rows]
        for name, changes in self.plan.changed.items():
            told += [
                [name, row.number, {key: [str((row.current or {})[key]), str(value)]
                                    for key, value in sorted(new.items())}]
                for row, new in changes
            ]  # fmt: skip
        return hashlib.sha256(json.dumps(told, default=_plainly).encode()).hexdigest()[:32]


def _plainly(value: object) -> str:
    return ",".join(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)


# --- Asking -------------------------------------------------------------------------------------


def batches_of(unit_id: int) -> Select[ImportBatch]:
    """The files that accounts of a unit have sent, newest first."""
    query = select(ImportBatch).where(ImportBatch.unit_id == unit_id)
    return query.order_by(ImportBatch.id.desc())


def judged(session: Session, batch: ImportBatch, bounds: Bounds, reading: str) -> Judged:
    """Judge a file as it was read (`apart.read_apart`) and as it is laid out. Writes nothing."""
    sheets = cells(reading)
    if (found := list_choices.recognised(sheets, batch.layout)) is not None:
        return _judged_list(session, batch, bounds, sheets, found)
    parts = laid_out(session, batch, sheets)
    report = Report()
    file = read(layout.arranged(sheets, parts), report)
    standing = judge(session, file, report, bounds)
    if not file and report.ok:
        report.errors.append(
            Remark(_("Không trang nào của tệp là trang của sổ: hãy chọn ở bước Trang và cột."))
        )
    planned = plan(file, report)
    faulty = {(remark.sheet, remark.row) for remark in report.errors}
    return Judged(sheets, parts, report, file, standing, planned, bounds.outside, faulty)


def _judged_list(
    session: Session, batch: ImportBatch, bounds: Bounds, sheets: list[Cells], found: Recognised
) -> Judged:
    """The same for the lists that communes keep: what they say as rows of the register."""
    choice = list_choices.choice(session, batch, found)
    made = list_choices.made(session, batch.unit, bounds.lens, found, choice)
    report = Report()
    file = read((Grid(name, laid(rows)) for name, rows in made.rows.items()), report)
    standing = judge(session, file, report, bounds)
    planned = plan(file, report)
    faulty = {(remark.sheet, remark.row) for remark in report.errors}
    report.errors = made.faults + made.all_placed(report.errors)
    report.warnings = made.warnings + made.all_placed(report.warnings)
    parts = list_choices.parts(sheets, found, choice.mapping)
    return Judged(sheets, parts, report, file, standing, planned, bounds.outside, faulty, made)


def laid_out(session: Session, batch: ImportBatch, sheets: Iterable[Cells]) -> list[layout.Part]:
    """How a file is laid out: as was said of it, else as the unit said of one of its shape, else
    by its names."""
    parts = layout.parts(sheets)
    said = batch.layout
    if said is None:
        known = session.get(KnownLayout, (batch.unit_id, layout.shape(parts)))
        said = known.layout if known else None
    if said is not None:
        layout.follow(parts, said)
    return parts


# --- Acts ---------------------------------------------------------------------------------------


def send_file(session: Session, unit: Unit, *, name: str, content: bytes) -> ImportBatch:
    """Keep a file, sealed, until it is applied or put away. It is read later, when nobody waits
    for the register."""
    if not content:
        raise RuleBroken(_("Tệp rỗng (0 byte)."), field="file")
    if len(content) > LARGEST_FILE:
        raise RuleBroken(_("Tệp lớn hơn 10 MB: hãy chia thành nhiều tệp."), field="file")
    _clear_old(session, unit)
    batch = ImportBatch(
        unit=unit,
        file_name=clean(name.replace("\\", "/").rpartition("/")[2])[:_LONGEST_NAME] or "tep.xlsx",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        sent_by=trail.actor(session)[:80],
        sent_at=clock.now(),
        stage=Stage.WAITING,
        content=content,
    )
    session.add(batch)
    session.flush()
    return batch


def _clear_old(session: Session, unit: Unit) -> None:
    """Files that nobody applied are not kept for ever: they hold people's data."""
    old = batches_of(unit.id).where(
        ImportBatch.stage == Stage.WAITING, ImportBatch.sent_at < clock.now() - KEPT
    )
    for batch in session.scalars(old).all():
        drop(session, batch)


def keep_reading(session: Session, batch: ImportBatch, reading: str) -> None:
    """Keep what was read of a file."""
    if batch.stage is Stage.WAITING:
        batch.reading = reading
        session.flush()


def refuse(session: Session, batch: ImportBatch, why: str) -> None:
    """A file that cannot be read is not kept; the reason is."""
    if batch.stage is Stage.WAITING:
        batch.stage, batch.refusal, batch.content = Stage.UNREADABLE, why, None
        session.flush()


def drop(session: Session, batch: ImportBatch) -> None:
    """Put a file away that is not to be imported; its content goes."""
    _waits(batch)
    batch.stage, batch.content, batch.reading = Stage.DROPPED, None, None
    session.flush()


def _waits(batch: ImportBatch) -> None:
    if batch.stage is not Stage.WAITING:
        raise RuleBroken(_("Tệp này {stage}.", stage=batch.stage.label))


def lay_out(session: Session, batch: ImportBatch, parts: list[layout.Part]) -> None:
    """Say which sheet and column is which, for this file and for the next ones of its shape."""
    _waits(batch)
    batch.layout = layout.written(parts)
    key = (batch.unit_id, layout.shape(parts))
    known = session.get(KnownLayout, key)
    if known is None:
        session.add(KnownLayout(unit_id=key[0], shape=key[1], layout=batch.layout))
    else:
        known.layout = batch.layout
    session.flush()


def lay_out_list(
    session: Session, batch: ImportBatch, found: Recognised, chosen: list_choices.Choice
) -> None:
    """The same for the lists of a commune: what their columns mean, from which day they hold."""
    _waits(batch)
    list_choices.keep(session, batch, found, chosen)


def apply(session: Session, batch: ImportBatch, bounds: Bounds, *, seen: str) -> None:
    """Bring a file into the register, all of it or nothing, after judging it once more. `seen`:
    the print of what was previewed. The earlier rows are kept, so that it can be undone."""
    take_turn(session.connection())
    session.refresh(batch, with_for_update=True)
    _waits(batch)
    found = judged(session, batch, bounds, batch.reading or "[]")
    if not found.report.ok:
        raise RuleBroken(_("Chưa nhập được: tệp còn {n} lỗi.", n=len(found.report.errors)))
    if not found.plan.size():
        raise RuleBroken(_("Tệp giống hệt sổ: không có gì để nhập."))
    if seen != found.seen():
        raise RuleBroken(
            _("Sổ đã thay đổi từ lúc xem trước. Hãy xem lại tệp này sẽ làm gì, rồi nhập.")
        )
    trail.record(session, [])  # from here on all entries are of this batch
    first = trail.head(session.connection())[0] + 1
    counts = found.count()
    earlier = undoing.earlier_rows(session, undoing.touched(found.plan, found.standing))
    write(session, found.plan, found.standing)
    # Households that are new have their numbers now.
    batch.earlier = undoing.written(earlier, undoing.touched(found.plan, found.standing))
    batch.first_entry, batch.last_entry = first, trail.head(session.connection())[0]
    batch.stage = Stage.APPLIED
    batch.applied_by, batch.applied_at = trail.actor(session)[:80], clock.now()
    batch.added, batch.changed = counts[Fate.NEW], counts[Fate.CHANGED]
    batch.unchanged = counts[Fate.SAME]
    session.flush()
