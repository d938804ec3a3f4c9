"""A folder of backups that is filled by a schedule: dated names, the newest ones kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from casemgmt import clock, sealing, settings
from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.backup.archive import Kept, back_up, check
from casemgmt.errors import RuleBroken

_LEFT_BEHIND = timedelta(hours=24)  # a part file this old is that of a run which was killed


@dataclass(frozen=True, slots=True)
class Added:
    """A backup that was added to a folder, the older ones that were removed, and those kept ones
    that are not whole, each with why."""

    path: Path
    kept: Kept
    removed: list[Path]
    damaged: list[tuple[Path, str]]


def add(engine: Engine, folder: Path, *, most: int, key: bytes | None = None) -> Added:
    """Back up into a folder under a dated name, and remove what is older than the newest `most`
    backups of this register that are whole. Each is read from end to end to know that; one that is
    not whole counts as none. Files of other registers, and any others, are left alone."""
    at = clock.now()
    path = folder / f"{_beginning()}{_dated(at)}.zip{'.enc' if key else ''}"
    kept = back_up(engine, path, key)
    whole, removed, damaged = 0, [], []
    for found in sorted(_ours(folder), reverse=True):
        if whole >= most:
            found.unlink()
            removed.append(found)
            continue
        try:
            check(found, key)
            whole += 1
        except RuleBroken as broken:
            damaged.append((found, broken.message))
    _sweep(folder, at)
    return Added(path, kept, removed, damaged)


def _beginning() -> str:
    return f"casemgmt-{sealing.digest('backup', 'fingerprint')[:8]}-"


def _dated(at: datetime) -> str:
    return at.astimezone(clock.VIETNAM).strftime("%Y%m%d-%H%M%S")


def _ours(folder: Path) -> Iterator[Path]:
    named = re.compile(re.escape(_beginning()) + r"\d{8}-\d{6}\.zip(\.enc)?")
    return (path for path in folder.iterdir() if named.fullmatch(path.name))


def _sweep(folder: Path, at: datetime) -> None:
    for path in folder.glob(f"{_beginning()}*.part"):
        if at.timestamp() - path.stat().st_mtime > _LEFT_BEHIND.total_seconds():
            path.unlink(missing_ok=True)


def note(engine: Engine, kept: Kept) -> None:
    """Write into the register that it was backed up, and when: the site reminds whoever looks after
    it when that is long ago."""
    with Session(engine) as session, session.begin():
        trail.act_as(session, actor="dòng lệnh", act="backup")
        said = kept.made_at.isoformat()
        setting = session.get(settings.Setting, settings.BACKED_UP)
        if setting is None:
            session.add(settings.Setting(key=settings.BACKED_UP, value=said))
        else:
            setting.value = said
        session.flush()
        whole = trail.Change(
            What.EXPORTED, "backup", {"sha256": kept.sha256}, {"rows": [None, kept.rows]}
        )
        trail.record(session, [whole])
