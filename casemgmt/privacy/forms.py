"""The shapes of the acts on requests of data subjects."""

from wtforms import StringField, TextAreaField

from casemgmt.households.forms import NAME, reason_field
from casemgmt.privacy.limits import Right
from casemgmt.privacy.models import Capacity, Outcome
from casemgmt.web.forms import (
    LONGEST_TEXT,
    DayField,
    Form,
    TickField,
    WordField,
    at_most,
    optional,
    required,
)


class ReceiveForm(Form):
    """A request that was received."""

    asked_by = StringField("Người yêu cầu", [required("Cần điền người yêu cầu."), at_most(NAME)])
    capacity = WordField("Tư cách", Capacity, [required("Cần chọn tư cách.")])
    right = WordField("Yêu cầu", Right, [required("Cần chọn yêu cầu.")])
    content = TextAreaField(
        "Về ai, điều gì",
        [required("Cần điền nội dung."), at_most(LONGEST_TEXT)],
        description="Không ghi đủ số CCCD.",
    )
    received_on = DayField("Ngày nhận", [required("Cần điền ngày.")])
    others = TickField("Phải liên hệ bên khác đã được giao dữ liệu")


class ConfirmForm(Form):
    """The one who asked was told that the request is dealt with."""

    on = DayField("Ngày báo", [required("Cần điền ngày.")])


class ExtendForm(Form):
    """The answer will come later."""

    until = DayField("Hạn mới", [required("Cần điền ngày.")])
    reason = reason_field("Báo cho người yêu cầu cùng với hạn mới.")


class AnswerForm(Form):
    """How a request was answered."""

    outcome = WordField("Kết quả", Outcome, [required("Cần chọn kết quả.")])
    text = TextAreaField(
        "Nội dung trả lời",
        [optional(), at_most(LONGEST_TEXT)],
        description="Cần khi không làm theo, hoặc chỉ một phần.",
    )
    on = DayField("Ngày trả lời", [required("Cần điền ngày.")])
