"""The shapes of the acts on a household and its members. Names of fields are those that the
actions name when a rule is broken."""

from wtforms import SelectMultipleField, StringField, TextAreaField

from casemgmt.households.members import OldHead
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Arrival, Class, Departure, Relation, Sex
from casemgmt.web.forms import (
    LONGEST_TEXT,
    BirthField,
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

CODE = 40
PHONE = 30
NAME = 120
CHOOSE = "— chọn —"
UNKNOWN = "— không rõ —"


def reason_field(description: str = "") -> TextAreaField:
    """Why something is done."""
    return TextAreaField("Lý do", [at_most(LONGEST_TEXT)], description=description)


class ReasonForm(Form):
    """An act that needs nothing but its reason."""

    reason = reason_field("Lý do được giữ trong nhật ký.")


class PersonForm(Form):
    """What is known of a person."""

    birth = BirthField(
        "Ngày sinh", [optional()], description="dd/mm/yyyy, mm/yyyy hoặc chỉ năm sinh"
    )
    sex = WordField("Giới tính", Sex, [optional()], blank=UNKNOWN)
    citizen_id = StringField(
        "Số CCCD", [optional(), at_most(PHONE)], description="12 chữ số (hoặc CMND 9 chữ số)"
    )
    ethnicity = StringField("Dân tộc", [optional(), at_most(60)])
    can_work = TickField("Có khả năng lao động")
    member_of = WordField(
        "Hội, đoàn thể", Kind, [optional()], without=(Kind.NONE,), blank="— không —"
    )


class HouseholdForm(Form):
    """A new household: the least that makes one. All else is recorded part by part."""

    head_name = StringField("Họ và tên chủ hộ", [required("Cần điền họ và tên."), at_most(NAME)])
    birth = BirthField(
        "Ngày sinh chủ hộ", [optional()], description="dd/mm/yyyy, mm/yyyy hoặc chỉ năm sinh"
    )
    citizen_id = StringField(
        "Số CCCD chủ hộ",
        [optional(), at_most(PHONE)],
        description="12 chữ số (hoặc CMND 9 chữ số); giúp tránh ghi trùng hộ.",
    )
    village = PickField("Thôn, bản, khu phố", [required("Cần chọn thôn, bản, khu phố.")])
    starts = DayField("Ở đây từ ngày", [required("Cần điền ngày.")])
    arrival = WordField("Lý do đến", Arrival, [optional()], blank="— vốn ở đây —")
    code = StringField(
        "Mã hộ", [optional(), at_most(CODE)], description="Để trống thì sổ đặt mã tiếp theo của xã."
    )
    confirmed = TickField("Đúng là hộ khác, vẫn thêm hộ mới")


class EditHouseholdForm(Form):
    """What is written about a household."""

    head_name = StringField(
        "Họ và tên chủ hộ",
        [required("Cần điền họ và tên."), at_most(NAME)],
        description="Sửa chữ viết sai. Nếu người khác làm chủ hộ, dùng mục Đổi chủ hộ.",
    )
    address = StringField("Địa chỉ", [optional(), at_most()])
    phone = StringField("Điện thoại", [optional(), at_most(PHONE)])
    note = TextAreaField("Ghi chú", [optional(), at_most(LONGEST_TEXT)])
    version = VersionField()


class MemberForm(PersonForm):
    """A new member."""

    name = StringField("Họ và tên", [required("Cần điền họ và tên."), at_most(NAME)])
    relation = WordField(
        "Quan hệ với chủ hộ", Relation, [required("Cần chọn quan hệ.")], blank=CHOOSE
    )
    starts = DayField(
        "Thuộc hộ từ ngày", [optional()], description="Để trống nếu từ trước, không rõ ngày."
    )


class EditMemberForm(MemberForm):
    """What is written about a member. The stored CCCD is never sent to the browser."""

    last_day = DayField("Đến hết ngày", [optional()], description="Để trống nếu vẫn còn trong hộ.")
    no_citizen_id = TickField("Xóa số CCCD đang lưu")
    reason = reason_field("Nên ghi khi sửa ngày hoặc quan hệ.")
    version = VersionField()


class EndMemberForm(Form):
    """A member leaves or dies."""

    last_day = DayField("Ngày cuối thuộc hộ", [required("Cần điền ngày.")])
    reason = reason_field("Ví dụ: qua đời, lấy chồng, đi làm xa.")


class HeadForm(Form):
    """Another head."""

    new_head = PickField("Chủ hộ mới", [required("Cần chọn chủ hộ mới.")])
    on = DayField(
        "Từ ngày", [required("Cần điền ngày.")], description="Nếu chủ hộ cũ qua đời: ngày mất."
    )
    old_head = WordField(
        "Chủ hộ cũ", OldHead, [required("Cần chọn chủ hộ cũ thế nào.")], blank=CHOOSE
    )
    old_relation = WordField(
        "Nếu ở lại: quan hệ với chủ hộ mới",
        Relation,
        without=(Relation.HEAD,),
        default=Relation.OTHER,
    )
    reason = reason_field()


class ClassifyForm(Form):
    """A class from a day on."""

    starts = DayField("Từ ngày", [required("Cần điền ngày.")])
    class_ = WordField(
        "Phân loại", Class, [required("Cần chọn phân loại.")], without=(Class.NONE,), blank=CHOOSE
    )
    score_b1 = WholeField("Điểm B1", [optional()], most=1000)
    score_b2 = WholeField("Điểm B2", [optional()], most=1000)
    deprivations = SelectMultipleField("Thiếu hụt", choices={})
    minority = TickField("Hộ dân tộc thiểu số")
    social_protection = TickField("Hộ bảo trợ xã hội (BTXH)")
    merit = TickField("Hộ người có công")
    member_of = WordField("Thuộc hội", Kind, [optional()], without=(Kind.NONE,), blank="— không —")
    decision_number = StringField("Số quyết định", [optional(), at_most(60)])
    decision_date = DayField("Ngày quyết định", [optional()])
    note = TextAreaField("Ghi chú", [optional(), at_most(LONGEST_TEXT)])
    reason = reason_field("Cần khi khác với điểm số, hoặc khi sửa lại quá khứ.")


class CorrectClassForm(ClassifyForm):
    """A classification that was recorded wrongly."""

    version = VersionField()


class MoveForm(Form):
    """Another village of the register."""

    village = PickField("Thôn, bản, khu phố mới", [optional()])
    other_village = StringField(
        "Hoặc mã thôn ở xã khác",
        [optional(), at_most(CODE)],
        description="Sau khi chuyển, xã nơi đến quản lý hộ này.",
    )
    on = DayField("Ở nơi mới từ ngày", [required("Cần điền ngày.")])
    reason = reason_field("Cần khi ngày chuyển nằm trước lần cư trú sau đó.")


class MoveOutForm(Form):
    """Out of the register."""

    last_day = DayField("Ngày cuối ở đây", [required("Cần điền ngày.")])
    reason = reason_field("Chuyển đi đâu. Cần khi lần cư trú này đã ghi ngày kết thúc.")


class ComeBackForm(Form):
    """Back into the register."""

    village = PickField("Thôn, bản, khu phố", [required("Cần chọn thôn, bản, khu phố.")])
    on = DayField("Ở đây từ ngày", [required("Cần điền ngày.")])


class StayForm(Form):
    """A stay that was recorded wrongly."""

    village = PickField("Thôn, bản, khu phố", [required("Cần chọn thôn, bản, khu phố.")])
    starts = DayField("Từ ngày", [required("Cần điền ngày.")])
    last_day = DayField("Đến hết ngày", [optional()])
    arrival = WordField("Lý do đến", Arrival, [optional()], blank="—")
    departure = WordField("Lý do đi", Departure, [optional()], blank="—")
    reason = reason_field("Vì sao phải sửa.")
    version = VersionField()


class SplitForm(Form):
    """Some members become a household of their own."""

    on = DayField("Tách từ ngày", [required("Cần điền ngày.")])
    members = SelectMultipleField("Những người ra ở riêng", choices={})
    new_head = PickField("Chủ hộ mới", [required("Cần chọn chủ hộ mới.")])
    village = PickField(
        "Thôn của hộ mới", [optional()], description="Để trống nếu ở cùng thôn với hộ cũ."
    )
    address = StringField("Địa chỉ của hộ mới", [optional(), at_most()])
    new_code = StringField(
        "Mã hộ mới", [optional(), at_most(CODE)], description="Để trống thì sổ đặt mã."
    )
    copy_class = TickField("Hộ mới giữ phân loại của hộ cũ")
    reason = reason_field()


class MergeForm(Form):
    """A household joins another."""

    into = StringField("Mã hộ nhận", [required("Cần điền mã hộ nhận."), at_most(CODE)])
    on = DayField("Nhập từ ngày", [required("Cần điền ngày.")])
    members = SelectMultipleField("Những người sang hộ nhận", choices={})
    reason = reason_field()


class DissolveForm(Form):
    """A household ends."""

    last_day = DayField("Ngày cuối của hộ", [required("Cần điền ngày.")])
    members_to = StringField(
        "Mã hộ nhận các thành viên còn lại",
        [optional(), at_most(CODE)],
        description="Để trống nếu không còn ai, hoặc họ không ở hộ nào trong sổ.",
    )
    reason = reason_field("Ví dụ: hộ một người, đã qua đời.")
