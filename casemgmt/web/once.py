"""A form counts once: each form that is shown carries a key of its own, and the act that it asks
for takes that key in its own transaction. Sent again — a double tap, the back button, another try
after the line broke — it does nothing, and leads to where the first one led.

An act that is refused or fails gives its key back with its transaction. A POST that wrote nothing
and only shows the next step takes none."""

import hashlib
import secrets
from datetime import timedelta

from flask import Flask, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, Signer
from markupsafe import Markup
from sqlalchemy import delete, event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from casemgmt import clock
from casemgmt.access.models import SentForm
from casemgmt.web.asking import SAFE, before_commit, page_behind, safe_target, shown_only
from casemgmt.web.database import session
from casemgmt.web.signing import signed_in
from casemgmt.words import N_, _

FIELD = "once"
KEPT = timedelta(days=7)
LONGEST = 200
_WROTE = "wrote"
_INPUT = Markup('<input type="hidden" name="once" value="{}" autocomplete="off">')
AGAIN = N_("Biểu mẫu này đã được ghi trước đó, không ghi lại lần nữa.")


def count(app: Flask) -> None:
    """Hook the rule onto the application, after its check of tokens."""
    app.before_request(_claim)
    app.jinja_env.globals["once"] = once


def new_key() -> str:
    """A fresh key for the form of the one who asks; it tells, signed, whose form it is. The page
    that carries it is not kept for another time."""
    g.made_once = True
    user = signed_in()
    name = f"{user.id if user else 0}.{secrets.token_urlsafe(12)}"
    return _signer().sign(name.encode()).decode()


def once() -> Markup:
    """The hidden field with a fresh key, for a form that is one button."""
    return hidden(new_key())


def hidden(key: str) -> Markup:
    """The hidden field of a key."""
    return _INPUT.format(key)


def typed_by(key: str) -> int | None:
    """The number of the account for which this site made a key; None where it did not."""
    try:
        name = _signer().unsign(key.encode("utf-8", "replace")).decode()
    except BadSignature:
        return None
    return int(name.partition(".")[0]) or None


def _signer() -> Signer:
    key = current_app.secret_key
    return Signer(key or b"", salt="once", digest_method=hashlib.sha256)


def _claim() -> ResponseReturnValue | None:
    key = request.form.get(FIELD, "") if request.method not in SAFE and request.endpoint else ""
    user = signed_in() if 0 < len(key) <= LONGEST and not shown_only() else None
    if user is None:
        return None
    claimed = hashlib.sha256(f"{user.id}:{key}".encode()).hexdigest()
    if _taken(session(), claimed, user.id):
        before_commit(lambda response: _close(claimed, response))
        return None
    flash(_(AGAIN), "wait")
    return redirect(_led_to(claimed), 303)


def _taken(session: Session, key: str, user_id: int) -> bool:
    """Whether the key was free and is now ours. Where the same form is being answered at this
    very moment, this waits for what becomes of it."""
    connection = session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    now = clock.now()
    connection.execute(delete(SentForm.__table__).where(SentForm.at < now - KEPT))
    row = insert(SentForm.__table__).values(key=key, user_id=user_id, at=now)
    ours = row.on_conflict_do_nothing().returning(SentForm.__table__.c.key)
    taken = connection.execute(ours).first() is not None
    session.info.pop(_WROTE, None)
    return taken


def _led_to(key: str) -> str:
    address = session().scalar(select(SentForm.led_to).where(SentForm.key == key))
    return safe_target(address) or page_behind() or "/"


def _close(key: str, response: Response) -> None:
    """Write down where the form led; a step on the way to an act gives its key back."""
    session().flush()
    table = SentForm.__table__
    if response.status_code < 300 and not session().info.get(_WROTE):
        session().connection().execute(delete(table).where(table.c.key == key))
        return
    address = (response.location or "")[:2001]
    led_to = address if len(address) <= 2000 else None
    session().connection().execute(
        update(table).where(table.c.key == key).values(led_to=safe_target(led_to))
    )


@event.listens_for(Session, "after_flush")
def _remember(session: Session, _context: object) -> None:
    session.info[_WROTE] = True
