"""Báo cáo kết quả thực hiện Chương trình đỡ đầu hộ nghèo có địa chỉ: what a commune reports to the
level above before 15/11, as sentences whose figures lead to their households. The page and the
paper are made of the same sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter
from urllib.parse import urlencode

from casemgmt.papers.commune_figures import NO_LEAD, SOME_LEAD, TITLES, CommuneFigures
from casemgmt.tables import layout
from casemgmt.tables.definitions import RESIDENTS
from casemgmt.tables.figures import Cell
from casemgmt.tables.forms import query_of
from casemgmt.typed import show_date, show_number
from casemgmt.words import _


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a sentence, and the address of its households ("": none)."""

    text: str
    url: str = ""


Sentence = Sequence[str | Figure]


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part of the report. Without sentences it is left to be written by hand."""

    heading: str
    sentences: Sequence[Sentence] = ()


def parts(report: CommuneFigures) -> list[Part]:
    """The report, part by part."""
    return [
        Part(_("Tình hình hộ nghèo, hộ cận nghèo"), list(_standing(report))),
        Part(_("Kết quả đỡ đầu"), list(_sponsoring(report))),
        Part(_("Kết quả thoát nghèo"), list(_exits(report))),
        Part(_("Khó khăn, vướng mắc")),
        Part(_("Kiến nghị, nhiệm vụ thời gian tới")),
    ]


def plain(sentence: Sentence) -> str:
    """A sentence as text."""
    return "".join(part if isinstance(part, str) else part.text for part in sentence)


def address(report: CommuneFigures, key: str = "", organisation: str = "") -> str:
    """The report again, or the households behind a figure of it, on the same day."""
    said = {"unit": report.commune.code, "as_of": show_date(report.day)}
    if organisation:
        said["organisation"] = organisation
    return f"/commune-report{'/' if key else ''}{key}?{urlencode(said)}"


def _told(pattern: str, **figures: Figure) -> Sentence:
    """A sentence; `{name}` in it stands for the figure of that name."""
    found: list[str | Figure] = []
    for text, name, _format, _conversion in Formatter().parse(pattern):
        if text:
            found.append(text)
        if name:
            found.append(figures[name])
    return found


def _cell(report: CommuneFigures, table: str, column: str) -> Figure:
    """A counted cell of a table, which its page explains."""
    url = f"/tables/{table}/cells/{report.commune.code}/{column}?{query_of(report.table(table))}"
    return Figure(layout.shown(report.cells[table].get(column)), url)


def _declared(value: Cell) -> Figure:
    return Figure(layout.shown(value))


def _homes(report: CommuneFigures, key: str) -> Figure:
    """How many households one key of TITLES has."""
    return Figure(show_number(len(report.behind(key))), address(report, key))


def _count(report: CommuneFigures, key: str, behind: str = "") -> Figure:
    """How often something was done, or its value in đồng."""
    url = address(report, behind) if behind in TITLES else ""
    return Figure(show_number(report.done.counts[key]), url)


def _standing(report: CommuneFigures) -> Iterator[Sentence]:
    cells = report.cells["bieu-2"]
    yield _told(
        _(
            "Đầu năm (ngày {day}), toàn {place} có {poor} hộ nghèo và {near} hộ cận nghèo"
            " (theo địa giới hiện nay)."
        ),
        day=Figure(show_date(report.opening)),
        place=Figure(report.name[0].lower() + report.name[1:]),
        poor=_cell(report, "dien-bien", "opening"),
        near=_cell(report, "dien-bien-can-ngheo", "opening"),
    )
    yield _told(
        _(
            "Đến ngày {day}, có {poor} hộ nghèo, trong đó {minority} hộ dân tộc thiểu số,"
            " {unable} hộ bảo trợ xã hội, {able} hộ có khả năng thoát nghèo; {near} hộ cận nghèo."
        ),
        day=Figure(show_date(report.day)),
        poor=_cell(report, "bieu-2", "poor"),
        minority=_cell(report, "bieu-2", "poor_ethnic_minority"),
        unable=_cell(report, "bieu-2", "poor_social_protection"),
        able=_cell(report, "bieu-2", "poor_able_to_exit"),
        near=_cell(report, "bieu-3-can-ngheo", "near_poor"),
    )
    if isinstance(rate := cells.get("poor_rate"), Decimal):
        yield _told(
            _("Tỷ lệ hộ nghèo là {rate}% trên {residents} hộ dân cư."),
            rate=_declared(rate),
            residents=_declared(cells[RESIDENTS]),
        )
    yield _told(
        _(
            "Trong kỳ có {near} hộ nghèo trở thành hộ cận nghèo, {above} hộ vượt chuẩn cận nghèo,"
            " {fallen} hộ cận nghèo trở thành hộ nghèo, {again} hộ tái nghèo, {new} hộ nghèo phát"
            " sinh mới; {less} hộ khác giảm, {more} hộ khác tăng."
        ),
        near=_cell(report, "dien-bien", "exit_to_near_poor"),
        above=_cell(report, "dien-bien", "exit_above_near_poor"),
        fallen=_cell(report, "dien-bien", "from_near_poor"),
        again=_cell(report, "dien-bien", "relapsed"),
        new=_cell(report, "dien-bien", "newly_poor"),
        less=_cell(report, "dien-bien", "other_decrease"),
        more=_cell(report, "dien-bien", "other_increase"),
    )


def _sponsoring(report: CommuneFigures) -> Iterator[Sentence]:
    counts = {line.code: line.counts for line in report.lines}
    led = counts[""]["poor"] - counts[NO_LEAD]["poor"]
    near = counts[""]["near_poor"] - counts[NO_LEAD]["near_poor"]
    yield _told(
        _(
            "Phân công đỡ đầu: {organisations} tổ chức nhận đỡ đầu chính {led} hộ nghèo và {near}"
            " hộ cận nghèo; còn {unled} hộ nghèo và {unled_near} hộ cận nghèo chưa có đơn vị đỡ"
            " đầu chính."
        ),
        organisations=Figure(show_number(_leading(report))),
        led=Figure(show_number(led), address(report, "poor", SOME_LEAD)),
        near=Figure(show_number(near), address(report, "near_poor", SOME_LEAD)),
        unled=Figure(show_number(counts[NO_LEAD]["poor"]), address(report, "poor", NO_LEAD)),
        unled_near=Figure(
            show_number(counts[NO_LEAD]["near_poor"]), address(report, "near_poor", NO_LEAD)
        ),
    )
    yield _told(
        _(
            "Thăm hộ: các tổ chức đã thăm {visits} lượt; {visited} hộ nghèo, cận nghèo được thăm"
            " trong kỳ, {unvisited} hộ chưa được thăm."
        ),
        visits=_count(report, "visits"),
        visited=_homes(report, "visited"),
        unvisited=_homes(report, "unvisited"),
    )
    yield _told(
        _(
            "Tặng, giúp: {gifts} lần cho {given} hộ, trị giá {gift_value} đồng. Cho vay: {loans}"
            " lần cho {lent} hộ, số tiền {loan_value} đồng (không cộng với tặng, giúp)."
        ),
        gifts=_count(report, "gifts", "given"),
        given=_homes(report, "given"),
        gift_value=_count(report, "gift_value", "given"),
        loans=_count(report, "loans", "lent"),
        lent=_homes(report, "lent"),
        loan_value=_count(report, "loan_value", "lent"),
    )
    yield _told(
        _(
            "Cam kết: {kept} cam kết đã thực hiện, {open} cam kết chưa đến hạn, {late} cam kết quá"
            " hạn chưa thực hiện."
        ),
        kept=_count(report, "kept", "kept"),
        open=_count(report, "open", "open"),
        late=_count(report, "late", "late"),
    )


def _leading(report: CommuneFigures) -> int:
    return sum(bool(line.counts["poor"] or line.counts["near_poor"]) for line in report.lines[:-2])


def _exits(report: CommuneFigures) -> Iterator[Sentence]:
    target = report.cells["thoat-ngheo"].get("exit_target")
    if target is None:
        yield [_("Năm nay chưa giao chỉ tiêu giảm hộ nghèo.")]
    else:
        yield _told(_("Chỉ tiêu giảm trong năm: {target} hộ nghèo."), target=_declared(target))
    yield _told(
        _(
            "Có {registered} hộ đăng ký thoát nghèo; qua rà soát đã đề nghị công nhận {proposed} hộ"
            " thoát nghèo, trong đó {decided} hộ đã có quyết định."
        ),
        registered=_homes(report, "registered"),
        proposed=_homes(report, "proposed"),
        decided=_homes(report, "decided"),
    )
