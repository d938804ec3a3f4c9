"""The lists of households on paper: by village with boxes to tick, of one cell of a table, of one
sponsor, for signature."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from casemgmt.organisations.models import Organisation
from casemgmt.paper import page
from casemgmt.paper.grid import Head
from casemgmt.paper.head import Issuer, Signer
from casemgmt.paper.page import Made
from casemgmt.paper.roll import Part, Roll
from casemgmt.paper.text import CENTRE, RIGHT, box
from casemgmt.papers import queries
from casemgmt.register.lens import Lens
from casemgmt.typed import show_date, show_number

ELSEWHERE = "Không còn ở trong sổ"
MAKER = Signer(("Người lập biểu",), "(Ký, ghi rõ họ tên)")
_NAME, _CODE, _CLASS = Head("Chủ hộ", 40), Head("Mã hộ", 33), Head("Phân loại", 24)
_HOW = "(Ký, ghi rõ họ tên)"
_SEALED = "(Ký, ghi rõ họ tên, đóng dấu)"


def chair() -> Signer:
    """The chair's block of a committee."""
    return Signer(("TM. Ủy ban nhân dân", "Chủ tịch"), _SEALED)


def day_said(day: date) -> str:
    """`Số liệu ngày 20/10/2022`."""
    return f"Số liệu ngày {show_date(day)}"


def by_village(
    rows: Iterable[Any], names: Mapping[int, str], cells: Callable[[Any], Sequence[Any]]
) -> list[Part]:
    """Rows with a `village_id`, under their villages in the register's order; those that live
    nowhere last."""
    found: dict[int | None, list[Sequence[Any]]] = {number: [] for number in names}
    for row in rows:
        place = row.village_id if row.village_id in names else None
        found.setdefault(place, []).append(cells(row))
    return [
        Part(ELSEWHERE if number is None else names[number], lines)
        for number, lines in found.items()
        if lines
    ]


def households(
    rows: Iterable[Any], names: Mapping[int, str], issuer: Issuer, day: date, made: Made
) -> Roll:
    """The household list by village, with a box to tick and room for a note. `rows`: of
    `households.queries.listed`."""

    classes: Counter[str] = Counter()

    def cells(row: Any) -> Sequence[Any]:
        classes[row.class_.label if row.class_ else "chưa phân loại"] += 1
        return (
            box(),
            row.head_name,
            row.code,
            row.address or "",
            row.class_.label if row.class_ else "",
            row.lead or "",
            "",
        )

    parts = by_village(rows, names, cells)
    return Roll(
        "Danh sách hộ",
        "",
        (
            Head("Đã đến", 13, CENTRE),
            _NAME,
            _CODE,
            Head("Địa chỉ", 30),
            _CLASS,
            Head("Đơn vị đỡ đầu", 42),
            Head("Ghi chú", 40),
        ),
        parts,
        page.foot(f"Danh sách hộ. {day_said(day)}", made),
        issuer,
        of=(day_said(day), _by_class(classes)),
        signers=(MAKER,),
    )


def _by_class(classes: Counter[str]) -> str:
    """`23 hộ: 20 hộ nghèo, 3 hộ cận nghèo`."""
    each = (f"{show_number(n)} {label[0].lower()}{label[1:]}" for label, n in classes.items())
    return f"{show_number(classes.total())} hộ" + (": " + ", ".join(each) if classes else "")


def of_cell(
    rows: Sequence[Any], about: str, of: Sequence[str], issuer: Issuer, day: date, made: Made
) -> Roll:
    """The households that a cell of a table counts, in scope. `rows`: of
    `tables.queries.rows_of`."""
    lines = [
        (
            row.head_name,
            row.code,
            row.village or "",
            row.class_.label if row.class_ else "",
            row.lead or "chưa có",
        )
        for row in rows
    ]
    return Roll(
        "Danh sách hộ",
        about,
        (_NAME, _CODE, Head("Thôn", 34), _CLASS, Head("Đơn vị đỡ đầu", 40)),
        (Part("", lines),),
        page.foot(f"{about}. {day_said(day)}", made),
        issuer,
        of=of,
    )


