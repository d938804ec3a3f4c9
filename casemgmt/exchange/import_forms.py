"""The forms of an import in the browser."""

from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField

from casemgmt.web.forms import LONGEST_LINE, DayField, Form, at_most, required


class SendForm(Form):
    """A file to be imported."""

    file = FileField("Tệp Excel (.xlsx, tối đa 10 MB)", [required("Hãy chọn tệp.")])


class PlainForm(Form):
    """A form whose questions the page itself makes."""


class ListForm(Form):
    """How a list of a commune is read; the page itself asks of its columns."""

    day = DayField("Danh sách có hiệu lực từ ngày", [required("Cần ghi ngày.")])


class ApplyForm(Form):
    """Apply what was previewed; `seen` is its print."""

    seen = HiddenField("")


class UndoForm(Form):
    """Why a batch is taken back."""

    reason = TextAreaField("Lý do", [required("Hãy ghi lý do."), at_most(LONGEST_LINE)])
