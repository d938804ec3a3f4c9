"""The shapes of the acts on support."""

from wtforms import HiddenField, StringField

from casemgmt.households.forms import CODE, reason_field
from casemgmt.web.forms import (
    DayField,
    Form,
    PickField,
    QuantityField,
    VersionField,
    WholeField,
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
