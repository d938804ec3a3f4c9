"""The site: a Flask application, put together in named steps."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined

from casemgmt import paths
from casemgmt.access.policy import Act
from casemgmt.accounts import views as accounts
from casemgmt.casefile import home
from casemgmt.casefile import views as casefile
from casemgmt.households import (
    classifying_views,
    listing,
    member_views,
    moving_views,
    parting_views,
)
from casemgmt.households import views as households
from casemgmt.lists import views as lists
from casemgmt.programme import views as programme
from casemgmt.sponsorship import views as sponsorship
from casemgmt.support import views as support
from casemgmt.tables import views as tables
from casemgmt.web import (
    asking,
    database,
    errors,
    frame,
    headers,
    health,
    language,
    secret,
    shipped,
    showing,
    signing,
)
from casemgmt.web.cleaning import CleanRequest
from casemgmt.web.cookies import Cookies

BLUEPRINTS = (
    health.bp,
    accounts.bp,
    tables.bp,
    home.bp,
    listing.bp,
    households.bp,
    member_views.bp,
    classifying_views.bp,
    moving_views.bp,
    parting_views.bp,
    sponsorship.bp,
    support.bp,
    programme.bp,
    lists.bp,
    casefile.bp,
)
MENU = (
    frame.Item("Hộ", "households.index", Act.SEE_HOUSEHOLDS),
    frame.Item("Các bảng", "tables.index", Act.SEE_FIGURES),
    frame.Item("Chỉ tiêu", "programme.targets", Act.SEE_FIGURES),
    frame.Item("Đơn vị", "lists.units", Act.MANAGE_UNITS),
    frame.Item("Tổ chức", "lists.all_organisations", Act.MANAGE_ORGANISATIONS),
    frame.Item("Hình thức giúp đỡ", "lists.kinds", Act.MANAGE_LISTS),
    frame.Item("Tài khoản", "accounts.index", Act.MANAGE_ACCOUNTS),
)
_MEGABYTE = 1024 * 1024
DEFAULTS = {
    "MAX_CONTENT_LENGTH": 12 * _MEGABYTE,
    "MAX_FORM_MEMORY_SIZE": 2 * _MEGABYTE,
    "MAX_FORM_PARTS": 2000,
    "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
    "SESSION_COOKIE_NAME": "casemgmt",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "WTF_CSRF_TIME_LIMIT": None,  # a form left open over lunch still counts
    "COMPRESS_ALGORITHM": ["gzip"],
    "COMPRESS_LEVEL": 1,  # a third of the work of 4 for a page a tenth larger
    "COMPRESS_MIMETYPES": [
        "text/html",
        "text/css",
        "text/csv",
        "application/json",
        "image/svg+xml",
    ],
}


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The site on the database of `paths.database_url()`; `settings` override its configuration.
    Raises RuntimeError where an address says not who may open it."""
    app = _bare(settings or {})
    Compress(app)
    headers.protect(app)
    asking.enforce(app)
    database.connect(app)
    CSRFProtect(app)
    signing.watch(app)
    language.speak(app)
    showing.teach(app)
    errors.show(app)
    shipped.serve(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    frame.offer(app, MENU)
    asking.require_tags(app)
    return app


def _bare(settings: Mapping[str, Any]) -> Flask:
    app = Flask(
        "casemgmt",
        template_folder=str(paths.shipped("templates")),
        static_folder=str(paths.shipped("static")),
        static_url_path="/static",
    )
    app.request_class = CleanRequest
    app.session_interface = Cookies()
    app.config.update(DEFAULTS)
    app.config.update(settings)
    app.config.setdefault("SQLALCHEMY_DATABASE_URI", paths.database_url())
    app.secret_key = settings.get("SECRET_KEY") or secret.secret_key()
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.logger.setLevel(logging.INFO)
    return app