def for_signature(
    sheets: Iterable[tuple[Organisation, Sequence[Any]]], issuer: Issuer, day: date, made: Made
) -> list[Roll]:
    """Danh sách phân công đỡ đầu: one for each organisation, signed by it and by the committee.
    Rows: of `sponsorship.board.assigned`."""
    return [
        Roll(
            "Danh sách",
            f"Hộ nghèo, hộ cận nghèo giao {one.name} đỡ đầu",
            (
                _NAME,
                _CODE,
                Head("Thôn", 30),
                _CLASS,
                Head("Từ ngày", 22, CENTRE),
                Head("Người phụ trách", 36),
                Head("Ký nhận", 24),
            ),
            (
                Part(
                    "",
                    [
                        (
                            row.head_name,
                            row.code,
                            row.village or "",
                            row.class_.label,
                            show_date(row.since),
                            row.in_charge or "",
                            "",
                        )
                        for row in rows
                    ],
                ),
            ),
            page.foot(f"Danh sách phân công đỡ đầu. {one.name}. {day_said(day)}", made),
            issuer,
            of=(f"{day_said(day)}; {len(rows)} hộ",),
            signers=(Signer((f"Đại diện {one.name}",), _HOW), chair()),
        )
        for one, rows in sheets
    ]


def of_sponsor(
    session: Session,
    lens: Lens,
    one: Organisation,
    names: Mapping[int, str],
    issuer: Issuer,
    made: Made,
) -> Roll:
    """An organisation's sheet: the households that it leads in scope on the lens's day, and what
    it did for each since the year began."""
    day = lens.as_of
    since = date(day.year, 1, 1)
    visits = {row[0]: row for row in session.execute(queries.visits_by(lens, one.id, since))}
    given = {row[0]: row for row in session.execute(queries.support_by(lens, one.id, since))}
    promised = dict(session.execute(queries.promises_by(lens, one.id)).all())

    def cells(row: Any) -> Sequence[Any]:
        _, times, last = visits.get(row.id, (0, 0, None))
        _, gifts, value, loans, lent = given.get(row.id, (0, 0, 0, 0, 0))
        return (
            row.head_name,
            row.code,
            row.class_.label if row.class_ else "",
            show_date(row.since),
            show_number(times),
            show_date(last) if last else "",
            show_number(gifts),
            show_number(value),
            show_number(loans),
            show_number(lent),
            show_number(promised.get(row.id, 0)),
        )

    rows = session.execute(queries.led_by(lens, one.id)).all()
    return Roll(
        "Phiếu theo dõi đơn vị đỡ đầu",
        one.name,
        (
            Head("Chủ hộ", 38),
            Head("Mã hộ", 32),
            Head("Phân loại", 20),
            Head("Đỡ đầu từ ngày", 20, CENTRE),
            Head("Thăm hộ", under=(Head("Số lần", 12, CENTRE), Head("Lần cuối", 20, CENTRE))),
            Head("Tặng, giúp", under=(Head("Số lần", 12, CENTRE), Head("Đồng", 22, RIGHT))),
            Head("Cho vay", under=(Head("Số lần", 12, CENTRE), Head("Đồng", 22, RIGHT))),
            Head("Cam kết chưa giao", 16, CENTRE),
        ),
        by_village(rows, names, cells),
        page.foot(f"Phiếu theo dõi đơn vị đỡ đầu. {one.name}. {day_said(day)}", made),
        issuer,
        of=(f"Việc đã làm từ ngày {show_date(since)} đến ngày {show_date(day)}; {len(rows)} hộ",),
        signers=(MAKER, Signer((f"Đại diện {one.name}",), _HOW)),
    )
