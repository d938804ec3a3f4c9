"""What was typed survives a session that has ended.

A form that is sent when nobody is signed in any more comes back sealed in the page that asks to
sign in, and is shown again, filled in and not yet kept, to the account that typed it: its key
(see `once`) tells whose it is, so nobody can slip a filled form to somebody else."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, abort, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.datastructures import ImmutableMultiDict
from wtforms.validators import ValidationError

from casemgmt import clock, sealing
from casemgmt.errors import RuleBroken
from casemgmt.web import once
from casemgmt.web.asking import SAFE, opens_by_get, show_only, shown_only
from casemgmt.web.cleaning import Scrubbed
from casemgmt.web.signing import signed_in
from casemgmt.words import N_, _

FIELD = "carried"
LONGEST = 1_000_000  # characters of the sealed fields together
LIFETIME = timedelta(hours=12)
_PURPOSE = "carried form"
_TOKEN = "csrf_token"  # noqa: S105 the name of a field
_SECRET = (  # what is typed there is never carried
    "accounts.password",
    "accounts.sign_in",
    "own.again",
    "own.set_up",
    "own.take_off",
)
CHECK = N_("Nội dung đã gõ còn nguyên ở dưới và chưa được ghi. Hãy kiểm tra rồi gửi lại.")
FILES = N_("Riêng tệp đính kèm không giữ lại được: hãy chọn lại tệp.")
OTHERS = N_("Nội dung gõ dở thuộc tài khoản khác nên không hiện ở đây.")
LOST = N_("Nội dung gõ dở không còn giữ được: hãy mở lại biểu mẫu và gõ lại.")


@dataclass(frozen=True, slots=True)
class Content:
    """The fields of a form that was sent: by which account, to which address, when; whether files
    were with it, which cannot be carried."""

    user_id: int
    address: str
    at: datetime
    fields: list[list[str]]
    files: bool


def sent_here() -> str | None:
    """The sealed content of the form that this request sends; None where it is no form of ours
    that a page shows, and for passwords."""
    user_id = once.typed_by(request.form.get(once.FIELD, ""))
    if user_id is None or not opens_by_get() or request.endpoint in _SECRET:
        return None
    sent = request.form.items(multi=True)
    fields = [[name, value] for name, value in sent if name not in (_TOKEN, FIELD)]
    files = any(file.filename for file in request.files.values())
    plain = json.dumps([user_id, request.full_path, clock.now().isoformat(), fields, files])
    if len(plain) > LONGEST:
        return ""
    return base64.urlsafe_b64encode(sealing.seal(plain, _PURPOSE)).decode("ascii")


def _opened(sealed: str) -> Content | None:
    try:
        plain = sealing.unseal(base64.urlsafe_b64decode(sealed.encode()), _PURPOSE)
        user_id, address, at, fields, files = json.loads(plain)
        content = Content(user_id, address, datetime.fromisoformat(at), fields, files)
    except (RuleBroken, ValueError, binascii.Error):
        return None
    fresh = clock.now() - content.at <= LIFETIME and content.address == request.full_path
    return content if fresh else None


def shown_again(user_id: int, sealed: str) -> bool:
    """Have this request show the sealed form, filled in, to the account that typed it. False where
    it is another's, too old or of another page; a notice says which."""
    content = _opened(sealed)
    if content is None or content.user_id != user_id:
        flash(_(OTHERS if content else LOST), "wait")
        return False
    _fill([(name, value) for name, value in content.fields], files=content.files)
    return True


def watch(app: Flask) -> None:
    """Hook this module onto the application, before its check of tokens."""
    app.before_request(_keep_what_was_typed)


def _keep_what_was_typed() -> ResponseReturnValue | None:
    """Of one who is signed in: a form whose token is of a session that has ended is shown again,
    filled in, instead of being refused. Nothing that it asks for is done."""
    if request.method in SAFE or shown_only() or not opens_by_get() or request.endpoint in _SECRET:
        return None
    user = signed_in()
    if user is None:
        return None
    if (sealed := request.form.get(FIELD)) is not None:  # signed in meanwhile, in another tab
        known = shown_again(user.id, sealed)
        return None if known else redirect(request.full_path.rstrip("?"), 303)
    if once.typed_by(request.form.get(once.FIELD, "")) == user.id and not _token_holds():
        files = any(file.filename for file in request.files.values())
        _fill(list(request.form.items(multi=True)), files=files)
    return None


def check_token() -> None:
    """400 where a form does not carry the token of this browser's session."""
    if not _token_holds():
        abort(400, _("Biểu mẫu đã hết hiệu lực. Hãy mở lại trang rồi gửi lại."))


def _token_holds() -> bool:
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return True
    try:
        validate_csrf(request.form.get(_TOKEN))
    except ValidationError:
        return False
    return True


def _fill(fields: list[tuple[str, str]], *, files: bool) -> None:
    """The request becomes one that shows a form with these answers; it can do nothing else."""
    answers: list[tuple[str, Any]] = [(name, value) for name, value in fields if name != _TOKEN]
    request.form = Scrubbed(ImmutableMultiDict([*answers, (_TOKEN, generate_csrf())]))
    request.files = ImmutableMultiDict()
    show_only()
    if fields:
        flash(_(CHECK), "wait")
    if files:
        flash(_(FILES), "wait")
