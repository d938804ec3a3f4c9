"""Whether the register has been backed up lately, for those who look after it."""

from datetime import datetime, timedelta

from sqlalchemy import select

from casemgmt import clock, settings, typed
from casemgmt.access.policy import Act
from casemgmt.audit.models import AuditEntry
from casemgmt.settings import Setting
from casemgmt.web.asking import can, while_unchanged
from casemgmt.web.database import session
from casemgmt.words import _

LATE = timedelta(hours=48)


def late() -> str:
    """A sentence where the last backup of a real register is older than 48 hours, or it never had
    one and is older itself; "" elsewhere, and for whoever does not look after it."""
    if not (can(Act.MANAGE_ACCOUNTS) or can(Act.IMPORT_REGISTER)):
        return ""
    made, since = while_unchanged(("backed up",), _known)
    if since is None or clock.now() - since <= LATE:
        return ""
    if made is None:
        return _("Sổ này chưa được sao lưu lần nào. Hãy chạy lệnh casemgmt backup (xem README).")
    return _(
        "Lần sao lưu gần nhất đã quá 48 giờ: {day}. Hãy chạy lệnh casemgmt backup (xem README).",
        day=typed.show_date(made.astimezone(clock.VIETNAM).date()),
    )


def _known() -> tuple[datetime | None, datetime | None]:
    """When the register was last backed up (None: never), and since when it has had none (None: a
    demonstration, or nothing has been written in it yet)."""
    wanted = (settings.BACKED_UP, settings.DEMONSTRATION)
    found = select(Setting.key, Setting.value).where(Setting.key.in_(wanted))
    known = {row.key: row.value for row in session().execute(found)}
    if settings.DEMONSTRATION in known:
        return None, None
    if (said := known.get(settings.BACKED_UP)) is not None:
        made = datetime.fromisoformat(said)
        return made, made
    first = select(AuditEntry.at).order_by(AuditEntry.id).limit(1)
    return None, session().scalar(first)
