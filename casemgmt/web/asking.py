"""A request asked of us: who asks, whether they may, as of which day — and what it leaves behind.

`needs` only tags a view; the hooks here enforce the tag, commit or roll back, and write down what
happened whatever came of it (refusals, exports, signing in)."""

from collections.abc import Callable, Hashable, Mapping
from contextlib import ExitStack
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import ServiceUnavailable

from casemgmt import clock, settings, typed
from casemgmt.access.models import User
from casemgmt.access.policy import Act, may
from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.db import reading
from casemgmt.places.queries import stands
from casemgmt.register.lens import Lens, lens_for
from casemgmt.web.cleaning import unwritable
from casemgmt.web.database import db, session
from casemgmt.web.keeping import Kept
from casemgmt.web.signing import first_of_all, moment, signed_in
from casemgmt.words import _

View = TypeVar("View", bound=Callable[..., Any])
Welcome = Callable[[], ResponseReturnValue | None]
T = TypeVar("T")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = "khách"
FORM_AGAIN = 422


# --- Tags ---------------------------------------------------------------------------------------


def needs(act: Act | None) -> Callable[[View], View]:
    """Tag a view with the act that it takes; None: a page that anyone may open."""

    def tag(view: View) -> View:
        vars(view)["needs"] = act
        return view

    return tag


def act_of(app: Flask, endpoint: str) -> Act | None:
    """The act that an endpoint is tagged with."""
    act: Act | None = vars(app.view_functions[endpoint])["needs"]
    return act


def require_tags(app: Flask) -> None:
    """Refuse to start with an address that says not who may open it."""
    untagged = sorted(
        {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if "needs" not in vars(app.view_functions[rule.endpoint])
        }
    )
    if untagged:
        raise RuntimeError(f"views without @needs: {', '.join(untagged)}")


def addresses(app: Flask) -> list[dict[str, Any]]:
    """Every address of the site: rule, endpoint, methods, and the act that it takes (None: open
    to anyone)."""
    return [
        {
            "rule": rule.rule,
            "endpoint": rule.endpoint,
            "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
            "act": act_of(app, rule.endpoint),
        }
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    ]


def enforce(app: Flask) -> None:
    """Hook the rules of this module onto the application. First of all hooks."""
    app.extensions["kept"] = Kept()
    app.extensions["welcome"] = ask_to_sign_in
    app.before_request(_ask)
    app.after_request(_settle)
    app.teardown_request(_end)
    app.url_defaults(_keep_day)


# --- Before -------------------------------------------------------------------------------------


def _ask() -> ResponseReturnValue | None:
    g.cookie_before = dict(cookie)
    g.until_settled = ExitStack()
    if request.method in SAFE:
        g.until_settled.enter_context(reading())
    if request.endpoint is None:
        return None  # 404 or 405 follows
    if any(unwritable(value) for value in (request.view_args or {}).values() if _is_text(value)):
        abort(404)
    return _allow(act_of(current_app, request.endpoint))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _allow(act: Act | None) -> ResponseReturnValue | None:
    """None where the request may go on. What anyone may open is not looked into further."""
    if act is None:
        return None
    user = signed_in()
    if user is None:
        welcome: Welcome = current_app.extensions["welcome"]
        if (answer := welcome()) is not None:
            return answer
        user = me()  # signed in just now, on the very page
    trail.act_as(session(), actor=user.name, act=act)
    if request.method not in SAFE:
        trail.take_turn(session().connection())
    if not may(user.role, act):
        note(What.REFUSED, "endpoint", {"endpoint": request.endpoint})
        abort(403)
    first = first_of_all(user)
    if first is not None and request.endpoint not in (first, "own.again", "accounts.sign_out"):
        return redirect(url_for(first))
    as_of()  # a day that cannot be read is refused before anything is looked up
    return None


def ask_to_sign_in() -> ResponseReturnValue:
    """To the page that asks who is there, which then leads back here: only a page can be asked
    for again, not an act."""
    return redirect(url_for("accounts.sign_in", next=page_behind()))


