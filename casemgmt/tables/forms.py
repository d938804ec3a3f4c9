"""What is asked of a table: the parameters of its address, and of its form."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from casemgmt.tables.definitions import Basis, Input, Table
from casemgmt.tables.figures import Asked, asked
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.web.forms import (
    DayField,
    Form,
    WholeField,
    WordField,
    at_most,
    optional,
    required,
)
from casemgmt.words import _

BASES = {Basis.SPONSOR: "Tổ chức nhận đỡ đầu chính", Basis.MEMBERSHIP: "Tổ chức mà hộ thuộc về"}
_LONGEST_PASTE = 200_000


def has_targets(table: Table) -> bool:
    """Whether a column of the table is the target of a year."""
    return any(isinstance(c, Input) and c.key == "exit_target" for c in table.columns)


def has_bases(table: Table) -> bool:
    """Whether the table parts households by a basis that can be chosen."""
    return table.key.startswith("bieu-3")


class _Asking(Form):
    """The parameters of one table. Those that it does not take are not shown and not read."""

    as_of = DayField("Số liệu ngày", [optional()])
    start = DayField("Từ ngày", [optional()], name="from")
    end = DayField("Đến ngày", [optional()], name="to")
    unit = StringField("Đơn vị", [optional()])
    year = WholeField("Chỉ tiêu của năm", [optional()], least=2000, most=2100)
    map_date = DayField("Địa giới của ngày", [optional()])
    basis = WordField("Phân theo", Basis, validators=[Optional()], default=Basis.SPONSOR)

    def for_table(self, table: Table, today: date) -> None:
        """Take away what the table does not take, and fill in what was left blank."""
        unwanted = {"as_of", "map_date"} if table.between_days else {"start", "end"}
        if table.by_year:
            unwanted.add("map_date")
        if not has_targets(table):
            unwanted.add("year")
        if not has_bases(table):
            unwanted.add("basis")
        for name in unwanted:
            delattr(self, name)
        self.table = table
        if table.between_days:
            _default(self.end, today)
            _default(self.start, date(today.year - 1, 12, 31))
        else:
            _default(self.as_of, today)
        day = self._given("end") or self._given("as_of") or today
        self.usual_year = day.year
        if self.basis:
            self.basis.choices = [(word.value, _(BASES[word])) for word in Basis]

    def wanted(self) -> Asked:
        """What is asked. Raises RuleBroken."""
        return asked(
            self.table.key,
            as_of=self._given("as_of"),
            start=self._given("start"),
            end=self._given("end"),
            unit=clean(self.unit.data or "") or None,
            year=self._given("year"),
            map_date=self._given("map_date"),
            basis=self._given("basis") or Basis.SPONSOR,
        )

    def _given(self, name: str) -> Any:
        field = self._fields.get(name)
        return field.data if field else None


def _default(field: Any, day: date) -> None:
    if not field.raw_data or not field.raw_data[0].strip():
        field.data, field.raw_data = day, None


class TableForm(_Asking):
    """Asked by GET: the answers stand in the address."""

    class Meta(_Asking.Meta):
        """A form that changes nothing needs no token."""

        csrf = False

    @classmethod
    def of(cls, table: Table, today: date) -> "TableForm":
        """The form as this request's address fills it in."""
        form = cls(formdata=request.args)
        form.for_table(table, today)
        return form


class ReconcileForm(_Asking):
    """A signed table to hold against the records, a file or pasted text; and what is said of it
    where it is kept."""

    file = FileField("Tệp Excel (.xlsx) hoặc CSV của bảng đã ký")
    text = TextAreaField("hoặc dán nội dung CSV vào đây")
    title = StringField("Tên bảng như in trên giấy", [at_most()])
    number = StringField("Số, ký hiệu văn bản", [at_most()])
    why = StringField("Vì sao thay bản cũ", [at_most()])
    supersedes = HiddenField()

    @classmethod
    def of(cls, table: Table, today: date) -> "ReconcileForm":
        """The form as it was sent; before that, as this request's address fills it in."""
        form = cls() if request.method == "POST" else cls(formdata=request.args)
        form.for_table(table, today)
        return form

    def declared(self) -> bytes:
        """What was sent; empty where nothing was."""
        sent = self.file.data
        if sent and sent.filename:
            return bytes(sent.read())
        return (self.text.data or "")[:_LONGEST_PASTE].encode()

    @property
    def file_name(self) -> str:
        """The name of the file that was sent; of a pasted text, that it was."""
        sent = self.file.data
        return clean(sent.filename) if sent and sent.filename else _("nội dung đã dán")


class WithdrawForm(Form):
    """Why an accepted finding is one again."""

    reason = StringField("Lý do", [required("Cần ghi lý do."), at_most()])


def query_of(wanted: Asked) -> str:
    """The parameters of an address that asks for the same again."""
    if wanted.table.between_days and wanted.start:
        days = {"from": show_date(wanted.start), "to": show_date(wanted.as_of)}
    else:
        days = {"as_of": show_date(wanted.as_of)}
    more: dict[str, Any] = {
        "unit": wanted.unit,
        "year": wanted.year if has_targets(wanted.table) else None,
        "map_date": show_date(wanted.map_date) if wanted.map_date else None,
        "basis": wanted.basis.value if wanted.basis is not Basis.SPONSOR else None,
    }
    return urlencode(days | {name: value for name, value in more.items() if value is not None})
