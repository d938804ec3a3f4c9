"""The shapes of a poverty standard."""

from collections.abc import Sequence
from typing import TypeVar

from wtforms import StringField

from casemgmt.lists.standards import LONGEST_CODE, Content
from casemgmt.register.models import Indicator
from casemgmt.web.asking import given
from casemgmt.web.forms import (
    DayField,
    Form,
    VersionField,
    WholeField,
    at_most,
    optional,
    required,
)

Shape = TypeVar("Shape", bound="StandardForm")
_MOST_DONG = 100_000_000
_MOST_POINTS = 1000
_PREFIX = "indicator_"


class StandardForm(Form):
    """What a standard says."""

    name = StringField("Tên", [required("Cần điền tên."), at_most(120)])
    document = StringField("Văn bản", [required("Cần ghi văn bản."), at_most()])
    last_day = DayField("Ngày cuối", [required("Cần điền ngày.")])
    line_rural = WholeField(
        "Mức thu nhập, nông thôn (đồng/người/tháng)",
        [required("Cần điền mức thu nhập.")],
        most=_MOST_DONG,
    )
    line_urban = WholeField(
        "Mức thu nhập, thành thị (đồng/người/tháng)",
        [required("Cần điền mức thu nhập.")],
        most=_MOST_DONG,
    )
    cut_rural = WholeField(
        "Điểm B1 cao nhất, nông thôn",
        [optional()],
        most=_MOST_POINTS,
        description="Để trống nếu chưa ban hành.",
    )
    cut_urban = WholeField(
        "Điểm B1 cao nhất, thành thị",
        [optional()],
        most=_MOST_POINTS,
        description="Để trống nếu chưa ban hành.",
    )
    least_b2 = WholeField("Điểm B2 từ đó là hộ nghèo", [optional()], most=_MOST_POINTS)
    reason = StringField("Lý do", [required("Hãy ghi lý do."), at_most()])

    def content(self) -> Content:
        """What was typed."""
        return Content(
            name=str(self.name.data),
            document=str(self.document.data),
            last_day=given(self.last_day.data),
            line_rural=given(self.line_rural.data),
            line_urban=given(self.line_urban.data),
            cut_rural=self.cut_rural.data,
            cut_urban=self.cut_urban.data,
            least_b2=self.least_b2.data,
            indicators={
                name.removeprefix(_PREFIX): field.data or ""
                for name, field in self._fields.items()
                if name.startswith(_PREFIX)
            },
        )


class EditStandardForm(StandardForm):
    """What a standard says from now on."""

    version = VersionField()


class NewStandardForm(StandardForm):
    """A standard that follows the others."""

    code = StringField(
        "Mã", [required("Cần điền mã."), at_most(LONGEST_CODE)], description="Ví dụ: S2031"
    )
    starts = DayField("Từ ngày", [required("Cần điền ngày.")])


def naming(form: type[Shape], indicators: Sequence[Indicator]) -> type[Shape]:
    """The form with a box for the name of each indicator."""
    boxes = {
        f"{_PREFIX}{one.code}": StringField(
            one.dimension, [optional(), at_most(120)], default=one.name
        )
        for one in indicators
    }
    return type(form.__name__, (form,), boxes)