def page_behind() -> str | None:
    """The page that a request is about: its own address, or that of the page from which an act
    was sent; None where that is not known."""
    if request.method in SAFE:
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return None
    return safe_target(came_from._replace(scheme="", netloc="", fragment="").geturl())


def opens_by_get() -> bool:
    """Whether a page, and not an act alone, lies at the address of this request."""
    rule = request.url_rule
    return rule is not None and "GET" in (rule.methods or ())


def safe_target(target: str | None) -> str | None:
    """A path within this site, None for anything that could lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if "\\" in target or unwritable(target) or any(sign in target for sign in "\t\r\n"):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


# --- During -------------------------------------------------------------------------------------


def me() -> User:
    """The account that asks. Only behind a tag with an act."""
    user = signed_in()
    if user is None:
        raise RuntimeError("nobody is signed in: the view is tagged needs(None)")
    return user


def can(act: Act) -> bool:
    """Whether the one who asks may do this; False where nobody is signed in."""
    user = signed_in()
    return user is not None and may(user.role, act)


def own_today() -> date | None:
    """The register's own today, where it carries one."""
    if "own_today" not in g:
        known = moment()
        own = known.own_today if known else settings.read(session(), settings.TODAY)
        g.own_today = date.fromisoformat(own) if own else None
    return g.own_today  # type: ignore[no-any-return]


def today() -> date:
    """The register's day."""
    return own_today() or clock.today()


def day_asked(name: str, default: date | None = None) -> date | None:
    """The day in a parameter of the address; 400 with a sentence where it is none."""
    text = request.args.get(name, "").strip()
    if not text:
        return default
    try:
        return typed.parse_date(text)
    except ValueError as wrong:
        why = _(str(wrong))
        abort(400, _("Ngày “{text}” không đọc được: {why}.", text=text[:40], why=why))


def as_of() -> date:
    """The day whose records are shown: `?as_of=`, else today."""
    if "as_of" not in g:
        day = day_asked("as_of") or today()
        g.as_of, g.another_day = day, (None if day == today() else day)
    return g.as_of  # type: ignore[no-any-return]


def another_day() -> date | None:
    """The day that is shown, where it is not today."""
    return g.get("another_day")  # type: ignore[no-any-return]


def lens() -> Lens:
    """What the one who asks may see as of the day asked. One for each request."""
    if "lens" not in g:
        g.lens = lens_on(as_of())
    return g.lens  # type: ignore[no-any-return]


def lens_on(day: date) -> Lens:
    """What the one who asks may see as of another day than the one asked."""
    user = me()
    return while_unchanged(
        ("lens", user.id, user.epoch, day, today()),
        lambda: lens_for(session(), user, as_of=day, today=today()),
    )


def lens_to_write(day: date | None = None) -> Lens:
    """Which households the one who asks may write about: those in scope today or, for support
    and visits, on the day of the act. `?as_of=` has no say in it."""
    return lens().to_write(today=today(), day=day)


def unit_ended() -> bool:
    """Whether the account's unit stands no more, so that it sees figures only."""
    seen: Lens | None = g.get("lens")
    if seen is None or seen.villages or seen.villages is None:
        return False
    unit = me().unit
    return unit is not None and not stands(session(), unit, today())


