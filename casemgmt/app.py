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
from casemgmt.accounts import own_views, welcoming
from casemgmt.accounts import views as accounts
from casemgmt.casefile import audit_views, home, joining_views, parts_views
from casemgmt.casefile import views as casefile
from casemgmt.exchange import declared_views, import_views
from casemgmt.households import (
    classifying_views,
    list_file,
    listing,
    member_views,
    moving_views,
    parting_views,
    revealing_views,
    saving_views,
)
from casemgmt.households import views as households
from casemgmt.lists import standard_views
from casemgmt.lists import views as lists
from casemgmt.monitoring import commune_views, overview_views, report_views
from casemgmt.papers import commune_views as commune_report
from casemgmt.papers import drift_views as drift_papers
from casemgmt.papers import job_views as jobs
from casemgmt.papers import review_views as review_papers
from casemgmt.papers import views as papers
from casemgmt.privacy import views as data_requests
from casemgmt.privacy import why_views
from casemgmt.programme import views as programme
from casemgmt.reviews import deciding_views, proposal_views
from casemgmt.reviews import paper_views as proposal_papers
from casemgmt.reviews import views as reviews
from casemgmt.signed import drift_views
from casemgmt.signed import views as signed
from casemgmt.sponsorship import (
    board_views,
    goals_views,
    many_views,
    planning_views,
    requesting_views,
)
from casemgmt.sponsorship import views as sponsorship
from casemgmt.support import paper_views, promising_views, visiting_views
from casemgmt.support import views as support
from casemgmt.tables import finding_views
from casemgmt.tables import views as tables
from casemgmt.web import (
    asking,
    carrying,
    database,
    errors,
    faults,
    frame,
    fresh,
    headers,
    health,
    language,
    numbers,
    once,
    secret,
    serving,
    shipped,
    showing,
    signing,
)
from casemgmt.web.cleaning import CleanRequest
from casemgmt.web.cookies import Cookies
from casemgmt.words import N_

BLUEPRINTS = (
    health.bp,
    accounts.bp,
    own_views.bp,
    tables.bp,
    signed.bp,
    drift_views.bp,
    finding_views.bp,
    declared_views.bp,
    commune_views.bp,
    report_views.bp,
    overview_views.bp,
    home.bp,
    listing.bp,
    list_file.bp,
    households.bp,
    member_views.bp,
    revealing_views.bp,
    classifying_views.bp,
    moving_views.bp,
    parting_views.bp,
    saving_views.bp,
    sponsorship.bp,
    many_views.bp,
    requesting_views.bp,
    planning_views.bp,
    goals_views.bp,
    board_views.bp,
    support.bp,
    visiting_views.bp,
    promising_views.bp,
    paper_views.bp,
    programme.bp,
    reviews.bp,
    proposal_views.bp,
    proposal_papers.bp,
    deciding_views.bp,
    lists.bp,
    standard_views.bp,
    parts_views.bp,
    joining_views.bp,
    data_requests.bp,
    why_views.bp,
    audit_views.bp,
    casefile.bp,
    import_views.bp,
    papers.bp,
    jobs.bp,
    review_papers.bp,
    commune_report.bp,
    drift_papers.bp,
)
MENU = (
    frame.Item(N_("Việc của tôi"), "home.show", Act.REQUEST_SPONSORSHIP),
    frame.Item(N_("Hôm nay"), "home.show", Act.REVIEW),
    frame.Item(N_("Hàng đợi duyệt"), "deciding.queue", Act.FOLLOW_COMMUNES),
    frame.Item(N_("Theo dõi xã"), "communes.index", Act.FOLLOW_COMMUNES),
    frame.Item(
        N_("Tổng quan"),
        "overview.show",
        Act.SEE_FIGURES,
        but=[Act.SEE_HOUSEHOLDS, Act.MANAGE_ACCOUNTS],
    ),
    frame.Item(N_("Tài khoản"), "accounts.index", Act.MANAGE_ACCOUNTS),
    frame.Item(N_("Đơn vị"), "lists.units", Act.MANAGE_UNITS),
    frame.Item(N_("Tổ chức"), "lists.all_organisations", Act.MANAGE_ORGANISATIONS),
    frame.Item(N_("Loại hỗ trợ"), "lists.kinds", Act.MANAGE_LISTS),
    frame.Item(N_("Chuẩn nghèo"), "standards.index", Act.MANAGE_STANDARDS),
    frame.Item(N_("Hộ"), "households.index", Act.SEE_HOUSEHOLDS),
    frame.Item(N_("Chưa có đơn vị"), "sponsorship.unsponsored", Act.REQUEST_SPONSORSHIP),
    frame.Item(N_("Đề nghị"), "requests.index", Act.REQUEST_SPONSORSHIP),
    frame.Item(N_("Báo cáo Hội"), "report.show", Act.REQUEST_SPONSORSHIP),
    frame.Item(N_("Đỡ đầu"), "board.show", Act.REVIEW),
    frame.Item(N_("Rà soát"), "reviews.index", Act.DECIDE_REVIEW),
    frame.Item(N_("Các bảng"), "tables.index", Act.SEE_FIGURES),
    frame.Item(N_("Đối chiếu"), "declared.compare", Act.ACCEPT_FINDING, which=[("name", "bieu-2")]),
    frame.Item(N_("Chỉ tiêu"), "programme.targets", Act.SEE_FIGURES, but=[Act.REQUEST_SPONSORSHIP]),
    frame.Item(N_("Nhập phiếu"), "paper_visits.enter", Act.REVIEW),
)
DEFAULTS = {
    "MAX_CONTENT_LENGTH": serving.LARGEST_FORM,
    "MAX_FILE_LENGTH": serving.LARGEST_FILE,
    "MAX_FORM_MEMORY_SIZE": serving.LARGEST_FORM,
    "MAX_FORM_PARTS": 2000,
    "PERMANENT_SESSION_LIFETIME": timedelta(days=180),  # of the cookie: sessions end before
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
    faults.watch(app)
    carrying.watch(app)
    CSRFProtect(app)
    once.count(app)
    fresh.watch(app)
    signing.watch(app)
    language.speak(app)
    showing.teach(app)
    errors.show(app)
    shipped.serve(app)
    numbers.bound(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    welcoming.offer(app)
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
    serving.settle(app, serving.from_environment())
    app.config.update(settings)
    app.config.setdefault("SQLALCHEMY_DATABASE_URI", paths.database_url())
    app.secret_key = settings.get("SECRET_KEY") or secret.secret_key()
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.logger.setLevel(logging.INFO)
    return app
