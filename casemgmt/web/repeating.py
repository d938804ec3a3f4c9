"""Pages that come out the same until the register changes are made once.

People leaf through lists, go back and reload far more often than anything is written. The page
of one person at one address is kept together with the register's version (see `signing.Moment`)
and given again while that stands."""

from collections.abc import Callable, Hashable
from functools import wraps

from flask import current_app, g, request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from casemgmt.web.asking import SAFE, me, today
from casemgmt.web.keeping import Kept
from casemgmt.web.language import spoken
from casemgmt.web.signing import moment

View = Callable[..., ResponseReturnValue]


def same_until_changed(view: View) -> View:
    """For a view that reads and renders, and leaves nothing behind: its page for this person,
    address, day and language is kept while the register stands, unless a form on it counts once.
    Stands under `needs`, which is asked every time."""

    @wraps(view)
    def again(*args: object, **kwargs: object) -> ResponseReturnValue:
        version, key = _version(), _key()
        if version is None or key is None:
            return view(*args, **kwargs)
        kept: Kept = current_app.extensions["kept"]
        page = kept.find(version, key)
        if page is None:
            page = view(*args, **kwargs)
            if isinstance(page, str) and not {"left_behind", "made_once"} & set(g):
                kept.keep(version, key, page)
        return page  # type: ignore[no-any-return]

    return again


def _version() -> str | None:
    known = moment()
    return known.version if known and request.method in SAFE else None


def _key() -> Hashable | None:
    """Who asks for what. A page holds its session's own token, so it is that session's page; one
    with a notice is shown once."""
    token = cookie.get("csrf_token")
    if token is None or "_flashes" in cookie:
        return None
    user = me()
    return user.id, user.epoch, request.full_path, today(), spoken(), token
