"""A printed table that was sent to be held against the records, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casemgmt.tables import accepting, layout, units
from casemgmt.tables.declared import Declared, decoded, read
from casemgmt.tables.definitions import Table
from casemgmt.tables.forms import ReconcileForm
from casemgmt.tables.models import AcceptedFinding
from casemgmt.tables.reconcile import Finding, reconcile
from casemgmt.web.asking import me, today
from casemgmt.web.database import session


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted finding with the names of its cell; `ours`: it is the matter of whoever asks."""

    one: AcceptedFinding
    unit: str
    column: str
    ours: bool


def held(table: Table, form: ReconcileForm) -> Sequence[Finding]:
    """What is wrong in the table that was sent as a CSV of keys. Raises RuleBroken."""
    data = form.declared()
    return held_against(form, read(data, table), decoded(data))


def held_against(form: ReconcileForm, declared: Declared, text: str) -> Sequence[Finding]:
    """What is wrong in a printed table; `text`: the same as a CSV of keys, with which the page can
    ask again. Raises RuleBroken."""
    findings = reconcile(session().connection(), declared, form.wanted())
    form.text.data, form.text.raw_data = text, None
    return findings


def beside(table: Table, form: ReconcileForm, found: Sequence[Finding] | None) -> dict[str, Any]:
    """What the page of a reconciliation shows: the findings that stand, each with the key of its
    cell, and those accepted on this table."""
    day = form.as_of.data or today()
    query = accepting.accepted(form.wanted()) if form.as_of.data else None
    accepted = session().scalars(query).all() if query is not None else ()
    known = accepting.keys(accepted)
    standing = None
    if found is not None:
        wanted = form.wanted()
        keyed = [(accepting.key_of(one, wanted), one) for one in found]
        standing = [("|".join(key), one) for key, one in keyed if key not in known]
    return {
        "table_": table,
        "form": form,
        "units": units.offered(today()),
        "findings": standing,
        "accepted": [_named(table, one, day) for one in accepted],
    }


def _named(table: Table, one: AcceptedFinding, day: date) -> Accepted:
    known = {column.key for column in table.columns}
    column = layout.column_name(table.columns, one.column) if one.column in known else layout.UNIT
    name = units.row_names(day).get(one.row, one.row)
    return Accepted(one, name, column, accepting.ours(session(), me(), one.unit_id))
