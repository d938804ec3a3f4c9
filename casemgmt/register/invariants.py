"""The invariants that `casemgmt check` holds a register against.

Derived tables are what their facts make, search and sort keys what their columns make; nothing
points nowhere; the database holds its constraints and guards; the audit trail is whole."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Row,
    Select,
    and_,
    exists,
    select,
    text,
)
from sqlalchemy.orm import Session

from casemgmt.audit import guards, trail
from casemgmt.db import Base
from casemgmt.errors import RuleBroken
from casemgmt.places import map as places_map
from casemgmt.places.models import Lies, Unit
from casemgmt.register import timeline
from casemgmt.register.findings import Finding, invariant
from casemgmt.register.models import Household, Member, Span, citizen_digest, tail_digest
from casemgmt.typed import show_date
from casemgmt.vietnamese import fold, name_key

_CHUNK = 1000
_NAMED = 20  # so many rows of a broken reference are named, the rest counted


def guarded(connection: Connection) -> Iterator[Finding]:
    """The triggers that keep the audit trail append-only are there."""
    for name in sorted(guards.missing(connection)):
        yield invariant("guard", f"Thiếu chốt bảo vệ {name} của cơ sở dữ liệu.", name)


def stored_soundly(connection: Connection) -> Iterator[Finding]:
    """The database itself finds its rows within their constraints (SQLite can be told to look
    away while rows are written; PostgreSQL can be told not to enforce)."""
    if connection.dialect.name == "sqlite":
        for (fault,) in connection.execute(text("PRAGMA integrity_check")):
            if fault != "ok":
                yield invariant("stored", f"SQLite báo: {fault}.")
        return
    loose = text(
        "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
        " WHERE relnamespace = current_schema()::regnamespace"
        " AND NOT (convalidated AND conenforced)"
        " UNION SELECT tgname FROM pg_trigger WHERE tgenabled = 'D' AND tgisinternal"
        " ORDER BY 1"
    )
    for (name,) in connection.execute(loose):
        yield invariant("stored", f"PostgreSQL không còn giữ ràng buộc {name}.", name)


def pointing_somewhere(connection: Connection) -> Iterator[Finding]:
    """Every reference points to a row that is there."""
    for table in Base.metadata.sorted_tables:
        for reference in table.foreign_key_constraints:
            rows = connection.execute(_orphans(reference)).all()
            if rows:
                keys = ", ".join(str(tuple(row)) for row in rows[:_NAMED])
                yield invariant(
                    "reference",
                    f"Bảng {table.name}: {reference.name} trỏ đến dòng không có: {keys}.",
                    table.name,
                )


def _orphans(reference: ForeignKeyConstraint) -> Select[*tuple[Any, ...]]:
    table = reference.table
    other = reference.referred_table.alias("other")
    pairs = [(element.parent, other.c[element.column.name]) for element in reference.elements]
    return (
        select(*table.primary_key.columns)
        .where(
            and_(*(mine.is_not(None) for mine, _ in pairs)),
            ~exists().where(*(mine == theirs for mine, theirs in pairs)),
        )
        .limit(_NAMED + 1)
    )


def chained(connection: Connection) -> Iterator[Finding]:
    """The chain of the audit trail holds."""
    _entries, broken = trail.verify(connection)
    if broken is not None:
        yield invariant(
            "audit", f"Chuỗi nhật ký đứt ở mục {broken.entry}: {broken.why}.", str(broken.entry)
        )


def mapped(session: Session) -> Iterator[Finding]:
    """The map is what the units' periods make."""
    try:
        wanted = {
            (row.within, row.tier, row.unit, row.starts, row.ends, row.within_tier)
            for row in places_map.lies(places_map.periods(session))
        }
    except RuleBroken as broken:
        yield invariant("map", broken.message)
        return
    table = Lies.__table__.c
    found = {
        tuple(row)
        for row in session.execute(
            select(
                table.within_id,
                table.tier,
                table.unit_id,
                table.starts,
                table.ends,
                table.within_tier,
            )
        )
    }
    wrong = {row[2] for row in wanted ^ found}
    codes = {row.id: row.code for row in session.execute(select(Unit.id, Unit.code))}
    for unit in sorted(wrong):
        code = codes.get(unit, str(unit))
        yield invariant("map", f"Bản đồ của đơn vị {code} không khớp các thời kỳ của nó.", code)


