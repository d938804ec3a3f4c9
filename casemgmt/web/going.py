"""Where a person goes after an act, and what happens when two people edit one thing."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, SelectField, SelectMultipleField

from casemgmt.web.asking import spoil
from casemgmt.web.forms import Form


def go(address: str, said: str) -> Response:
    """To a page, on which a line says what was done."""
    flash(said, "good")
    return redirect(address, 303)


def outdated(sent: str | None, stands: int) -> bool:
    """Whether a form was made from an older version of its row."""
    return sent != str(stands)


def both_versions(mine: Form, stored: Form, *, what: str, back: str) -> ResponseReturnValue:
    """409: somebody has changed the row since the form was made. Both versions are shown, field by
    field where they differ; `mine` can be sent again over what is stored now, or dropped."""
    spoil()
    differences = [
        (field.label.text, shown(field), shown(theirs))
        for field in mine.visible()
        if (theirs := stored._fields.get(field.name)) is not None and shown(field) != shown(theirs)
    ]
    kept = [
        (field.name, value)
        for field in mine.visible()
        for value in (field.raw_data or [])
        if isinstance(value, str)
    ]
    page = render_template(
        "errors/both_versions.html",
        what=what,
        differences=differences,
        kept=kept,
        version=stored._fields["version"].data,
        back=back,
    )
    return page, 409


def shown(field: Field) -> str:
    """An answer as a person reads it."""
    if isinstance(field, BooleanField):
        return "có" if field.data else "không"
    if isinstance(field, (SelectField, SelectMultipleField)):
        return ", ".join(str(label) for _, label, chosen, _ in field.iter_choices() if chosen)
    return str(field._value())  # type: ignore[attr-defined]  # every text field has it
