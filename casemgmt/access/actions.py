"""Acts on accounts. Whatever changes what an account may do ends its open sessions (`epoch`)."""

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.access import passwords, queries
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.access.throttle import Wrong
from casemgmt.errors import RuleBroken
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Tier, Unit
from casemgmt.words import _

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,79}")
FIRST_LASTS = timedelta(hours=72)  # a password that was made up here, until it is changed
_REVIEWING = (Tier.DISTRICT, Tier.PROVINCE)


def add_user(
    session: Session,
    *,
    name: str,
    role: Role,
    password: str,
    unit: Unit | None = None,
    organisation: Organisation | None = None,
    signs: bool = False,
    must_change: bool = False,
    made_up: bool = False,
) -> User:
    """Create an account. A commune's officer serves a commune, the reviewing level a unit above a
    commune, an organisation's account its organisation; `signs`: may sign tables; `made_up`: the
    password is one of ours, which opens the account for 72 hours only."""
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise RuleBroken(
            "Tên đăng nhập gồm 2–80 chữ cái không dấu, chữ số, dấu chấm, gạch hoặc @.",
            field="name",
        )
    if session.scalar(queries.user_named(name)) is not None:
        raise RuleBroken(_("Đã có tài khoản {name}.", name=name), field="name")
    _may_be(session, password, name)
    user = User(
        name=name,
        signs=signs,
        active=True,
        must_change=must_change,
        password_until=clock.now() + FIRST_LASTS if made_up else None,
        password_hash=passwords.hashed(password),
        epoch=0,
        created_at=clock.now(),
    )
    _serve(user, role, unit, organisation)
    session.add(user)
    session.flush()
    return user


def edit_user(
    session: Session,
    user: User,
    *,
    role: Role,
    unit: Unit | None = None,
    organisation: Organisation | None = None,
    signs: bool = False,
) -> None:
    """Change what an account is for. The last active administrator stays one."""
    if role is not Role.ADMIN:
        _keep_an_admin(session, user)
    _serve(user, role, unit, organisation)
    user.signs = signs
    user.epoch += 1
    session.flush()


def change_password(session: Session, user: User, *, old: str, new: str) -> None:
    """A person changes their own password, knowing the old one; other sessions end."""
    if not passwords.matches(user.password_hash, old):
        raise Wrong(_("Mật khẩu hiện tại không đúng."), field="old")
    if old == new:
        raise RuleBroken("Mật khẩu mới phải khác mật khẩu cũ.", field="password")
    _set(session, user, new, must_change=False)


def reset_password(session: Session, user: User) -> str:
    """An administrator gives an account a new password, made up here and returned to be shown
    once; it must be changed at next sign-in, within 72 hours."""
    password = passwords.made_up(user.name)
    _set(session, user, password, must_change=True, made_up=True)
    return password


def set_password(session: Session, user: User, *, password: str, must_change: bool = False) -> None:
    """Give an account this password (the command line)."""
    _set(session, user, password, must_change=must_change)


def disable(session: Session, user: User) -> None:
    """Nobody signs in with this account any more; it is never deleted. The last active
    administrator stays."""
    if not user.active:
        raise RuleBroken("Tài khoản đã bị khóa.")
    _keep_an_admin(session, user)
    user.active = False
    user.epoch += 1
    session.flush()


def enable(session: Session, user: User) -> None:
    """A disabled account may be used again."""
    if user.active:
        raise RuleBroken("Tài khoản đang dùng được.")
    user.active = True
    session.flush()


def end_sessions(session: Session, user: User) -> None:
    """All open sessions of an account end."""
    user.epoch += 1
    session.flush()


def _set(
    session: Session, user: User, password: str, *, must_change: bool, made_up: bool = False
) -> None:
    _may_be(session, password, user.name)
    user.password_hash = passwords.hashed(password)
    user.must_change = must_change
    user.password_until = clock.now() + FIRST_LASTS if made_up else None
    user.epoch += 1
    session.flush()


def _may_be(session: Session, password: str, name: str) -> None:
    passwords.rules(password, name=name, places=session.scalars(queries.place_names()))


def _serve(user: User, role: Role, unit: Unit | None, organisation: Organisation | None) -> None:
    tier = unit.periods[-1].level.tier if unit is not None and unit.periods else None
    if role is Role.COMMUNE and tier is not Tier.COMMUNE:
        raise RuleBroken("Cán bộ xã cần một đơn vị cấp xã.", field="unit")
    if role is Role.DISTRICT and tier not in _REVIEWING:
        raise RuleBroken("Cấp rà soát cần một đơn vị trên cấp xã.", field="unit")
    if role is Role.ORGANISATION and organisation is None:
        raise RuleBroken("Tài khoản hội, đoàn thể cần một tổ chức.", field="organisation")
    user.role = role
    user.unit = unit if role in (Role.COMMUNE, Role.DISTRICT) else None
    user.organisation = organisation if role is Role.ORGANISATION else None


def _keep_an_admin(session: Session, user: User) -> None:
    if user.role is not Role.ADMIN or not user.active:
        return
    other = select(User.id).where(User.role == Role.ADMIN, User.active, User.id != user.id)
    if session.scalar(other.limit(1)) is None:
        raise RuleBroken("Phải còn ít nhất một quản trị đang dùng được.")