def derived(session: Session) -> Iterator[Finding]:
    """The timeline is what the facts make, and every lead's kind is its organisation's."""
    connection = session.connection()
    for households in _chunks(connection):
        codes = {row.id: row.code for row in households}
        stored: dict[int, set[tuple[Any, ...]]] = defaultdict(set)
        try:
            for row in connection.execute(
                select(Span.__table__).where(Span.household_id.in_(list(codes)))
            ).mappings():
                stored[row["household_id"]].add(_comparable(row))
            for household, stretches in timeline.derive(session, list(codes)):
                wanted = {_comparable(timeline.row(household, found)) for found in stretches}
                if wanted != stored[household]:
                    yield _difference(codes[household], wanted, stored[household])
        except (LookupError, ValueError) as unreadable:
            yield invariant(
                "timeline",
                f"Không đọc được dòng thời gian của các hộ từ {households[0].code}: {unreadable}.",
                households[0].code,
            )


_COLUMNS = tuple(column.name for column in Span.__table__.columns)
_STARTS, _LEAD_KIND = _COLUMNS.index("starts"), _COLUMNS.index("lead_kind")


def _comparable(row: Any) -> tuple[Any, ...]:
    return tuple(row[name] for name in _COLUMNS)


def _difference(code: str, wanted: set[tuple[Any, ...]], stored: set[tuple[Any, ...]]) -> Finding:
    if _without_kind(wanted) == _without_kind(stored):
        return invariant(
            "lead_kind", f"Hộ {code}: loại của đơn vị đỡ đầu khác loại của tổ chức đó.", code
        )
    told = [
        f"{word} đoạn từ {', '.join(show_date(day) for day in sorted({r[_STARTS] for r in rows}))}"
        for word, rows in (("thiếu", wanted - stored), ("thừa", stored - wanted))
        if rows
    ]
    return invariant(
        "timeline", f"Dòng thời gian của hộ {code} không khớp sự kiện: {'; '.join(told)}.", code
    )


def _without_kind(rows: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    return {row[:_LEAD_KIND] + row[_LEAD_KIND + 1 :] for row in rows}


def keyed(connection: Connection) -> Iterator[Finding]:
    """Search keys, sort keys and digests are what the columns beside them make."""
    for households in _chunks(connection):
        codes = {row.id: row.code for row in households}
        for row in households:
            if (row.head_search, bytes(row.head_order)) != (
                fold(row.head_name),
                name_key(row.head_name),
            ):
                yield invariant("key", f"Khóa tìm kiếm của hộ {row.code} sai.", row.code)
        members = select(
            Member.household_id,
            Member.name,
            Member.name_search,
            Member.citizen_id,
            Member.citizen_digest,
            Member.tail_digest,
        ).where(Member.household_id.in_(list(codes)))
        try:
            wrong = {
                codes[member.household_id]
                for member in connection.execute(members)
                if not _member_keyed(member)
            }
        except RuleBroken as broken:  # sealed with another key
            yield invariant("key", broken.message)
            return
        for code in sorted(wrong):
            yield invariant("key", f"Khóa tìm kiếm của thành viên hộ {code} sai.", code)


def _member_keyed(member: Row[*tuple[Any, ...]]) -> bool:
    number = member.citizen_id
    digests = (citizen_digest(number), tail_digest(number)) if number else (None, None)
    return bool(
        member.name_search == fold(member.name)
        and (member.citizen_digest, member.tail_digest) == digests
    )


def _chunks(connection: Connection) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """All households by id, so many at a time: id, code, head_name and its keys."""
    table = Household.__table__.c
    columns: list[Column[Any]] = [
        table[name] for name in ("id", "code", "head_name", "head_search", "head_order")
    ]
    last = None
    while True:
        query = select(*columns).order_by(table.id).limit(_CHUNK)
        rows = connection.execute(query if last is None else query.where(table.id > last)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id
