"""What is asked of a report: its period, an organisation or a kind of them."""

from collections.abc import Sequence
from datetime import date

from flask import request

from casemgmt.organisations.models import Kind, Organisation
from casemgmt.web.forms import DayField, Form, PickField, optional
from casemgmt.words import _


class ReportForm(Form):
    """Asked by GET: the answers stand in the address. The period is this year unless it is said."""

    start = DayField("Từ ngày", [optional()], name="from")
    end = DayField("Đến ngày", [optional()], name="to")
    organisation = PickField("Tổ chức", [optional()])
    kind = PickField("Loại tổ chức", [optional()])
    usual: tuple[date, date]

    class Meta(Form.Meta):
        """A form that changes nothing needs no token."""

        csrf = False

    @classmethod
    def of(cls, day: date) -> "ReportForm":
        """The form as this request's address fills it in."""
        form = cls(formdata=request.args)
        form.usual = (date(day.year, 1, 1), day)
        for field, usual in zip((form.start, form.end), form.usual, strict=True):
            if not field.raw_data or not field.raw_data[0].strip():
                field.data, field.raw_data = usual, None
        return form

    def begin(self, day: date) -> None:
        """Where the answers cannot be read, the usual period is shown."""
        for field, usual in zip((self.start, self.end), self.usual, strict=True):
            field.data = usual
        if self.organisation.errors:
            self.organisation.data = None
        if self.kind.errors:
            self.kind.data = None

    def offer(self, among: Sequence[Organisation]) -> None:
        """Let it choose among these organisations and their kinds."""
        kinds = {one.kind for one in among}
        self.organisation.choices = {"": _("Tất cả")} | {one.code: one.name for one in among}
        self.kind.choices = {"": _("Tất cả")} | {
            kind.value: kind.label for kind in Kind if kind in kinds
        }

    def validate(self, extra_validators: object = None) -> bool:
        """Whether each answer has its shape, and the first day is not after the last."""
        if not super().validate(extra_validators):
            return False
        if self.start.data > self.end.data:
            self.refuse(_("Ngày đầu kỳ phải trước ngày cuối kỳ."), "start")
            return False
        return True
