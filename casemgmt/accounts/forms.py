"""The shapes of signing in and of managing accounts."""

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo

from casemgmt.access.passwords import MOST
from casemgmt.access.policy import Role
from casemgmt.web.forms import (
    Form,
    PickField,
    TickField,
    VersionField,
    WordField,
    at_most,
    required,
)


class SignInForm(Form):
    """Who is there."""

    username = StringField("Tên đăng nhập", [required("Cần điền tên đăng nhập."), at_most(80)])
    password = PasswordField("Mật khẩu", [required("Cần điền mật khẩu."), at_most(MOST)])


class CodeForm(Form):
    """The code of a second factor, or one to recover with."""

    code = StringField("Mã", [required("Cần nhập mã."), at_most(40)])


class SetUpForm(CodeForm):
    """A second factor that is set up: the secret that the page shows comes back sealed."""

    sealed = HiddenField("")


class PasswordForm(Form):
    """A new password of one's own."""

    old = PasswordField("Mật khẩu hiện nay", [required(), at_most(MOST)])
    password = PasswordField("Mật khẩu mới", [required(), at_most(MOST)])
    again = PasswordField(
        "Mật khẩu mới, gõ lại",
        [required(), EqualTo("password", "Hai lần gõ mật khẩu mới không giống nhau.")],
    )


class AccountForm(Form):
    """What an account is for."""

    role = WordField("Vai trò", Role, default=Role.COMMUNE)
    unit = PickField("Đơn vị (cán bộ xã, cấp rà soát)")
    organisation = PickField("Tổ chức (hội, đoàn thể)")
    signs = TickField("Được ký các bảng")


class NewAccountForm(AccountForm):
    """A new account."""

    name = StringField("Tên đăng nhập", [required(), at_most(80)])


class EditAccountForm(AccountForm):
    """An account that serves something else from now on."""

    version = VersionField()
