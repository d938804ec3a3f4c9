"""Where a person goes after an act, and what happens when two people edit one thing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import inspect
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, SelectField, SelectMultipleField

from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.audit.queries import key_of, last_saved
from casemgmt.web.asking import note, spoil
from casemgmt.web.database import session
from casemgmt.web.forms import Form, answers
from casemgmt.words import _

_NOT_STORED = "reason"  # why something is changed is said anew each time


def go(address: str, said: str) -> Response:
    """To a page, on which a line says what was done."""
    flash(said, "good")
    return redirect(address, 303)


def outdated(sent: str | None, stands: int) -> bool:
    """Whether a form was made from an older version of its row."""
    return sent != str(stands)


def stale(mine: Form, stored: Form) -> bool:
    """Whether what a form was made from has changed since: for rows that count no versions.
    `stored` is the form as it would be shown now."""
    return (
        mine.is_submitted() and mine._fields["version"].base != stored._fields["version"].prints()
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that is not the same in both versions: as each is read, what a browser sends for
    each, and whether it is the stored one that was changed meanwhile. `ticks`: where several can
    be chosen, those that stand in one version alone (value, label, in mine, in theirs)."""

    name: str
    label: str
    mine: str
    theirs: str
    my_value: str
    their_value: str
    they_changed: bool
    ticks: Sequence[tuple[str, str, bool, bool]]


def both_versions(
    mine: Form, stored: Form, *, what: str, back: str, row: Any = None
) -> ResponseReturnValue:
    """409: somebody has changed the row since the form was made. Both versions are shown, field by
    field where they differ, with who saved the stored one and when; of each one is chosen, and the
    choice can be sent. What was sent is written down, whichever is kept."""
    spoil()
    differences = list(_differences(mine, stored))
    if row is not None and differences:
        _write_down(row, differences)
    page = render_template(
        "errors/both_versions.html",
        what=what,
        differences=differences,
        kept=list(_kept(mine, {found.name: found for found in differences})),
        version=stored._fields["version"]._value(),
        saved=session().execute(last_saved(row)).first() if row is not None else None,
        back=back,
    )
    return page, 409


def _differences(mine: Form, stored: Form) -> Iterator[Difference]:
    base, prints = mine._fields["version"].base, stored._fields["version"].prints()
    for field in mine.visible():
        theirs = stored._fields.get(field.name)
        if theirs is None or _said_anew(theirs) or answers(field) == answers(theirs):
            continue
        yield Difference(
            name=field.name,
            label=field.label.text,
            mine=shown(field),
            theirs=shown(theirs),
            my_value="".join(answers(field)),
            their_value="".join(answers(theirs)),
            they_changed=base.get(field.name) != prints[field.name],
            ticks=list(_ticks(field, theirs)),
        )


def _said_anew(stored: Field) -> bool:
    return stored.name == _NOT_STORED and not any(answers(stored))


def _ticks(mine: Field, theirs: Field) -> Iterator[tuple[str, str, bool, bool]]:
    if not isinstance(mine, SelectMultipleField):
        return
    ours, others = set(answers(mine)), set(answers(theirs))
    for value, label, _chosen, _attributes in mine.iter_choices():
        if (value in ours) != (value in others):
            yield value, str(label), value in ours, value in others


def _kept(mine: Form, differences: dict[str, Difference]) -> Iterator[tuple[str, str]]:
    """What is sent along unchanged: answers that are the same in both, or that only the form has;
    of several that can be chosen, those of both."""
    for field in mine:
        if field.name in ("version", "once", "csrf_token"):
            continue
        apart = differences.get(field.name)
        if apart is None:
            yield from ((field.name, raw) for raw in field.raw_data or () if isinstance(raw, str))
        elif apart.ticks:
            single = {value for value, _, _, _ in apart.ticks}
            yield from ((field.name, value) for value in answers(field) if value not in single)


def _write_down(row: Any, differences: Sequence[Difference]) -> None:
    columns = inspect(type(row)).columns
    changes = {}
    for found in differences:
        column = columns.get(found.name)
        secret = column is not None and column.info.get("secret")
        both = [trail.HIDDEN] * 2 if secret else [found.theirs, found.mine]
        changes[found.name] = both
    note(What.REFUSED, row.__tablename__, key_of(row), trail.household_of(row), changes)


def shown(field: Field) -> str:
    """An answer as a person reads it."""
    if isinstance(field, BooleanField):
        return _("có") if field.data else _("không")
    if isinstance(field, (SelectField, SelectMultipleField)):
        return ", ".join(
            _(str(label)) for _value, label, chosen, _a in field.iter_choices() if chosen
        )
    return answers(field)[0]
