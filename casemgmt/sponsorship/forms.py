"""The shapes of the acts on sponsorship."""

from wtforms import StringField

from casemgmt.households.forms import NAME, reason_field
from casemgmt.web.forms import DayField, Form, PickField, at_most, optional, required


class SponsorForm(Form):
    """An organisation from a day on."""

    organisation = PickField("Tổ chức", [required("Cần chọn tổ chức.")])
    starts = DayField("Từ ngày", [required("Cần điền ngày.")])
    in_charge = StringField("Người phụ trách", [optional(), at_most(NAME)])


class LeadForm(SponsorForm):
    """The lead sponsor of a household, perhaps in place of another."""

    reason = reason_field("Cần khi thay một tổ chức đang đỡ đầu.")


class EndForm(Form):
    """A sponsorship ends."""

    last_day = DayField("Ngày cuối", [required("Cần điền ngày.")])
    reason = reason_field("Được giữ cùng với lần đỡ đầu.")


class CorrectLeadForm(SponsorForm):
    """A lead sponsorship that was recorded wrongly."""

    last_day = DayField("Đến hết ngày", [optional()], description="Để trống nếu vẫn đỡ đầu.")
    end_reason = StringField("Lý do kết thúc", [optional(), at_most()])
    reason = reason_field("Vì sao phải sửa.")
