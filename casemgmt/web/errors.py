"""What a person gets when something does not go: a page in words, with a next step."""

from dataclasses import dataclass

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,
)
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from casemgmt.errors import RuleBroken
from casemgmt.web import faults
from casemgmt.web.database import db
from casemgmt.web.faults import Fault, fault_of
from casemgmt.words import N_


@dataclass(frozen=True, slots=True)
class Page:
    """An error page: its heading and what can be done next."""

    title: str
    next_step: str


_PAGES = {
    400: Page("Yêu cầu chưa đúng", "Hãy quay lại trang trước, sửa chỗ được nêu rồi gửi lại."),
    403: Page(
        "Vai trò của bạn không làm được việc này",
        "Nếu cần làm việc này, hãy nhờ người có vai trò phù hợp hoặc hỏi người quản trị.",
    ),
    404: Page(
        "Không tìm thấy trang này",
        "Địa chỉ có thể sai, hoặc nội dung nằm ngoài phạm vi của bạn. Hãy tìm lại từ trang đầu.",
    ),
    405: Page("Địa chỉ này không nhận cách gửi như vậy", "Hãy mở lại từ trang đầu."),
    409: Page(
        "Người khác vừa sửa cùng nội dung này",
        "Chưa có gì của bạn được ghi. Hãy mở lại trang để xem bản mới rồi sửa lại.",
    ),
    413: Page("Tệp hoặc nội dung gửi lên quá lớn", "Hãy chia nhỏ rồi gửi lại."),
    500: Page(
        "Hệ thống gặp lỗi, chưa có gì được ghi",
        "Hãy thử lại. Nếu vẫn lỗi, hãy báo người quản trị giờ gặp lỗi và việc đang làm.",
    ),
    503: Page(
        "Hệ thống đang bận, chưa có gì được ghi",
        "Hãy đợi một phút rồi gửi lại. Nội dung đã gõ vẫn còn khi bạn quay lại trang trước.",
    ),
}
_STILL = N_("Xem sổ vẫn được. Nội dung đã gõ vẫn còn khi bạn quay lại trang trước.")
_FAULTS = {
    Fault.BUSY: _PAGES[503],
    Fault.AWAY: Page(
        "Cơ sở dữ liệu không trả lời, chưa có gì được ghi",
        "Hãy đợi một phút rồi thử lại. Nếu vẫn vậy, hãy báo người quản trị.",
    ),
    Fault.FULL: Page("Ổ đĩa đầy hoặc không ghi được, chưa có gì được ghi", _STILL),
    Fault.READ_ONLY: Page("Sổ đang chỉ đọc, chưa có gì được ghi", _STILL),
    Fault.BROKEN: Page("Tệp cơ sở dữ liệu bị hỏng, chưa có gì được ghi", faults.BROKEN),
}
_NOT_OURS = N_("Trang web này không mang tên mà bạn đã dùng để mở nó.")
_BARE = {500, 503}  # these pages must come out even where the database is gone


def show(app: Flask) -> None:
    """Register the pages for everything that can go wrong."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _token)
    app.register_error_handler(RuleBroken, _rule)
    app.register_error_handler(SecurityError, _foreign)
    app.register_error_handler(DBAPIError, _ground)
    app.register_error_handler(OperationalError, _ground)
    app.register_error_handler(TimeoutError, _ground)
    app.register_error_handler(OSError, _ground)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(IntegrityError, _wall)
    app.register_error_handler(DataError, _data)


def page(code: int, sentence: str | None = None) -> tuple[str, int]:
    """The error page of a status, with what exactly is wrong where we know it."""
    db.session.rollback()
    found = _PAGES.get(code) or _PAGES[400 if code < 500 else 500]
    template = "errors/bare.html" if code in _BARE else "errors/error.html"
    return render_template(template, code=code, page=found, sentence=sentence), code


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if code == 503:
        return _unavailable(_why(error))
    if code == 500 and faults.broken_underneath():
        return _unavailable(Fault.BROKEN)
    said = error.description if error.description != type(error).description else None
    answer, code = page(code, said)
    allowed = error.get_response().headers.get("Allow")  # 405 says what it would take
    return (answer, code, {"Allow": allowed}) if allowed else (answer, code)


def _token(_error: CSRFError) -> ResponseReturnValue:
    return page(
        400,
        N_(
            "Biểu mẫu đã hết hiệu lực hoặc được gửi từ nơi khác, nên chưa có gì được ghi."
            " Hãy mở lại trang rồi gửi lại."
        ),
    )


def _rule(broken: RuleBroken) -> ResponseReturnValue:
    return page(400, broken.message)


def _foreign(_error: SecurityError) -> ResponseReturnValue:
    """The site is asked under a name that is not its own: nothing may be linked to from here."""
    return render_template("errors/bare.html", code=400, page=_PAGES[400], sentence=_NOT_OURS), 400


def _ground(error: Exception) -> ResponseReturnValue:
    """The database or a disk failed."""
    fault = fault_of(error)
    if fault is None and not isinstance(error, OperationalError):
        return _http(InternalServerError(original_exception=error))
    _log(f"the ground gave way ({fault})")
    return _unavailable(fault or Fault.BUSY)


def _why(error: HTTPException) -> Fault:
    """What is behind an answer of 503."""
    cause = error.__cause__
    fault = fault_of(cause) if isinstance(cause, SQLAlchemyError) else None
    return fault or (Fault.BROKEN if faults.ground().broken else Fault.BUSY)


def _unavailable(fault: Fault) -> ResponseReturnValue:
    faults.remember(fault)
    db.session.rollback()
    shown = render_template("errors/bare.html", code=503, page=_FAULTS[fault], sentence=None)
    return shown, 503, {"Retry-After": str(faults.RETRY_AFTER[fault])}


def _stale(_error: StaleDataError) -> ResponseReturnValue:
    return page(409)


def _wall(_error: IntegrityError) -> ResponseReturnValue:
    _log("a constraint of the database refused a change")
    return page(409, N_("Nội dung gửi lên trái với dữ liệu đang có trong sổ."))


def _data(_error: DataError) -> ResponseReturnValue:
    _log("the database could not take a value")
    return page(400, N_("Có giá trị mà cơ sở dữ liệu không nhận được."))


def _log(message: str) -> None:
    current_app.logger.warning("%s: %s", message, request.endpoint, exc_info=True)
