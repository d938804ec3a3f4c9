"""A new account, from the administrator's form to its first day."""

from tests.browser.visitor import Visitor

OWN_PASSWORD = "đồng lúa chín vàng 23"


def add_account(admin: Visitor, name: str, unit: str, *, signs: bool = False) -> str:
    """Add an account of an officer of a commune: its first password, as it is shown once."""
    admin.open("/")
    admin.go_to("Tài khoản")
    admin.follow("Thêm tài khoản")
    admin.fill("Tên đăng nhập", name)
    admin.tick("Cán bộ xã")
    admin.choose("Đơn vị (cán bộ xã, cấp rà soát)", unit)
    if signs:
        admin.tick("Được ký các bảng")
    admin.press("Thêm tài khoản")
    shown, password = admin.texts(".slip code")
    assert shown == name
    return password


def change_first(officer: Visitor, password: str) -> None:
    """The first password opens nothing but the page that changes it."""
    assert officer.heading == "Đổi mật khẩu"
    officer.open("/households")
    assert officer.heading == "Đổi mật khẩu"
    officer.fill("Mật khẩu hiện nay", password)
    officer.fill("Mật khẩu mới", OWN_PASSWORD)
    officer.fill("Mật khẩu mới, gõ lại", OWN_PASSWORD)
    officer.press("Đổi mật khẩu")
    assert officer.notice.startswith("Đã đổi mật khẩu.")
    assert officer.heading.startswith("Hôm nay")
