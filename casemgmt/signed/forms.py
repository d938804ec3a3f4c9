"""What preparing and signing ask for."""

from wtforms import PasswordField, StringField

from casemgmt.signed.models import Stage
from casemgmt.web.forms import Form, WordField, at_most, optional, required


class PrepareForm(Form):
    """Prepare a table for signing."""

    stage = WordField("Loại số liệu", Stage)
    number = StringField("Số văn bản", [optional(), at_most(60)])
    why = StringField("Lý do thay bản đã ký", [optional(), at_most()])


class SignForm(Form):
    """Sign: the password is asked anew."""

    password = PasswordField("Mật khẩu của bạn", [required()])


class WithdrawForm(Form):
    """Take a prepared table back."""

    reason = StringField("Lý do rút bảng", [required(), at_most()])
