"""A commune's yearly report on the programme as an official paper, with its annexes."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from casemgmt.paper import grid, page
from casemgmt.paper.captions import Caption, attached, caption
from casemgmt.paper.fonts import Faces
from casemgmt.paper.grid import Band, Head
from casemgmt.paper.head import (
    Issuer,
    Signer,
    closing,
    gap,
    letterhead,
    title,
)
from casemgmt.paper.page import A4, Made, Paper
from casemgmt.paper.text import CENTRE, JUSTIFIED, RIGHT, line, to_write
from casemgmt.papers.commune_figures import ACTS, LED, CommuneFigures, Line
from casemgmt.papers.commune_report import parts, plain
from casemgmt.typed import show_date, show_number

_SIGN = "BC-UBND"
_ABOUT = "Kết quả thực hiện Chương trình đỡ đầu hộ nghèo có địa chỉ năm {year}"
_ROMAN = ("I", "II", "III", "IV", "V")
_HAND_LINES = 4
_SIZE = 10.5
_CLOSE = 62  # millimetres that the last sentence and the signature take
# Headings over the annex's columns, in the order of LED and ACTS.
_COLUMNS = (
    ("Hộ nhận đỡ đầu", ("Nghèo", "Cận nghèo")),
    ("Thăm hộ trong kỳ", ("Được thăm", "Chưa được thăm")),
    ("Hộ thoát nghèo", ("Đăng ký", "Đề nghị", "Đã có quyết định")),
    ("Tặng, giúp", ("Số lần", "Đồng")),
    ("Cho vay", ("Số lần", "Đồng")),
    ("Cam kết", ("Đã thực hiện", "Chưa đến hạn", "Quá hạn")),
)
_Table = tuple[Sequence[Head], Sequence[Any], dict[str, Any]]
_NOTES = (
    "Cột 1 đến 4: theo đơn vị đỡ đầu chính vào ngày báo cáo. Cột 5 đến 7: theo đơn vị đỡ đầu chính"
    " sau cùng trong kỳ. Cột 8 đến 14: theo tổ chức đã làm.",
    "Vốn vay không cộng với tặng, giúp. Hộ được thăm: do bất kỳ ai thăm trong kỳ.",
)


def as_bytes(report: CommuneFigures, faces: Faces, issuer: Issuer, made: Made) -> bytes:
    """The report and its annexes as one file; the same gives the same bytes."""
    out = io.BytesIO()
    about = _ABOUT.format(year=report.day.year)
    paper = Paper(out, faces, title=f"Báo cáo {about[0].lower()}{about[1:]}")
    foot = page.foot(f"{about}. {report.name}. Số liệu ngày {show_date(report.day)}", made)
    paper.begin(foot, A4, mark="Báo cáo")
    _body(paper, report, issuer, about)
    _annex(paper, foot, report, 1, f"{about} theo tổ chức", _by_organisation(report))
    kinds = _by_kind(report)
    _annex(paper, foot, report, 2, f"Hỗ trợ theo tổ chức và hình thức năm {report.day.year}", kinds)
    paper.save()
    return out.getvalue()


# --- The report ----------------------------------------------------------------------------------


def _body(paper: Paper, report: CommuneFigures, issuer: Issuer, about: str) -> None:
    faces = paper.faces
    paper.put(letterhead(faces, A4.room, issuer, sign=_SIGN, year=report.day.year))
    paper.put(title(faces, "Báo cáo", about))
    paper.put([_said(faces, text) for text in _opening(report, issuer)])
    for place, part in zip(_ROMAN, parts(report), strict=True):
        paper.keep(30)
        heading = f"{place}. {part.heading.upper()}"
        paper.put([line(faces, heading, face="bold", size=13, before=1, after=2)])
        paper.put(
            _said(faces, f"{count}. {plain(sentence)}")
            for count, sentence in enumerate(part.sentences, 1)
        )
        if not part.sentences:
            paper.put([*(to_write(A4.room) for _line in range(_HAND_LINES)), gap(4)])
    paper.keep(_CLOSE)
    signer = Signer(("TM. Ủy ban nhân dân", "Chủ tịch"))
    paper.put([_said(faces, "Trên đây là báo cáo kết quả thực hiện chương trình, gửi"
                            f" {_to(issuer)} tổng hợp./.")])  # fmt: skip
    paper.put([gap(4), closing(faces, A4.room, _receivers(issuer), signer)])


def _said(faces: Faces, text: str) -> Any:
    return line(faces, text, size=13, align=JUSTIFIED, indent=10, after=2)


def _opening(report: CommuneFigures, issuer: Issuer) -> Iterator[str]:
    yield (
        "Thực hiện Chương trình phối hợp thực hiện kế hoạch lĩnh vực Lao động - Thương binh và Xã"
        f" hội năm {report.day.year}, {issuer.body} báo cáo kết quả thực hiện phong trào “Đỡ đầu hộ"
        f" nghèo có địa chỉ” từ ngày {show_date(report.start)} đến ngày {show_date(report.day)} như"
        " sau (số liệu chi tiết tại các Phụ lục kèm theo):"
    )


def _to(issuer: Issuer) -> str:
    return issuer.above or "cấp trên"


def _receivers(issuer: Issuer) -> Sequence[str]:
    return (
        f"{_to(issuer)} (báo cáo);",
        "Đảng ủy, Thường trực HĐND xã;",
        "Ủy ban MTTQ và các đoàn thể xã;",
        "Lưu: VT.",
    )


# --- The annexes ---------------------------------------------------------------------------------


def _annex(
    paper: Paper, foot: page.Foot, report: CommuneFigures, place: int, name: str, table: _Table
) -> None:
    faces, (heads, rows, options) = paper.faces, table
    form = page.format_for(grid.width(heads))
    paper.begin(foot, form, mark=f"Phụ lục {_ROMAN[place - 1]}")
    to = attached("Báo cáo", _SIGN, year=report.day.year)
    paper.put(caption(faces, Caption.PHU_LUC, place, name, to))
    of = f"{report.name}. Từ ngày {show_date(report.start)} đến ngày {show_date(report.day)}."
    paper.put([line(faces, of, face="italic", size=12, align=CENTRE), gap(3)])
    if rows:
        wide = grid.stretched(heads, form.room)
        paper.put([grid.grid(faces, wide, rows, size=_SIZE, total=True, **options), gap(2)])
    else:
        paper.put([line(faces, "Không có trong kỳ.", face="italic", align=CENTRE)])
    notes = _NOTES if place == 1 else _NOTES[1:]
    paper.put(line(faces, text, face="italic", size=10, after=0.5) for text in notes if rows)


def _by_organisation(report: CommuneFigures) -> _Table:
    heads = [Head("STT", 9, CENTRE), Head("Tổ chức", 44)]
    for over, under in _COLUMNS:
        leaves = [Head(one, 25 if one == "Đồng" else 14.5, RIGHT if one == "Đồng" else CENTRE)
                  for one in under]  # fmt: skip
        heads.append(Head(over, under=tuple(leaves)))
    rows = [_row(place, one) for place, one in enumerate(report.lines, 1)]
    rows[-1][0] = ""
    numbers = ["A", "B", *map(str, range(1, len(LED) + len(ACTS) + 1))]
    return heads, rows, {"numbers": numbers}


def _row(place: int, one: Line) -> list[str]:
    return [str(place), one.name, *(show_number(one.counts[key]) for key in (*LED, *ACTS))]


def _by_kind(report: CommuneFigures) -> _Table:
    heads = (
        Head("STT", 10, CENTRE),
        Head("Hình thức", 60),
        Head("Tặng, giúp", under=(Head("Số lần", 16, CENTRE), Head("Đồng", 28, RIGHT))),
        Head("Cho vay", under=(Head("Số lần", 16, CENTRE), Head("Đồng", 28, RIGHT))),
    )
    rows: list[Any] = []
    place = 0
    for name, kinds in report.kinds:
        rows.append(Band(name))
        for kind in kinds:
            place += 1
            told = [show_number(kind.times), show_number(kind.value)]
            rows.append([str(place), kind.name, *(["", ""] if kind.is_loan else []), *told,
                         *([] if kind.is_loan else ["", ""])])  # fmt: skip
    if rows:
        keys = ("gifts", "gift_value", "loans", "loan_value")
        rows.append(["", "Tổng cộng", *(show_number(report.done.counts[key]) for key in keys)])
    return heads, rows, {"numbers": ["A", "B", "1", "2", "3", "4"]}
