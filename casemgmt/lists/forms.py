"""The shapes of the lists that a register rests on."""

from wtforms import SelectMultipleField, StringField

from casemgmt.organisations.models import Kind
from casemgmt.places.models import Area, Level
from casemgmt.web.forms import (
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
NAME = 120
CHOOSE = "— chọn —"


class UnitStateForm(Form):
    """What a unit is."""

    name = StringField("Tên", [required("Cần điền tên."), at_most(NAME)])
    level = WordField("Cấp", Level, [required("Cần chọn cấp.")], blank=CHOOSE)
    parent = StringField(
        "Mã đơn vị cấp trên", [optional(), at_most(CODE)], description="Để trống cho cấp cao nhất."
    )
    official_code = StringField("Mã TCTK", [optional(), at_most(CODE)])
    area = WordField("Khu vực", Area, [optional()], blank="— theo cấp —")


class EditPeriodForm(UnitStateForm):
    """What a period says, without its first day."""

    version = VersionField()


class PeriodForm(UnitStateForm):
    """What a unit is from a day on."""

    starts = DayField("Từ ngày", [optional()], description="Để trống nếu từ trước, không rõ ngày.")


class UnitForm(PeriodForm):
    """A new unit."""

    code = StringField("Mã", [required("Cần điền mã."), at_most(CODE)])


class EndPeriodForm(Form):
    """The newest period of a unit ends, or holds again."""

    last_day = DayField("Ngày cuối", [optional()], description="Để trống thì đơn vị lại tồn tại.")
    version = VersionField()


class ResidentsForm(Form):
    """How many households live in a unit."""

    starts = DayField("Từ ngày", [required("Cần điền ngày.")])
    total = WholeField("Số hộ", [required("Cần điền số hộ.")], most=10_000_000)
    ethnic_minority = WholeField(
        "Số hộ DTTS", [optional()], most=10_000_000, description="Để trống nếu chưa biết."
    )


class OrganisationForm(Form):
    """What an organisation is."""

    name = StringField("Tên", [required("Cần điền tên."), at_most()])
    kind = WordField("Loại", Kind, [required("Cần chọn loại.")], without=(Kind.NONE,), blank=CHOOSE)
    unit = StringField("Mã đơn vị", [required("Cần điền mã đơn vị."), at_most(CODE)])
    parent = StringField("Mã tổ chức cấp trên", [optional(), at_most(CODE)])


class EditOrganisationForm(OrganisationForm):
    """What an organisation is from now on."""

    version = VersionField()


class NewOrganisationForm(OrganisationForm):
    """A new organisation."""

    code = StringField("Mã", [required("Cần điền mã."), at_most(CODE)])


class KindForm(Form):
    """A new kind of support."""

    name = StringField("Tên", [required("Cần điền tên."), at_most(80)])
    is_loan = TickField("Là khoản vay (không cộng vào quà, vốn cho)")


class MergeVillagesForm(Form):
    """Sáp nhập thôn."""

    old = SelectMultipleField("Các thôn cũ", choices={})
    new = PickField("Thôn mới", [required("Cần chọn thôn mới.")])
    on = DayField("Từ ngày", [required("Cần điền ngày.")])
    reason = StringField("Theo văn bản", [required("Cần ghi văn bản."), at_most()])
