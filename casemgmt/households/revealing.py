"""A whole CCCD is shown for a reason, to few, and not often."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.access.policy import Act
from casemgmt.audit.models import AuditEntry, What
from casemgmt.errors import RuleBroken
from casemgmt.register.models import Member
from casemgmt.register.rules import said
from casemgmt.words import _

MOST = 30  # numbers shown to one account within an hour
HOUR = timedelta(hours=1)


def reveal(session: Session, member: Member, *, actor: str, reason: str | None) -> str:
    """The whole CCCD of a member. Raises RuleBroken without a reason, where none is stored, and
    where this account has been shown `MOST` within the last hour. Whoever asks writes it down."""
    said(reason)
    if member.citizen_id is None:
        raise RuleBroken("Thành viên này chưa có số CCCD trong sổ.")
    if _shown(session, actor) >= MOST:
        raise RuleBroken(
            _("Đã xem đủ {most} số CCCD trong một giờ: hãy đợi rồi xem tiếp.", most=MOST)
        )
    return member.citizen_id


def _shown(session: Session, actor: str) -> int:
    """How many numbers an account has been shown within the last hour, by the audit trail."""
    shown = select(func.count()).where(
        AuditEntry.actor == actor,
        AuditEntry.at > clock.now() - HOUR,
        AuditEntry.act == Act.REVEAL_IDENTITY,
        AuditEntry.what == What.READ,
        AuditEntry.subject == Member.__tablename__,
    )
    return session.scalar(shown) or 0
