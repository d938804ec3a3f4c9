"""Printed tables that are kept: held against the records again on any day, never changed. A newer
version supersedes one for a reason; the old one stays as it was."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.access.models import User
from casemgmt.errors import RuleBroken
from casemgmt.places.models import Lies, Unit
from casemgmt.tables.declared import Declared, DeclaredRow
from casemgmt.tables.definitions import Basis, table_named
from casemgmt.tables.figures import Asked, Cell, asked
from casemgmt.tables.models import DeclaredTable
from casemgmt.vietnamese import clean
from casemgmt.words import _

_LONGEST_NAME = 200  # of a file


@dataclass(frozen=True, slots=True)
class Source:
    """Where a printed table was read from: the paper's title and number, the file and its bytes'
    SHA-256."""

    title: str
    number: str
    file_name: str
    file_hash: str


def keep(
    session: Session,
    user: User,
    declared: Declared,
    wanted: Asked,
    source: Source,
    *,
    supersedes: DeclaredTable | None = None,
    why: str | None = None,
) -> DeclaredTable:
    """Keep a printed table of a unit and day as it was read. Where one of the same table, unit and
    day is kept already, it must be superseded, and `why` says why. Raises RuleBroken."""
    title, why = clean(source.title), clean(why or "") or None
    if not title:
        raise RuleBroken(_("Hãy ghi tên bảng như in trên giấy."), field="title")
    unit = _unit(session, wanted)
    if not serves(session, user, unit):
        raise RuleBroken(_("Bảng này nằm ngoài đơn vị của bạn."), field="unit")
    same = _asked_of(wanted, unit)
    _may_supersede(session, same, supersedes, why)
    content = _canonical(declared)
    one = DeclaredTable(
        **same,
        title=title,
        number=clean(source.number) or None,
        file_name=clean(source.file_name)[:_LONGEST_NAME],
        file_hash=source.file_hash,
        content=content,
        hash=hashlib.sha256(content.encode()).hexdigest(),
        version=supersedes.version + 1 if supersedes else 1,
        supersedes_id=supersedes.id if supersedes else None,
        why=why if supersedes else None,
        kept_by=user.name,
        kept_at=clock.now(),
    )
    _add_once(session, one)
    return one


def _may_supersede(
    session: Session, same: dict[str, Any], old: DeclaredTable | None, why: str | None
) -> None:
    if old is None:
        if found := session.scalar(in_force().filter_by(**same)):
            raise RuleBroken(
                _(
                    "Đã giữ “{title}” của đơn vị và ngày này: hãy mở bản đó và bấm “Thay bằng bản"
                    " mới”.",
                    title=found.title,
                )
            )
        return
    if any(getattr(old, name) != value for name, value in same.items()):
        raise RuleBroken(_("Bản thay thế phải là cùng bảng, đơn vị và ngày với bản đã giữ."))
    if session.scalar(newer(old)) is not None:
        raise RuleBroken(_("Bản này đã được một bản mới hơn thay thế."))
    if not why:
        raise RuleBroken(_("Hãy ghi vì sao thay bản cũ."), field="why")


def _add_once(session: Session, one: DeclaredTable) -> None:
    """Two who supersede the same version at once: one wins, the other is told."""
    try:
        with session.begin_nested():
            session.add(one)
            session.flush()
    except IntegrityError:
        raise RuleBroken(_("Bản này đã được một bản mới hơn thay thế.")) from None


def serves(session: Session, user: User, unit: Unit | None) -> bool:
    """Whether an account's unit is this one or lies above it, today. The whole register is the
    matter of the highest units, which lie in no other."""
    if user.unit_id is None:
        return False
    day = settings.today(session)
    lies = select(Lies.unit_id).where(Lies.starts <= day, Lies.ends > day)
    if unit is None:
        above = lies.where(Lies.unit_id == user.unit_id, Lies.within_id != user.unit_id)
        return session.scalar(above) is None
    if user.unit_id == unit.id:
        return True
    under = lies.where(Lies.unit_id == unit.id, Lies.within_id == user.unit_id)
    return session.scalar(under) is not None


def _unit(session: Session, wanted: Asked) -> Unit | None:
    if wanted.unit is None:
        return None
    return session.scalars(select(Unit).where(Unit.code == wanted.unit)).one()


def _asked_of(wanted: Asked, unit: Unit | None) -> dict[str, Any]:
    return {
        "table": wanted.table.key,
        "unit_id": unit.id if unit else None,
        "as_of": wanted.as_of,
        "year": wanted.the_year,
        "map_date": wanted.map_date,
        "basis": wanted.basis.value,
    }


# --- Finding them, and what they say -----------------------------------------------------------


def kept_tables() -> Select[DeclaredTable]:
    """All of them, newest first."""
    return select(DeclaredTable).order_by(DeclaredTable.id.desc())


def in_force() -> Select[DeclaredTable]:
    """Those that no newer version supersedes, oldest first."""
    old = select(DeclaredTable.supersedes_id).where(DeclaredTable.supersedes_id.is_not(None))
    return select(DeclaredTable).where(DeclaredTable.id.not_in(old)).order_by(DeclaredTable.id)


def newer(one: DeclaredTable) -> Select[DeclaredTable]:
    """The version that supersedes one, where there is one."""
    return select(DeclaredTable).where(DeclaredTable.supersedes_id == one.id)


def wanted_of(session: Session, one: DeclaredTable) -> Asked:
    """What a kept table asks of the records."""
    unit = session.get(Unit, one.unit_id) if one.unit_id else None
    return asked(
        one.table,
        as_of=one.as_of,
        unit=unit.code if unit else None,
        year=one.year,
        map_date=one.map_date,
        basis=Basis(one.basis),
    )


def declared_of(one: DeclaredTable) -> Declared:
    """The printed table as it was kept."""
    told = json.loads(one.content)
    table = table_named(one.table, Basis(one.basis))
    rows, totals = ([_row(row) for row in told[part]] for part in ("rows", "totals"))
    return Declared(table, told["columns"], rows, totals)


def _canonical(declared: Declared) -> str:
    """Canonical JSON: sorted keys, NFC, whole numbers as numbers, rates as printed (`"7.36"`)."""
    told = {
        "columns": list(declared.columns),
        "rows": [_told(row) for row in declared.rows],
        "totals": [_told(row) for row in declared.totals],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _told(row: DeclaredRow) -> dict[str, Any]:
    cells = {
        key: str(value) if isinstance(value, Decimal) else value for key, value in row.cells.items()
    }
    return {"line": row.line, "unit": clean(row.unit), "cells": cells}


def _row(told: dict[str, Any]) -> DeclaredRow:
    cells: dict[str, Cell] = {
        key: Decimal(value) if isinstance(value, str) else value
        for key, value in told["cells"].items()
    }
    return DeclaredRow(told["line"], told["unit"], cells)
