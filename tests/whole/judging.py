"""What an answer, a log or a database gives away, or has let happen, that it must not."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from casemgmt.access.policy import Role
from casemgmt.audit.models import AuditEntry, What
from casemgmt.db import Base
from tests.whole.marked import Of, Register, Word
from tests.whole.principals import Principal
from tests.whole.replica import Dump, differences

# What a word of the register looks like (marked.Register).
_WORDS = re.compile(r"qz[a-z0-9_]+?x(?![a-z0-9])|\d{12}|0\d{9}|\d{3}\*{7}\d\d|77\.?\d{3}")
_WHAT = AuditEntry.__table__.columns.keys().index("what")


class Judge:
    """Knows the words of one register."""

    def __init__(self, register: Register) -> None:
        self.words: dict[str, Word] = {word.text: word for word in register.words}
        self.keys = {one.id: key for key, one in register.households.items()}

    def found(self, said: str) -> Iterator[Word]:
        """The words of the register that stand in a text of small letters."""
        for token in set(_WORDS.findall(said)):
            if token in self.words:
                yield self.words[token]

    def leaks(self, principal: Principal, said: str, sent: str, endpoint: str = "") -> list[str]:
        """The words that somebody got and may not read. What they sent themselves may come back;
        two things are shown on purpose (_on_purpose)."""
        sent = sent.casefold()
        return sorted(
            word.text
            for word in self.found(said)
            if word.text not in sent
            and not principal.may_read(word)
            and not _on_purpose(endpoint, principal, word)
        )

    def personal(self, said: str) -> list[str]:
        """The words about people that stand in a text which may hold none. A code is none."""
        return sorted(word.text for word in self.found(said.casefold()) if not _is_code(word))

    def written(
        self, principal: Principal, before: Dump, after: Dump, *, foreign: bool
    ) -> list[str]:
        """What has been written that must not be: of a try at what is another's, anything but the
        entry that says that it was refused; else, anything about a household out of scope."""
        faults = []
        for table, rows in differences(before, after).items():
            if table == AuditEntry.__tablename__:
                if foreign:
                    faults += [
                        f"{table} {row[_WHAT]}" for row in rows if row[_WHAT] != What.REFUSED
                    ]
            elif foreign:
                faults.append(f"{table} {rows[:2]}")
            else:
                faults += [
                    f"{table} of {key}"
                    for key in self._about(table, rows)
                    if not principal.reaches(key)
                ]
        return faults

    def _about(self, table: str, rows: list[tuple[object, ...]]) -> set[str]:
        columns = Base.metadata.tables[table].columns.keys()
        wanted = "id" if table == "household" else "household_id"
        if wanted not in columns:
            return set()
        place = columns.index(wanted)
        return {self.keys[row[place]] for row in rows if row[place] in self.keys}  # type: ignore[index]


def _on_purpose(endpoint: str, principal: Principal, word: Word) -> bool:
    """A whole CCCD, to one who may see the household and has said why; and the code of a household
    in the trail, to an administrator."""
    if endpoint == "POST revealing.show":
        return word.of is Of.SECRET and Of.PRIVATE in (principal.sees or {}).get(word.about, ())
    return endpoint == "GET audit.index" and principal.role is Role.ADMIN and _is_code(word)


def _is_code(word: Word) -> bool:
    return word.of is Of.NAMED and word.text.endswith("max")


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@contextmanager
def logged() -> Iterator[list[str]]:
    """Everything that is logged meanwhile, with its traces."""
    kept = _Kept()
    root = logging.getLogger()
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.INFO)
    try:
        yield kept.said
    finally:
        root.removeHandler(kept)
        root.setLevel(level)
