"""How long it takes to be at work again: a register of 15,000 households with its people, 2,000
pictures of 100 kB and 100,000 audit entries, backed up and restored by the commands themselves."""

import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Connection, insert

from bench.long.rounds import MOST, Ground, Told
from bench.registers import Size, sqlite_engine
from bench.spent import spend
from casemgmt import sealing
from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.support.models import Attachment

SIZE = Size(15_000, 33, people=True)
PICTURES, ENTRIES, TOGETHER = 2_000, 100_000, 1_000
LONGEST = 15 * 60  # seconds


def check(on: Ground, number: int) -> Told:
    """A backup of the register, and its restore into a new, empty database of this kind."""
    told = Told()
    home = on.folder / "source"
    source = _register(home)
    file = home / "backup.zip"
    told.figures |= _spent("backup", source, home, "backup", str(file))
    told.figures[f"{MOST}archive_mb"] = round(file.stat().st_size / 1e6)
    with on.register() as url:
        new = Path(os.environ["CASEMGMT_HOME"])
        shutil.copyfile(home / sealing.KEY_FILE, new / sealing.KEY_FILE)
        told.figures |= _spent("restore", url, new, "restore", str(file))
        told.figures |= _spent("selfcheck", url, new, "selfcheck")
    if told.figures[f"{MOST}restore_seconds"] > LONGEST:
        told.wrong.append(f"round {number}: the restore took longer than {LONGEST} s")
    return told


def _spent(name: str, url: str, home: Path, *words: str) -> dict[str, float]:
    took = spend(list(words), {"CASEMGMT_HOME": str(home), "DATABASE_URL": url})
    return {
        f"{MOST}{name}_seconds": round(took.seconds, 1),
        f"{MOST}{name}_mb": round(took.peak_mb),
    }


def _register(home: Path) -> str:
    """The register on SQLite, built where it is not there yet, with a key in its home."""
    home.mkdir(exist_ok=True)
    os.environ["CASEMGMT_HOME"] = str(home)
    sealing.forget_keys()
    sealing.key()
    path = home / "whole.db"
    if not path.exists():
        engine = sqlite_engine(SIZE, home)
        with engine.begin() as connection:
            _add_pictures(connection)
            _add_entries(connection)
        engine.dispose()
        Path(str(engine.url.database)).rename(path)
    return f"sqlite:///{path}"


def _add_pictures(connection: Connection) -> None:
    """Noise, as a picture is to whoever compresses it."""
    noise, at = Random(0), datetime(2022, 3, 1, tzinfo=UTC)
    for number in range(1, PICTURES + 1):
        content = noise.randbytes(100_000)
        values = {
            "household_id": number,
            "name": "ảnh",
            "media_type": "image/jpeg",
            "content": content,
            "sha256": hashlib.sha256(content).hexdigest(),
            "added_by": "bench",
            "added_at": at,
        }
        connection.execute(insert(Attachment).values(values))


def _add_entries(connection: Connection) -> None:
    changed = {"head_name": ["Hồ Văn Cũ", "Hồ Văn Mới"], "address": [None, "Xóm Trên, gần chợ"]}
    for start in range(1, ENTRIES, TOGETHER):
        changes = [
            trail.Change(What.CHANGED, "household", {"id": number}, changed, number)
            for number in range(start, start + TOGETHER)
        ]
        trail.record_on(connection, changes, actor="bench", act="edit_household")
