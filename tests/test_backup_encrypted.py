"""Backups behind a key: they come back with it, and without it nothing is read or put back."""

import io
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casemgmt.backup.archive import back_up, check
from casemgmt.backup.encrypting import (
    MAGIC,
    Decrypting,
    Encrypting,
    make_key,
    read_key,
)
from casemgmt.backup.restoring import restore
from casemgmt.db import open_engine
from casemgmt.errors import RuleBroken
from tests import backing_up
from tests.backing_up import rows
from tests.test_cli import run

# The tables that count would be backed up too.
pytestmark = pytest.mark.behind_its_back

KEY, OTHER = bytes(range(32)), bytes(32)
PIECE = 65536 + 16  # as it lies in a file
HEAD = len(MAGIC) + 32 + 16


def _encrypted(content: bytes) -> bytes:
    file = io.BytesIO()
    writer = Encrypting(file, KEY)
    for start in range(0, len(content), 1000):
        writer.write(content[start : start + 1000])
    writer.finish()
    return file.getvalue()


def _read(stored: bytes, key: bytes = KEY) -> bytes:
    return io.BufferedReader(Decrypting(io.BytesIO(stored), key)).read()


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 131072, 300_000])
def test_what_was_encrypted_is_read_back(size: int) -> None:
    content = os.urandom(size)
    stored = _encrypted(content)
    assert _read(stored) == content
    assert content[:100] not in stored or size < 2
    reader = Decrypting(io.BytesIO(stored), KEY)
    for place in (size // 2, 0, max(0, size - 10)):
        reader.seek(place)
        assert reader.read(5) == content[place : place + 5]


def test_two_encryptions_of_one_content_have_nothing_in_common() -> None:
    first, second = (_encrypted(bytes(200_000)) for _ in range(2))
    pieces = [stored[HEAD + n * PIECE :][:PIECE] for stored in (first, second) for n in range(3)]
    assert len(set(pieces)) == 6


def test_a_byte_that_was_changed_anywhere_is_found() -> None:
    stored = _encrypted(os.urandom(150_000))
    for place in [*range(HEAD), *range(HEAD, len(stored), 997), len(stored) - 1]:
        changed = bytearray(stored)
        changed[place] ^= 1
        if place < len(MAGIC):
            continue  # then it is no such file at all: see `opened`
        with pytest.raises(RuleBroken):
            _read(bytes(changed))


def test_pieces_cannot_be_cut_off_swapped_or_added() -> None:
    stored = _encrypted(os.urandom(4 * 65536))
    head, body = stored[:HEAD], stored[HEAD:]
    pieces = [body[start : start + PIECE] for start in range(0, len(body), PIECE)]
    assert len(pieces) == 4
    for wrong in (
        pieces[:-1],
        pieces[:1],
        [],
        [pieces[1], pieces[0], *pieces[2:]],
        [*pieces, pieces[-1]],
        [*pieces[:3], pieces[3], pieces[3][:20]],
        pieces[1:],
    ):
        with pytest.raises(RuleBroken):
            _read(head + b"".join(wrong))
    for length in (0, 10, HEAD - 1, HEAD, HEAD + 5, HEAD + PIECE, len(stored) - 1):
        with pytest.raises(RuleBroken):
            _read(stored[:length])


def test_another_key_is_told_from_a_damaged_file() -> None:
    stored = _encrypted(b"a" * 1000)
    with pytest.raises(RuleBroken, match="Khóa sao lưu không đúng"):
        _read(stored, OTHER)
    with pytest.raises(RuleBroken, match="cắt ngắn hoặc đã bị đổi"):
        _read(stored[:-1])


def test_an_encrypted_backup_comes_back_and_shows_nothing(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.enc"
    before = rows(backing_up.fill(engine))
    back_up(engine, path, KEY)
    assert not any(word in path.read_bytes() for word in (b"PK\x03\x04", b"household", b"manifest"))
    for key, says in ((None, "cần khóa"), (OTHER, "Khóa sao lưu không đúng")):
        with pytest.raises(RuleBroken, match=says):
            restore(engine, path, key)
        assert rows(engine) == before
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RuleBroken, match="cắt ngắn"):
        restore(engine, path, KEY)
    assert rows(engine) == before
    back_up(engine, path, KEY)
    restore(engine, path, KEY)
    after = rows(engine)
    assert after["attachment"] == before["attachment"]
    assert after["member"] == before["member"]


def test_a_plain_backup_needs_no_key_but_takes_one(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    kept = back_up(engine, tmp_path / "a.zip")
    assert check(tmp_path / "a.zip", KEY) == kept
    engine.dispose()


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "backup.key"
    make_key(path)
    key = read_key(path)
    assert len(key) == 32
    with pytest.raises(FileExistsError):
        make_key(path)
    assert read_key(path) == key
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
        with pytest.raises(RuleBroken, match="chmod 600"):
            read_key(path)
    other = tmp_path / "other.key"
    other.touch(0o600)
    other.write_text("không phải khóa", encoding="utf-8")
    with pytest.raises(RuleBroken, match="không phải tệp khóa"):
        read_key(other)


def test_the_commands_take_a_key(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, path = str(tmp_path / "backup.key"), str(tmp_path / "a.enc")
    assert run("backup-key", key, url=sqlite_url).returncode == 0
    assert run("backup-key", key, url=sqlite_url).returncode == 1
    assert run("backup", path, "--key-file", key, url=sqlite_url).returncode == 0
    refused = run("restore", path, url=sqlite_url)
    assert (refused.returncode, "--key-file" in refused.stderr) == (1, True)
    monkeypatch.setenv("CASEMGMT_BACKUP_KEY", key)
    restored = run("restore", path, url=sqlite_url)
    assert restored.returncode == 0, restored.stderr
    missing = run("restore", path, "--key-file", str(tmp_path / "none"), url=sqlite_url)
    assert (missing.returncode, "Traceback" in missing.stderr) == (1, False)
