"""A register workbook, or rows in its shape, into the register: all rows or none."""

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path

from sqlalchemy.orm import Session

from casemgmt.exchange import opening
from casemgmt.exchange.bounds import Bounds
from casemgmt.exchange.bulk import take_turn
from casemgmt.exchange.checking import check
from casemgmt.exchange.joined import leave_joined_alone
from casemgmt.exchange.planning import plan
from casemgmt.exchange.reading import File, Grid, grids, read
from casemgmt.exchange.report import Progress, Remark, Report
from casemgmt.exchange.scanning import Limits, Unreadable
from casemgmt.exchange.standing import Standing, standing
from casemgmt.exchange.writing import write

Rows = Mapping[str, Sequence[Mapping[str, object]]]


def import_workbook(
    session: Session,
    path: str | PathLike[str],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Report:
    """Bring a workbook into the register. Where anything is wrong with it nothing is written and
    the report lists every fault; the caller commits what was applied. `progress` is told the
    stage, how much of it is done and how much there is."""
    report = Report()
    if progress:
        progress("Mở tệp", 0, 1)
    try:
        file = read(grids(Path(path), limits or opening.limits(session)), report, progress)
    except Unreadable as wrong:
        return Report(errors=[Remark(str(wrong))])
    return _bring_in(session, file, report, dry_run, progress)


def load(
    session: Session,
    sheets: Rows,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """The same for rows in memory: sheet name → rows as {header: value}. The header counts as row
    1; a header that any row of a sheet has is a column of that sheet."""
    report = Report()
    file = read((Grid(name, laid(rows)) for name, rows in sheets.items()), report, progress)
    return _bring_in(session, file, report, dry_run, progress)


def laid(rows: Sequence[Mapping[str, object]]) -> Iterator[tuple[int, Sequence[object]]]:
    """Rows in memory as the rows of a sheet: the header is row 1."""
    headers = list(dict.fromkeys(header for row in rows for header in row))
    yield 1, headers
    for number, row in enumerate(rows, 2):
        yield number, [row.get(header) for header in headers]


def judge(session: Session, file: File, report: Report, bounds: Bounds | None = None) -> Standing:
    """Judge a file against itself and the register, and against the bounds of the one who sends
    it. What is wrong stands in the report, by its place in the file."""
    connection = session.connection()
    found = standing(session, file)
    leave_joined_alone(connection, file)
    if bounds:
        bounds.before(file, report, found)
    check(connection, file, found)
    if bounds:
        bounds.after(file, found)
    report.in_order()
    return found


def _bring_in(
    session: Session, file: File, report: Report, dry_run: bool, progress: Progress | None
) -> Report:
    session.flush()
    connection = session.connection()
    if not dry_run:
        take_turn(connection)
    if progress:
        progress("Kiểm tra", 0, 1)
    found = judge(session, file, report)
    if progress:
        progress("Kiểm tra", 1, 1)
    if report.ok:
        planned = plan(file, report)
        if not dry_run:
            if planned.size():
                write(session, planned, found, progress)
            report.applied = True
    return report
