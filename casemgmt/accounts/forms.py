"""The shapes of signing in and of managing accounts."""

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo

from casemgmt.access.passwords import MOST
from casemgmt.access.policy import Role
from casemgmt.web.forms import Form, PickField, TickField, WordField, at_most, required


class SignInForm(Form):
    """Who is there."""

    username = StringField("Tên đăng nhập", [required("Cần điền tên đăng nhập."), at_most(80)])
    password = PasswordField("Mật khẩu", [required("Cần điền mật khẩu."), at_most(MOST)])


class PasswordForm(Form):
    """A new password of one's own."""

    old = PasswordField("Mật khẩu hiện nay", [required(), at_most(MOST)])
    password = PasswordField("Mật khẩu mới", [required(), at_most(MOST)])
    again = PasswordField(
        "Mật khẩu mới, gõ lại",
        [required(), EqualTo("password", "Hai lần gõ mật khẩu mới không giống nhau.")],
    )


class AccountForm(Form):
    """A new account."""

    name = StringField("Tên đăng nhập", [required(), at_most(80)])
    role = WordField("Vai trò", Role, default=Role.COMMUNE)
    unit = PickField("Đơn vị (cán bộ xã, cấp rà soát)")
    organisation = PickField("Tổ chức (hội, đoàn thể)")
    signs = TickField("Được ký các bảng")
