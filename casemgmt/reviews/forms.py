"""The shapes of the acts of a review. Names of fields are those that the actions name when a rule
is broken, and that a return points at."""

from wtforms import SelectMultipleField, StringField, TextAreaField

from casemgmt.households.forms import CHOOSE, CODE
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Class
from casemgmt.reviews.models import Decider, RoundKind
from casemgmt.web.forms import (
    LONGEST_TEXT,
    DayField,
    Form,
    PickField,
    TickField,
    VersionField,
    WholeField,
    WordField,
    at_most,
    optional,
    required,
)


class OpenRoundForm(Form):
    """A new round."""

    kind = WordField("Loại đợt", RoundKind, [required("Cần chọn loại đợt.")])
    starts = DayField("Từ ngày", [required("Cần điền ngày.")])
    last_day = DayField("Đến hết ngày", [required("Cần điền ngày.")])
    decider = WordField("Ai duyệt", Decider, [required("Cần chọn ai duyệt.")])


class AppliedForm(Form):
    """A household that has applied."""

    code = StringField("Mã hộ", [required("Cần điền mã hộ."), at_most(CODE)])


class ProposalForm(Form):
    """What was found at a household, and what is proposed."""

    score_b1 = WholeField("Điểm B1", [optional()], most=1000)
    score_b2 = WholeField("Điểm B2", [optional()], most=1000)
    deprivations = SelectMultipleField("Thiếu hụt", choices={})
    class_ = WordField(
        "Đề nghị phân loại", Class, [optional()], without=(Class.NONE,), blank=CHOOSE
    )
    minority = TickField("Hộ dân tộc thiểu số")
    social_protection = TickField("Hộ bảo trợ xã hội (BTXH)")
    merit = TickField("Hộ người có công")
    member_of = WordField("Thuộc hội", Kind, [optional()], without=(Kind.NONE,), blank="— không —")
    reason = TextAreaField(
        "Lý do",
        [optional(), at_most(LONGEST_TEXT)],
        description="Cần khi đổi phân loại hoặc khi khác với điểm số.",
    )
    met_on = DayField("Ngày họp thôn", [optional()])
    met_present = WholeField("Số người dự họp", [optional()], most=10_000)
    met_agreed = WholeField(
        "Số người đồng ý",
        [optional()],
        most=10_000,
        description="Phải được ít nhất một nửa số người dự họp.",
    )
    posted_from = DayField("Niêm yết từ ngày", [optional()])
    posted_until = DayField(
        "Niêm yết đến hết ngày", [optional()], description="Ít nhất 3 ngày, kể cả ngày đầu."
    )
    version = VersionField()


SECTIONS = (
    ("Điểm và thiếu hụt", ("score_b1", "score_b2", "deprivations")),
    (
        "Đề nghị phân loại",
        ("class_", "minority", "social_protection", "merit", "member_of", "reason"),
    ),
    ("Họp thôn", ("met_on", "met_present", "met_agreed")),
    ("Niêm yết", ("posted_from", "posted_until")),
)


class ReturnForm(Form):
    """A proposal goes back to its commune."""

    field = PickField(
        "Mục cần sửa", [optional()], description="Để trống nếu lý do không riêng về một mục."
    )
    reason = TextAreaField(
        "Lý do trả lại",
        [required("Cần ghi lý do."), at_most(LONGEST_TEXT)],
        description="Xã thấy lý do này ở trang đầu và ở hộ được trả lại.",
    )


class AcceptForm(Form):
    """A decision."""

    decision_number = StringField(
        "Số quyết định", [required("Cần ghi số quyết định."), at_most(60)]
    )
    decision_date = DayField("Ngày quyết định", [required("Cần điền ngày.")])
    starts = DayField("Phân loại có hiệu lực từ ngày", [required("Cần điền ngày.")])
