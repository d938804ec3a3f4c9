"""The shapes of the acts on the programme of a year."""

from typing import Any

from wtforms import StringField

from casemgmt.households.forms import CODE
from casemgmt.programme.actions import FIRST_YEAR, LAST_YEAR
from casemgmt.programme.models import TargetKind
from casemgmt.web.forms import (
    Form,
    PickField,
    QuantityField,
    WholeField,
    WordField,
    at_most,
    optional,
    required,
)


class YearField(WholeField):
    """A year, four digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, least=FIRST_YEAR, most=LAST_YEAR, **kwargs)

    def show(self, value: int) -> str:
        """2022, without a dot."""
        return str(value)


class TargetForm(Form):
    """What a unit is assigned for a year."""

    year = YearField("Năm", [required("Cần điền năm.")])
    unit = PickField("Đơn vị", [required("Cần chọn đơn vị.")])
    kind = WordField("Chỉ tiêu", TargetKind)
    value = QuantityField("Giá trị", [optional()], description="Để trống thì bỏ chỉ tiêu này.")
    document = StringField("Văn bản giao", [optional(), at_most()])
    reason = StringField(
        "Lý do điều chỉnh",
        [optional(), at_most()],
        description="Khi sửa hoặc bỏ chỉ tiêu đã giao mà không có văn bản mới.",
    )


class ExitForm(Form):
    """A household that is meant to leave poverty in a year."""

    year = YearField("Năm", [required("Cần điền năm.")])
    code = StringField("Mã hộ", [required("Cần điền mã hộ."), at_most(CODE)])
