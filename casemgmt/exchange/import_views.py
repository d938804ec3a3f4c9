"""Nhập Excel: a file is sent, looked at, applied as a whole, and can be taken back."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casemgmt.access.policy import Act
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.exchange import apart, batches, layout, list_choices, previewing, trying, undoing
from casemgmt.exchange.batch_models import ImportBatch, Stage
from casemgmt.exchange.batches import Fate, Judged
from casemgmt.exchange.blank_form import blank_form
from casemgmt.exchange.bounds import Bounds
from casemgmt.exchange.import_forms import ApplyForm, ListForm, PlainForm, SendForm, UndoForm
from casemgmt.exchange.listing import ListMapping, Recognised, Target
from casemgmt.exchange.returning import with_faults
from casemgmt.exchange.scanning import Unreadable
from casemgmt.exchange.sheets import WORKBOOK
from casemgmt.places.models import Unit
from casemgmt.register.models import Class
from casemgmt.signed.drift_views import SEEN, Cell, in_words, stop_drift
from casemgmt.signed.watching import drifting
from casemgmt.web.asking import (
    afterwards,
    can,
    given,
    lens_to_write,
    me,
    needs,
    one_or_404,
    today,
)
from casemgmt.web.cleaning import takes_files
from casemgmt.web.database import session
from casemgmt.web.downloads import download
from casemgmt.web.going import go
from casemgmt.web.paging import page_of, page_of_list
from casemgmt.words import _

bp = Blueprint("imports", __name__)
_WARNINGS = "warnings"
_CELLS = 30  # signed cells that a preview names


def _unit() -> Unit:
    return given(me().unit)


def _bounds() -> Bounds:
    return Bounds(session(), lens_to_write(), can(Act.RECLASSIFY))


def _batch(number: int) -> ImportBatch:
    """A file that the unit of the one who asks has sent; else 404."""
    return one_or_404(batches.batches_of(_unit().id).where(ImportBatch.id == number))


# --- Sending ------------------------------------------------------------------------------------


@bp.route("/import", methods=["GET", "POST"])
@needs(Act.IMPORT_REGISTER)
@takes_files
def index() -> ResponseReturnValue:
    """Send a file; the files that the unit has sent."""
    form = SendForm()
    if form.sent():
        with form.showing_rules():
            sent = request.files["file"]
            _may_write()
            batch = batches.send_file(
                session(), _unit(), name=sent.filename or "", content=sent.read()
            )
            return go(url_for(".show", number=batch.id, as_of=None), _("Đã nhận tệp."))
    page = page_of(session(), batches.batches_of(_unit().id))
    return render_template("exchange/index.html", form=form, page=page)


def _may_write() -> None:
    if not lens_to_write().villages:
        raise RuleBroken(_("Đơn vị của bạn hiện không có thôn nào: không nhập được."))


@bp.get("/import/template.xlsx")
@needs(Act.IMPORT_REGISTER)
def template() -> ResponseReturnValue:
    """The workbook to fill in."""
    content = blank_form(session(), _unit(), today())
    return download(content, "mau-nhap.xlsx", subject="import_template", key={})


# --- Looking ------------------------------------------------------------------------------------


@bp.get("/import/<int:number>")
@needs(Act.IMPORT_REGISTER)
def show(number: int) -> ResponseReturnValue:
    """What a file would do, or did."""
    batch = _batch(number)
    if batch.stage is not Stage.WAITING:
        return render_template("exchange/done.html", batch=batch, why=batch.refusal)
    try:
        reading = _reading(batch)
        judged = batches.judged(session(), batch, _bounds(), reading)
    except Unreadable as wrong:
        return render_template("exchange/done.html", batch=batch, why=_(str(wrong)))
    except apart.Busy as busy:
        return render_template("exchange/done.html", batch=batch, why=_(str(busy))), 503
    drifting = trying.would_drift(session(), batch, _bounds(), judged, reading)
    return _preview(batch, judged, ApplyForm(None), in_words(drifting))


def _reading(batch: ImportBatch) -> str:
    """The cells of a file; read apart the first time, and then kept. Raises Unreadable."""
    if batch.reading is not None:
        return batch.reading
    try:
        reading = apart.read_apart(batch.content or b"")
    except Unreadable as wrong:
        why = str(wrong)
        _later(batch.id, lambda short, kept: batches.refuse(short, kept, why))
        raise
    _later(batch.id, lambda short, kept: batches.keep_reading(short, kept, reading))
    return reading


def _later(number: int, write: batches.Write) -> None:
    actor = me().name

    def after(short: Session) -> None:
        trail.act_as(short, actor=actor, act=Act.IMPORT_REGISTER)
        if (kept := short.get(ImportBatch, number)) is not None:
            write(short, kept)

    afterwards(after)


def _preview(
    batch: ImportBatch, judged: Judged, form: ApplyForm, drifting: Sequence[Cell] = ()
) -> ResponseReturnValue:
    counts, warnings = judged.count(), judged.report.warnings
    shown = request.args.get("show", "")
    if shown not in {*Fate, _WARNINGS}:
        shown = next((fate for fate in (Fate.FAULTY, Fate.CHANGED, Fate.NEW) if counts[fate]), "")
    remarks = judged.report.errors if shown == Fate.FAULTY else warnings
    listed = shown in (Fate.FAULTY, _WARNINGS)
    rows = remarks if listed else previewing.lines(judged, Fate(shown)) if shown else []
    form.seen.data = judged.seen()
    return render_template(
        "exchange/preview.html",
        batch=batch,
        form=form,
        judged=judged,
        counts=counts,
        shown=shown,
        listed=listed,
        page=page_of_list(rows),
        Fate=Fate,
        drifting=drifting,
        most=_CELLS,
    )


@bp.get("/import/<int:number>/faults.xlsx")
@needs(Act.IMPORT_REGISTER)
def faults(number: int) -> ResponseReturnValue:
    """The same file back, with what is wrong in a column of its own."""
    batch = _batch(number)
    if batch.stage is not Stage.WAITING:
        return _back(batch)
    try:
        judged = batches.judged(session(), batch, _bounds(), _reading(batch))
    except (Unreadable, apart.Busy):
        return _back(batch)
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    content = with_faults(judged)
    return download(content, f"{stem} - loi.xlsx", subject="import_batch", key={"id": batch.id})


def _back(batch: ImportBatch) -> ResponseReturnValue:
    return go(url_for(".show", number=batch.id), _("Tệp này {stage}.", stage=batch.stage.label))


# --- Laying out ---------------------------------------------------------------------------------


@bp.route("/import/<int:number>/columns", methods=["GET", "POST"])
@needs(Act.IMPORT_REGISTER)
def columns(number: int) -> ResponseReturnValue:
    """Which sheet and column of a file is which."""
    batch = _batch(number)
    if batch.stage is not Stage.WAITING or batch.reading is None:
        return _back(batch)
    sheets = apart.cells(batch.reading)
    if (found := list_choices.recognised(sheets, batch.layout)) is not None:
        return _list_columns(batch, found)
    parts = batches.laid_out(session(), batch, sheets)
    form = PlainForm()
    if form.sent():
        with form.showing_rules():
            again = _say_sheets(parts)
            batches.lay_out(session(), batch, parts)
            if again:
                said = _("Đã đổi trang. Hãy xem lại các cột của trang đó.")
                return go(url_for(".columns", number=number), said)
            return go(url_for(".show", number=number), _("Đã ghi cách đọc tệp này."))
    return render_template(
        "exchange/columns.html", batch=batch, form=form, parts=parts, sheets=WORKBOOK
    )


def _list_columns(batch: ImportBatch, found: Recognised) -> ResponseReturnValue:
    """The same for the lists that communes keep."""
    chosen, form = list_choices.choice(session(), batch, found), ListForm()
    if not form.is_submitted():
        form.day.data = chosen.day
    if form.sent():
        with form.showing_rules():
            chosen.day = given(form.day.data)
            _say_lists(found, chosen.mapping)
            batches.lay_out_list(session(), batch, found, chosen)
            return go(url_for(".show", number=batch.id), _("Đã ghi cách đọc tệp này."))
    return render_template(
        "exchange/list_columns.html",
        batch=batch,
        form=form,
        found=found,
        mapping=chosen.mapping,
        targets=Target,
        classes=[word for word in Class if word is not Class.NONE],
    )


def _say_lists(found: Recognised, mapping: ListMapping) -> None:
    for number, sheet in enumerate(found.sheets):
        own = mapping.sheets[sheet.name]
        own.used = f"used-{number}" in request.form
        word = request.form.get(f"class-{number}", "")
        own.class_ = Class(word) if word in set(Class) else None
        for column in sheet.columns:
            key = request.form.get(f"column-{number}-{column.index}", "")
            own.columns[column.index] = Target(key) if key in set(Target) else None


def _say_sheets(parts: list[layout.Part]) -> bool:
    """Take over what the form says; whether a sheet is now another one, so that its columns are
    to be looked at again."""
    known = {sheet.name: sheet for sheet in WORKBOOK}
    again = False
    for number, part in enumerate(parts):
        sheet = known.get(request.form.get(f"sheet-{number}", ""))
        if sheet is not part.sheet:
            layout.read_as(part, sheet)
            again = again or sheet is not None
        elif sheet is not None:
            part.keys = _said_columns(part, number)
    return again


def _said_columns(part: layout.Part, number: int) -> dict[int, str]:
    known = {column.key: column.header for column in given(part.sheet).columns}
    found: dict[int, str] = {}
    for place in part.titles:
        key = request.form.get(f"column-{number}-{place}", "")
        if key in found.values():
            raise RuleBroken(
                _("Trang “{sheet}”: hai cột cùng là “{column}”.",
                  sheet=part.name, column=known[key])
            )  # fmt: skip
        if key in known:
            found[place] = key
    return found


# --- Acts ---------------------------------------------------------------------------------------


@bp.post("/import/<int:number>/apply")
@needs(Act.IMPORT_REGISTER)
def apply(number: int) -> ResponseReturnValue:
    """Bring the whole file into the register."""
    batch, form = _batch(number), ApplyForm()
    if form.sent():
        with form.showing_rules():
            batches.apply(session(), batch, _bounds(), seen=form.seen.data or "")
            said = _(
                "Đã nhập: thêm {added}, sửa {changed}.", added=batch.added, changed=batch.changed
            )
            return go(url_for(".show", number=number), said)
    batch = _batch(number)
    if batch.stage is not Stage.WAITING or batch.reading is None:
        return render_template("exchange/done.html", batch=batch, why=batch.refusal), 409
    return _preview(batch, batches.judged(session(), batch, _bounds(), batch.reading), form)


@bp.post("/import/<int:number>/drop")
@needs(Act.IMPORT_REGISTER)
def drop(number: int) -> ResponseReturnValue:
    """Put a file away that is not to be imported."""
    batch, form = _batch(number), PlainForm()
    if form.sent():
        with form.showing_rules():
            batches.drop(session(), batch)
            return go(url_for(".index"), _("Đã bỏ tệp. Sổ không thay đổi."))
    return _back(_batch(number))


@bp.route("/import/<int:number>/undo", methods=["GET", "POST"])
@needs(Act.IMPORT_REGISTER)
def undo(number: int) -> ResponseReturnValue:
    """Take a batch back, whole; where that would make signed cells drift, when sent knowingly."""
    batch, form = _batch(number), UndoForm()
    if batch.stage is not Stage.APPLIED and not form.is_submitted():
        return _back(batch)
    if form.sent():
        with form.showing_rules():
            codes = undoing.undo(session(), batch, reason=form.reason.data or "")
            if not request.form.get(SEEN):  # of whatever day: what a batch did is not kept by days
                stop_drift(drifting(session(), dict.fromkeys(codes, date.min), codes))
            return go(url_for(".show", number=number), _("Đã hoàn tác: sổ như trước khi nhập."))
    return render_template("exchange/undo.html", batch=_batch(number), form=form)
