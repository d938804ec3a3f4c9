"""The second factor: codes of an app (TOTP, RFC 6238) that count once, and codes to recover with.

A code holds for its 30 seconds and, for clocks that run apart, the 30 after. Whoever has used one
can use no earlier one: the newest step is kept, and moved on in one statement, so that of two that
try the same code at one moment one is let in. Exception to ASVS 6.5.5: the one earlier step."""

import secrets

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from casemgmt import clock, sealing
from casemgmt.access.models import RecoveryCode, SecondFactor, User
from casemgmt.access.policy import PROVES_TWICE
from casemgmt.access.throttle import Wrong
from casemgmt.errors import RuleBroken
from casemgmt.words import _

STEP = 30  # seconds
CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_PLACES, _TOGETHER = 12, 4  # of a recovery code: 59 bits, in groups


def demanded(user: User) -> bool:
    """Whether the account must have a second factor where the site demands them: it signs tables,
    reviews, or manages accounts."""
    return user.signs or user.role in PROVES_TWICE


def new_secret() -> str:
    """What an account and its app are to share: 160 random bits in base 32."""
    return pyotp.random_base32()


def address(user: User, secret: str, *, issuer: str) -> str:
    """The otpauth: address by which an app takes a secret in."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.name, issuer_name=issuer)


def set_up(session: Session, user: User, *, secret: str, code: str) -> list[str]:
    """Ask the account for a second factor from now on; its open sessions end. `code` is what the
    app shows. Returns the codes to recover with, which are shown once and kept as hashes."""
    if user.second_factor_since is not None:
        raise RuleBroken(_("Tài khoản này đã có yếu tố thứ hai."))
    step = _step_of(secret, _plain(code))
    if step is None:
        raise Wrong(
            _("Mã không đúng. Hãy xem giờ của điện thoại rồi nhập mã đang hiện."), field="code"
        )
    session.add(SecondFactor(user_id=user.id, secret=secret, last_step=step))
    codes = [_new_code() for _each in range(CODES)]
    session.add_all(RecoveryCode(user_id=user.id, hash=_print(user, code)) for code in codes)
    user.second_factor_since = clock.now()
    user.epoch += 1
    session.flush()
    return codes


def take_off(session: Session, user: User) -> None:
    """Ask the account for its password alone; its open sessions end."""
    if user.second_factor_since is None:
        raise RuleBroken(_("Tài khoản này không có yếu tố thứ hai."))
    for table in (RecoveryCode, SecondFactor):
        session.execute(delete(table).where(table.user_id == user.id))
    user.second_factor_since = None
    user.epoch += 1
    session.flush()


def spend(session: Session, user: User, code: str) -> None:
    """Use a code of the app, or one to recover with. Raises Wrong where it is neither, or was used
    before. To be committed before anything comes of it, or with it."""
    plain = _plain(code)
    kept = session.get(SecondFactor, user.id)
    step = _step_of(kept.secret, plain) if kept else None
    if step is not None:
        factor = SecondFactor.__table__
        used = update(factor).where(factor.c.user_id == user.id, factor.c.last_step < step)
        used = used.values(last_step=step)
    else:
        codes = RecoveryCode.__table__
        used = update(codes).where(codes.c.user_id == user.id, codes.c.used_at.is_(None))
        used = used.where(codes.c.hash == _print(user, plain)).values(used_at=clock.now())
    if session.connection().execute(used).rowcount != 1:
        raise Wrong(_("Mã không đúng hoặc đã được dùng."), field="code")


def codes_left(session: Session, user: User) -> int:
    """How many codes to recover with an account has not used."""
    unused = select(func.count()).where(
        RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(unused) or 0


def _plain(code: str) -> str:
    """A code as typed → without the spaces and dashes that make it readable."""
    return "".join(code.split()).replace("-", "").lower()


def _step_of(secret: str, code: str) -> int | None:
    """The step, now or just before, whose code this is."""
    now = int(clock.now().timestamp()) // STEP
    app = pyotp.TOTP(secret)
    for step in (now, now - 1):
        if secrets.compare_digest(app.generate_otp(step).encode(), code.encode()):
            return step
    return None


def _new_code() -> str:
    letters = [secrets.choice(_LETTERS) for _each in range(_PLACES)]
    groups = range(0, _PLACES, _TOGETHER)
    return "-".join("".join(letters[first : first + _TOGETHER]) for first in groups)


def _print(user: User, code: str) -> str:
    return sealing.digest(f"{user.id}:{_plain(code)}", "recovery code")
