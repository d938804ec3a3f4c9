"""Whether the site is well, for whoever watches over it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from casemgmt.settings import Setting
from casemgmt.web.asking import needs
from casemgmt.web.database import session

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@needs(None)
def check() -> ResponseReturnValue:
    """200 and `ok` where the database answers; 503 where it does not."""
    session().execute(select(Setting.key).limit(1)).all()
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
