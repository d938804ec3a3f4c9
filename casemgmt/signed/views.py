"""Pages of signed tables: prepare, sign, look at what was signed."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.audit.models import What
from casemgmt.signed import actions, queries
from casemgmt.signed.content import Frozen
from casemgmt.signed.drift_views import moved
from casemgmt.signed.forms import PrepareForm, SignForm, WithdrawForm
from casemgmt.signed.models import PreparedTable, Signature, SignedTable
from casemgmt.tables import layout, screen
from casemgmt.tables.definitions import NAMES, table_named
from casemgmt.tables.figures import Figures, figures
from casemgmt.tables.forms import TableForm, query_of
from casemgmt.tables.suppression import Hidden, for_outsiders
from casemgmt.web.asking import as_of, can, me, needs, note
from casemgmt.web.database import session
from casemgmt.web.downloads import disposition, site_address
from casemgmt.web.going import go
from casemgmt.web.guessing import slowed
from casemgmt.web.numbers import row_number
from casemgmt.words import _

bp = Blueprint("signed", __name__, url_prefix="/signed")


@bp.get("")
@needs(Act.SEE_FIGURES)
def index() -> ResponseReturnValue:
    """What waits to be signed, and what has been signed."""
    return render_template(
        "signed/index.html",
        waiting=session().scalars(queries.waiting()).all(),
        signed=session().scalars(queries.signed_tables()).all(),
        title=_title,
    )


def _title(told: PreparedTable | SignedTable) -> str:
    return table_named(told.table_name).title


# --- Prepare -------------------------------------------------------------------------------------


@bp.route("/prepare/<name>", methods=["GET", "POST"])
@needs(Act.PREPARE_TABLE)
def prepare(name: str) -> ResponseReturnValue:
    """Prepare the table that the address asks for; `?supersedes=` names a signed one."""
    if name not in NAMES:
        abort(404)
    asking = TableForm.of(table_named(name), as_of())
    if not asking.validate():
        abort(400, _("Địa chỉ này không nói rõ bảng nào."))
    wanted, old = asking.wanted(), _superseded()
    form = PrepareForm(obj=old)
    if form.sent():
        with form.showing_rules():
            told = actions.prepare(
                session(),
                me(),
                wanted,
                stage=form.stage.data,
                number=form.number.data,
                supersedes=old,
                why=form.why.data,
            )
            return go(f"/signed/prepared/{told.id}", _("Đã lập bảng, chờ người khác ký."))
    found = figures(session().connection(), wanted)
    return render_template("signed/prepare.html", form=form, old=old, **_sheet(found))


def _superseded() -> SignedTable | None:
    number = row_number(request.args.get("supersedes", ""))
    return session().get(SignedTable, number) if number else None


def _sheet(found: Figures) -> dict[str, Any]:
    """The cells of a table as a page shows them."""
    return {
        "title": _(found.asked.table.title),
        "place": layout.place(found),
        "days": layout.days(found),
        "headings": screen.headings(found),
        "lines": screen.lines(found),
        "query": query_of(found.asked),
        "name": found.asked.table.key,
    }


@bp.route("/prepared/<int:number>", methods=["GET", "POST"])
@needs(Act.SIGN_TABLE)
def prepared(number: int) -> ResponseReturnValue:
    """A prepared table: look at it, and sign it."""
    told, form = _prepared(number), SignForm()
    if form.sent():
        with form.showing_rules(), slowed(me().name):
            signed = actions.sign(
                session(), told, me(), password=form.password.data or "", site=site_address()
            )
            return go(f"/signed/{signed.id}", _("Đã ký. Bảng này không đổi được nữa."))
    return _prepared_page(told, form=form)


@bp.route("/prepared/<int:number>/withdraw", methods=["GET", "POST"])
@needs(Act.PREPARE_TABLE)
def withdraw(number: int) -> ResponseReturnValue:
    """Whoever prepared a table takes it back."""
    told, form = _prepared(number), WithdrawForm()
    if told.prepared_by != me().name:
        abort(403, _("Chỉ người lập bảng được rút lại."))
    if form.sent():
        with form.showing_rules():
            actions.withdraw(session(), told, reason=form.reason.data or "")
            return go("/signed", _("Đã rút bảng."))
    return _prepared_page(told, leaving=form)


def _prepared_page(
    told: PreparedTable, *, form: SignForm | None = None, leaving: WithdrawForm | None = None
) -> str:
    wanted = actions.wanted_of(session(), told)
    return render_template(
        "signed/prepared.html",
        told=told,
        form=form or SignForm(None),
        leaving=leaving or WithdrawForm(None),
        **_sheet(Frozen.read(told.content).figures(wanted)),
    )


def _prepared(number: int) -> PreparedTable:
    told = session().get(PreparedTable, number)
    if told is None or told.withdrawn_at is not None:
        abort(404)
    return told


# --- What was signed -----------------------------------------------------------------------------


@bp.get("/<int:number>")
@needs(Act.SEE_FIGURES)
def show(number: int) -> ResponseReturnValue:
    """A signed table as it was signed, its signatures, and what has moved since."""
    return _signed_page(_signed(number), SignForm())


@bp.route("/<int:number>/countersign", methods=["GET", "POST"])
@needs(Act.SIGN_TABLE)
def countersign(number: int) -> ResponseReturnValue:
    """The reviewing level signs what a commune has signed."""
    signed, form = _signed(number), SignForm()
    if form.sent():
        with form.showing_rules(), slowed(me().name):
            actions.countersign(
                session(), signed, me(), password=form.password.data or "", site=site_address()
            )
            return go(f"/signed/{number}", _("Đã ký."))
    return _signed_page(signed, form)


def _signed_page(signed: SignedTable, form: SignForm) -> str:
    older, found = signed.supersedes_id, _as_signed(signed)
    return render_template(
        "signed/show.html",
        signed=signed,
        newer=session().scalar(queries.superseded_by(signed)),
        older=session().get(SignedTable, older) if older else None,
        form=form,
        moved=moved(signed) if can(Act.SEE_HOUSEHOLDS) else None,
        whole=not _hides(found),
        **_sheet(found),
    )


def _as_signed(signed: SignedTable) -> Figures:
    """The figures, small counts of villages hidden from whoever may see no household."""
    found = Frozen.read(signed.content).figures(actions.wanted_of(session(), signed))
    return found if can(Act.SEE_HOUSEHOLDS) else for_outsiders(found)


def _hides(found: Figures) -> bool:
    """Whether some cells are hidden from the one who asks, who then gets no paper either."""
    return any(isinstance(value, Hidden) for row in found.rows for value in row.cells.values())


def _signed(number: int) -> SignedTable:
    signed = session().get(SignedTable, number)
    if signed is None:
        abort(404)
    return signed


@bp.get("/<int:number>.pdf")
@needs(Act.EXPORT_FIGURES)
def paper(number: int) -> ResponseReturnValue:
    """The paper as it was printed with its newest signature, or with that of `?place=`."""
    signed = _signed(number)
    if _hides(_as_signed(signed)):
        abort(403, _("Bản giấy có số nhỏ của từng thôn, nên không tải được ở đây."))
    place = request.args.get("place", "")
    chosen = [one for one in signed.signatures if not place or str(one.place) == place]
    if not chosen:
        abort(404)
    return _stored(signed, chosen[-1])


def _stored(signed: SignedTable, signature: Signature) -> Response:
    key = {"id": signed.id, "place": signature.place, "hash": signature.document_hash}
    note(What.EXPORTED, "signed_table", key)
    response = Response(signature.document, content_type="application/pdf")
    name = f"{signed.table_name} đã ký {signed.as_of.isoformat()} bản {signed.version}.pdf"
    response.headers["Content-Disposition"] = disposition(name)
    return response