def while_unchanged(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, kept for the next requests until the register changes. `key` names all
    that it depends on beside the register: who asks, which day, which filters. Only for what is
    not changed afterwards, and only when nothing has been written in this request."""
    known = moment()
    if known is None or known.version is None or request.method not in SAFE:
        return make()
    kept: Kept = current_app.extensions["kept"]
    value = kept.find(known.version, key)
    if value is None:
        value = make()
        kept.keep(known.version, key, value)
    return value  # type: ignore[no-any-return]


def one_or_404(query: Select[T]) -> T:
    """The one row of a scoped query. Out of scope and not there at all answer alike."""
    found = session().scalars(query).unique().one_or_none()
    if found is None:
        abort(404)
    return found


def given(value: T | None) -> T:
    """The value of a required field after its form has been accepted."""
    if value is None:
        raise RuntimeError("the form accepted a required field without a value")
    return value


def note(
    what: What,
    subject: str,
    key: Mapping[str, Any],
    household: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Have an audit entry written after this request, whatever becomes of it."""
    user = signed_in()
    act = act_of(current_app, request.endpoint) if request.endpoint else None
    actor, named = (user.name if user else NOBODY), str(act or request.endpoint)
    change = trail.Change(what, subject, key, changes or {}, household)

    def write(short: Session) -> None:
        trail.act_as(short, actor=actor, act=named)
        trail.record(short, [change])

    afterwards(write)


def afterwards(write: Callable[[Session], None], *, must: bool = True) -> None:
    """Have something written after this request, whatever becomes of it, in the one short
    transaction before the answer leaves. Where that fails, nothing is shown, unless nothing of it
    `must` be written."""
    g.setdefault("left_behind", []).append(write)
    g.must_be_left = g.get("must_be_left", False) or must


def spoil() -> None:
    """Say that this request's form goes back to be mended: nothing of it is kept."""
    g.spoiled = True


def show_only() -> None:
    """Say that this request only shows a form with what was typed: whatever a view does besides
    is rolled back."""
    g.show_only = True


def shown_only() -> bool:
    """Whether this request may only show a form."""
    return bool(g.get("show_only", False))


def before_commit(finish: Callable[[Response], None]) -> None:
    """Have something done in this request's transaction when its act was accepted."""
    g.setdefault("before_commit", []).append(finish)


def _keep_day(endpoint: str, values: dict[str, Any]) -> None:
    """Links behind the sign-in keep looking at the day that is looked at."""
    day = another_day()
    if day is not None and act_of(current_app, endpoint) is not None:
        values.setdefault("as_of", typed.show_date(day))


# --- After --------------------------------------------------------------------------------------


def _settle(response: Response) -> Response:
    """Commit what an accepted act did, roll everything else back, then write what is left."""
    try:
        _commit_or_roll_back(response)
    except Exception as failure:
        response = _instead(failure)
    try:
        _write_what_is_left()
    except SQLAlchemyError as failure:
        current_app.logger.exception("what the request leaves behind could not be written")
        if g.must_be_left:
            unavailable = ServiceUnavailable()
            unavailable.__cause__ = failure  # its page says why
            response = _instead(unavailable)
    if response.status_code >= 500:
        _put_cookie_back()  # what failed has signed nobody in or out
    return response


def _instead(failure: Exception) -> Response:
    """The page of a failure in place of the answer, and the cookie as it was before."""
    db.session.rollback()
    _put_cookie_back()
    return current_app.make_response(current_app.handle_user_exception(failure))


def _put_cookie_back() -> None:
    cookie.clear()
    cookie.update(g.get("cookie_before", {}))


def _commit_or_roll_back(response: Response) -> None:
    if g.get("spoiled", False) and response.status_code < 400:
        response.status_code = FORM_AGAIN
    if not db.session.registry.has():
        return
    if _accepted(response):
        for finish in g.pop("before_commit", ()):
            finish(response)
        db.session.commit()
    elif request.method not in SAFE or "left_behind" in g:
        db.session.rollback()
    # What was only looked at is rolled back when its session ends with the request.


def _accepted(response: Response) -> bool:
    return request.method not in SAFE and response.status_code < 400 and not shown_only()


def _write_what_is_left() -> None:
    if "until_settled" in g:
        g.until_settled.close()  # from here on writing begins as writing
    if not (writes := g.pop("left_behind", None)):
        return
    with Session(db.engine) as short, short.begin():
        for write in writes:
            write(short)


def _end(_failure: BaseException | None) -> None:
    if "until_settled" in g:
        g.until_settled.close()
