"""When the ground gives way: what a database or a disk says when it fails, told apart, and what
the site does then. Nothing is half written: the request's transaction is rolled back."""

import errno
import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic

from flask import Flask, abort, current_app, request
from sqlalchemy.exc import DBAPIError, TimeoutError

from casemgmt import paths
from casemgmt.access.policy import Act
from casemgmt.db import damage
from casemgmt.web.asking import SAFE, can
from casemgmt.web.database import db
from casemgmt.web.serving import database_file
from casemgmt.words import N_, _


class Fault(StrEnum):
    """What can be wrong with the ground that the site stands on."""

    BUSY = "busy"  # somebody else writes, for longer than we wait
    AWAY = "away"  # there is no answer from the database server
    FULL = "full"
    READ_ONLY = "read_only"
    BROKEN = "broken"  # what is stored cannot be read any more


RETRY_AFTER = {  # seconds, for whoever asks again by itself
    Fault.BUSY: 10,
    Fault.AWAY: 10,
    Fault.FULL: 300,
    Fault.READ_ONLY: 300,
    Fault.BROKEN: 3600,
}
# By the beginning of SQLite's own names of its codes (sqlite.org/rescode.html), and by SQLSTATE
# (PostgreSQL, appendix A); the longest that fits counts.
_BY_CODE = {
    "SQLITE_BUSY": Fault.BUSY,
    "SQLITE_LOCKED": Fault.BUSY,
    "SQLITE_FULL": Fault.FULL,
    "SQLITE_IOERR": Fault.FULL,
    "SQLITE_IOERR_READ": Fault.BROKEN,
    "SQLITE_IOERR_SHORT_READ": Fault.BROKEN,
    "SQLITE_IOERR_CORRUPTFS": Fault.BROKEN,
    "SQLITE_READONLY": Fault.READ_ONLY,
    "SQLITE_CANTOPEN": Fault.AWAY,
    "SQLITE_CORRUPT": Fault.BROKEN,
    "SQLITE_NOTADB": Fault.BROKEN,
    "08": Fault.AWAY,
    "25006": Fault.READ_ONLY,
    "40": Fault.BUSY,
    "53": Fault.BUSY,
    "53100": Fault.FULL,
    "55P03": Fault.BUSY,
    "57014": Fault.BUSY,
    "57P": Fault.AWAY,
    "58030": Fault.FULL,
    "XX001": Fault.BROKEN,
    "XX002": Fault.BROKEN,
}
_BY_NUMBER = {
    errno.ENOSPC: Fault.FULL,
    errno.EDQUOT: Fault.FULL,
    errno.EFBIG: Fault.FULL,
    errno.EIO: Fault.FULL,
    errno.EROFS: Fault.READ_ONLY,
}


_NO_TEXT = "Could not decode to UTF-8"  # the one complaint about SQLite that has no code
_LOOK_EVERY = 600.0  # seconds


def fault_of(error: BaseException) -> Fault | None:
    """What an error of the database or of a file says of the ground; None where it says nothing of
    it: the fault is then ours."""
    if isinstance(error, TimeoutError):  # every connection of the pool is in use
        return Fault.BUSY
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno or 0)
    if not isinstance(error, DBAPIError):
        return None
    if str(error.orig).startswith(_NO_TEXT):
        return Fault.BROKEN
    code = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    known = [start for start in _BY_CODE if (code or "").startswith(start)]
    if known:
        return _BY_CODE[max(known, key=len)]
    return Fault.AWAY if error.connection_invalidated or code is None else None


@dataclass(slots=True)
class Ground:
    """What is known of the ground. `broken`: the database could not be read once: whatever is
    written from then on could make it worse, until the site is started anew. `looked`: when its
    whole file was last looked through (seconds of the machine's own clock)."""

    database: Path | None
    folder: Path
    broken: bool = False
    looked: float = -_LOOK_EVERY

    def read_only(self) -> bool:
        """Whether nothing can be written to an embedded database, as far as the system says."""
        if self.database is None or not self.database.exists():
            return False
        return not (os.access(self.database, os.W_OK) and os.access(self.database.parent, os.W_OK))

    def nearly_full(self, least: int, share: float) -> bool:
        """Whether less than `least` bytes, or less than this share of the disk, are free."""
        if not self.folder.is_dir():
            return False
        disk = shutil.disk_usage(self.folder)
        return disk.free < least or disk.free < share * disk.total


def watch(app: Flask) -> None:
    """Have writing refused while it could do harm, and the frame of every page say why."""
    database = database_file(str(app.config["SQLALCHEMY_DATABASE_URI"]))
    folder = database.parent if database else paths.home()
    app.extensions["ground"] = Ground(database, folder)
    app.config.setdefault("LEAST_FREE", 500_000_000)
    app.config.setdefault("LEAST_FREE_SHARE", 0.05)
    app.before_request(_refuse_writing)
    app.jinja_env.globals["warnings_of_the_ground"] = warnings


def ground() -> Ground:
    """What this application knows of its ground."""
    found: Ground = current_app.extensions["ground"]
    return found


def _refuse_writing() -> None:
    if ground().broken and request.method not in SAFE:
        abort(503)


def warnings() -> list[str]:
    """What everybody, or whoever can do something about it, should know on every page."""
    here, config = ground(), current_app.config
    found = []
    if here.broken:
        found.append(BROKEN)
    elif here.read_only():
        found.append(
            N_("Sổ đang chỉ đọc: xem được, nhưng chưa ghi được gì. Hãy báo người quản trị.")
        )
    if _looks_after() and here.nearly_full(config["LEAST_FREE"], config["LEAST_FREE_SHARE"]):
        found.append(N_("Ổ đĩa của trang web sắp đầy: hãy dọn bớt trước khi không ghi được nữa."))
    return [_(sentence) for sentence in found]


BROKEN = N_(
    "Tệp cơ sở dữ liệu bị hỏng, nên không ghi thêm gì nữa. Người quản trị hãy dừng trang web và"
    " khôi phục từ bản sao lưu gần nhất (casemgmt restore)."
)


def _looks_after() -> bool:
    return can(Act.MANAGE_ACCOUNTS) or can(Act.IMPORT_REGISTER)


def broken_underneath() -> bool:
    """Whether an error that nobody foresaw came from a damaged file: that is looked through, now
    and then."""
    here, now = ground(), monotonic()
    if not here.broken and now - here.looked >= _LOOK_EVERY:
        here.looked = now
        here.broken = bool(damage(db.engine))
    return here.broken


def remember(fault: Fault) -> None:
    """Keep in mind what a request has met."""
    if fault is Fault.BROKEN:
        ground().broken = True
