"""The shapes of the acts on support, visits and promises."""

from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, TextAreaField

from casemgmt.households.forms import CODE, reason_field
from casemgmt.support.models import Situation
from casemgmt.web.forms import (
    LONGEST_TEXT,
    DayField,
    Form,
    PickField,
    QuantityField,
    VersionField,
    WholeField,
    WordField,
    at_most,
    optional,
    required,
)


class SupportForm(Form):
    """One thing given, or one loan. `code` is proposed with the form, so that a form sent twice
    is logged once."""

    on = DayField("Ngày", [required("Cần điền ngày.")])
    kind = PickField("Hình thức", [required("Cần chọn hình thức giúp đỡ.")])
    content = StringField(
        "Nội dung", [optional(), at_most()], description="Ví dụ: 1 bò cái 18 tháng"
    )
    quantity = QuantityField("Số lượng", [optional()])
    unit = StringField(
        "Đơn vị tính", [optional(), at_most(40)], description="con, cây, suất, ngày…"
    )
    value = WholeField(
        "Giá trị (đồng)", [optional()], description="Số đồng nguyên, ví dụ 15.000.000"
    )
    organisation = PickField("Tổ chức giúp", [optional()])
    source = StringField("Nguồn", [optional(), at_most()], description="Ví dụ: Quỹ Vì người nghèo")
    code = HiddenField("Mã hoạt động", [at_most(CODE)])


class CorrectSupportForm(SupportForm):
    """A support action that was logged wrongly."""

    reason = reason_field("Vì sao phải sửa.")
    version = VersionField()


# --- Visits --------------------------------------------------------------------------------------


class SeenForm(Form):
    """What is written down of a visit; all but the day and the situation may be left blank."""

    on = DayField("Ngày thăm", [required("Cần điền ngày thăm.")])
    organisation = PickField("Ai đi thăm", [optional()])
    met = StringField("Ai gặp", [optional(), at_most()])
    situation = WordField(
        "Tình hình so với lần trước", Situation, [required("Cần chọn tình hình của hộ.")]
    )
    done = TextAreaField("Việc đã làm", [optional(), at_most(LONGEST_TEXT)])
    wishes = TextAreaField("Vướng mắc, nguyện vọng", [optional(), at_most(LONGEST_TEXT)])
    next_on = DayField("Hẹn lần sau", [optional()])


class VisitForm(SeenForm):
    """Phiếu thăm hộ: eight questions, seven where the visitor is known."""

    photo = FileField("Ảnh", [optional()])


class CorrectVisitForm(SeenForm):
    """A visit that was logged wrongly."""

    reason = reason_field("Vì sao phải sửa.")
    version = VersionField()


class PaperVisitForm(Form):
    """One paper form of a stack. Day and visitor stay for the next one."""

    code = StringField("Mã hộ", [required("Cần điền mã hộ."), at_most(CODE)])
    on = DayField("Ngày thăm", [required("Cần điền ngày thăm.")])
    organisation = PickField("Ai đi thăm", [optional()])
    situation = WordField(
        "Tình hình so với lần trước", Situation, [required("Cần chọn tình hình của hộ.")]
    )
    done = StringField("Việc đã làm", [optional(), at_most(LONGEST_TEXT)])
    next_on = DayField("Hẹn lần sau", [optional()])


# --- Promises ------------------------------------------------------------------------------------


class PromiseForm(Form):
    """What an organisation promises to give."""

    kind = PickField("Hình thức", [required("Cần chọn hình thức giúp đỡ.")])
    content = StringField(
        "Nội dung", [optional(), at_most()], description="Ví dụ: 1 bò cái 18 tháng"
    )
    quantity = QuantityField("Số lượng", [optional()])
    unit = StringField(
        "Đơn vị tính", [optional(), at_most(40)], description="con, cây, suất, ngày…"
    )
    value = WholeField(
        "Giá trị (đồng)", [optional()], description="Số đồng nguyên, ví dụ 15.000.000"
    )
    due_on = DayField("Hạn giao", [required("Cần điền hạn giao.")])
    organisation = PickField("Tổ chức hứa", [required("Cần chọn tổ chức.")])


class KeepPromiseForm(Form):
    """What was really given; it begins with what was promised."""

    on = DayField("Ngày giao", [required("Cần điền ngày giao.")])
    kind = PickField("Hình thức", [required("Cần chọn hình thức giúp đỡ.")])
    content = StringField("Nội dung", [optional(), at_most()])
    quantity = QuantityField("Số lượng", [optional()])
    unit = StringField("Đơn vị tính", [optional(), at_most(40)])
    value = WholeField("Giá trị (đồng)", [optional()])
    source = StringField("Nguồn", [optional(), at_most()], description="Ví dụ: Quỹ Vì người nghèo")
    photo = FileField("Ảnh lúc giao", [optional()])
