"""Prepare a table, sign it, take a prepared one back, supersede a signed one."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.access import passwords
from casemgmt.access.models import User
from casemgmt.access.policy import Act, may
from casemgmt.access.throttle import Wrong
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.places.models import Level, Tier, Unit
from casemgmt.places.queries import unit_on
from casemgmt.register.rules import said
from casemgmt.signed import queries
from casemgmt.signed.content import Frozen, freeze
from casemgmt.signed.models import PreparedTable, Signature, SignedTable, Stage
from casemgmt.signed.paper import as_paper
from casemgmt.tables.definitions import Basis
from casemgmt.tables.figures import Asked, asked
from casemgmt.tables.kept import serves
from casemgmt.vietnamese import clean
from casemgmt.words import _


def prepare(
    session: Session,
    user: User,
    wanted: Asked,
    *,
    stage: Stage,
    number: str | None = None,
    supersedes: SignedTable | None = None,
    why: str | None = None,
) -> PreparedTable:
    """Prepare a table for signing: its figures are those of this moment, and it can only be
    signed while they stand. `why` is needed where it supersedes a signed one of the same table,
    unit and day."""
    unit = _unit(session, wanted)
    if wanted.as_of > settings.today(session):
        raise RuleBroken(_("Chỉ ký được bảng của hôm nay hoặc một ngày đã qua."), field="as_of")
    if not serves(session, user, unit):
        raise RuleBroken(_("Bảng này nằm ngoài đơn vị của bạn."), field="unit")
    if supersedes is not None:
        why = said(why)
        _may_supersede(session, supersedes, wanted, unit)
    at = clock.now()
    number = clean(number or "") or None
    frozen = freeze(session.connection(), wanted, _said(number, stage, supersedes, user.name, at))
    prepared = PreparedTable(
        **_asked_of(wanted, unit),
        stage=stage,
        number=number,
        supersedes_id=supersedes.id if supersedes else None,
        why=clean(why or "") or None,
        content=frozen.text,
        hash=frozen.hash,
        prepared_by=user.name,
        prepared_at=at,
    )
    session.add(prepared)
    session.flush()
    return prepared


def withdraw(session: Session, prepared: PreparedTable, *, reason: str) -> None:
    """Take a prepared table back, before anybody has signed it."""
    reason = said(reason)
    _still_waits(session, prepared)
    with trail.because(session, reason):
        prepared.withdrawn_at, prepared.withdraw_reason = clock.now(), reason


def sign(
    session: Session, prepared: PreparedTable, user: User, *, password: str, site: str = ""
) -> SignedTable:
    """The first signature: it freezes the table. The signer may sign for the table's unit, is not
    the one who prepared it, and gives the password anew. Refused where the records have changed
    since it was prepared. `site`: its address, for the code on the paper."""
    _fresh(user, password)
    _still_waits(session, prepared)
    if user.name == prepared.prepared_by:
        raise RuleBroken(_("Người lập bảng không được ký bảng đó: cần một người khác ký."))
    if not _signs_for(session, user, prepared.unit):
        raise RuleBroken(_("Bạn không được ký bảng của đơn vị này."))
    wanted = wanted_of(session, prepared)
    now = freeze(session.connection(), wanted, _kept(prepared.content))
    if now.hash != prepared.hash:
        raise RuleBroken(
            _("Sổ hộ đã thay đổi từ khi bảng được lập, nên chưa ký được. Hãy rút bảng và lập lại.")
        )
    entry, head = trail.head(session.connection())
    signed = SignedTable(
        prepared_id=prepared.id,
        version=_version(session, prepared),
        supersedes_id=prepared.supersedes_id,
        chain_entry=entry,
        chain_head=head,
        **{name: getattr(prepared, name) for name in _COPIED},
    )
    _add_once(session, signed)
    _put_signature(session, signed, user, 1, site)
    return signed


def countersign(
    session: Session, signed: SignedTable, user: User, *, password: str, site: str = ""
) -> None:
    """The reviewing level signs what a commune has signed. `site`: as for `sign`."""
    _fresh(user, password)
    if session.scalar(queries.superseded_by(signed)) is not None:
        raise RuleBroken(_("Bản này đã được một bản mới hơn thay thế."))
    if signed.unit is None or not _is_commune(session, signed.unit):
        raise RuleBroken(_("Bảng này chỉ cần một chữ ký."))
    if user.name == signed.prepared_by or any(
        one.signed_by == user.name for one in signed.signatures
    ):
        raise RuleBroken(_("Người lập hoặc đã ký bảng này không ký tiếp được: cần một người khác."))
    if user.unit_id == signed.unit_id or not serves(session, user, signed.unit):
        raise RuleBroken(_("Chữ ký thứ hai là của cấp trên của xã."))
    if not _signer(user):
        raise RuleBroken(_("Tài khoản của bạn không được ký bảng."))
    _put_signature(session, signed, user, 2, site)


_COPIED = (
    "table_name",
    "unit_id",
    "start",
    "as_of",
    "year",
    "map_date",
    "basis",
    "stage",
    "number",
    "why",
    "content",
    "hash",
    "prepared_by",
    "prepared_at",
)


def wanted_of(session: Session, told: PreparedTable | SignedTable) -> Asked:
    """What a stored table asks of the records."""
    unit = session.get(Unit, told.unit_id) if told.unit_id else None
    return asked(
        told.table_name,
        as_of=told.as_of,
        start=told.start,
        end=told.as_of,
        unit=unit.code if unit else None,
        year=told.year,
        map_date=told.map_date,
        basis=Basis(told.basis),
    )


def _asked_of(wanted: Asked, unit: Unit | None) -> dict[str, Any]:
    between = wanted.table.between_days
    return {
        "table_name": wanted.table.key,
        "unit_id": unit.id if unit else None,
        "start": wanted.start if between else None,
        "as_of": wanted.as_of,
        "year": wanted.the_year,
        "map_date": wanted.map_date,
        "basis": wanted.basis.value,
    }


def _said(
    number: str | None, stage: Stage, supersedes: SignedTable | None, by: str, at: datetime
) -> dict[str, Any]:
    return {
        "number": number,
        "stage": stage.value,
        "supersedes": supersedes.hash if supersedes else None,
        "prepared_by": by,
        "prepared_at": at.isoformat(timespec="microseconds"),
    }


_SAID = ("number", "stage", "supersedes", "prepared_by", "prepared_at")


def _kept(content: str) -> Mapping[str, Any]:
    told = Frozen.read(content).told
    return {name: told[name] for name in _SAID}


def _unit(session: Session, wanted: Asked) -> Unit | None:
    if wanted.unit is None:
        return None
    return session.scalar(select(Unit).where(Unit.code == wanted.unit))


def _signer(user: User) -> bool:
    return user.signs and may(user.role, Act.SIGN_TABLE)


def _signs_for(session: Session, user: User, unit: Unit | None) -> bool:
    """The first signature is of the unit itself; of the whole register, of a highest unit."""
    if not _signer(user):
        return False
    return serves(session, user, None) if unit is None else user.unit_id == unit.id


def _is_commune(session: Session, unit: Unit) -> bool:
    row = session.execute(unit_on(unit.id, settings.today(session))).first()
    return row is not None and Level(row.level).tier is Tier.COMMUNE


def _fresh(user: User, password: str) -> None:
    if not passwords.matches(user.password_hash, password):
        raise Wrong(_("Mật khẩu không đúng."), field="password")


def _still_waits(session: Session, prepared: PreparedTable) -> None:
    if prepared.withdrawn_at is not None:
        raise RuleBroken(_("Bảng này đã được rút lại."))
    taken = select(SignedTable.id).where(SignedTable.prepared_id == prepared.id)
    if session.scalar(taken) is not None:
        raise RuleBroken(_("Bảng này đã được ký rồi."))


def _may_supersede(session: Session, old: SignedTable, wanted: Asked, unit: Unit | None) -> None:
    same = _asked_of(wanted, unit)
    if any(getattr(old, name) != value for name, value in same.items()):
        raise RuleBroken(_("Bản thay thế phải là cùng bảng, đơn vị và ngày với bản đã ký."))
    if session.scalar(queries.superseded_by(old)) is not None:
        raise RuleBroken(_("Bản này đã được một bản mới hơn thay thế."))


def _version(session: Session, prepared: PreparedTable) -> int:
    if prepared.supersedes_id is None:
        return 1
    old = session.get_one(SignedTable, prepared.supersedes_id)
    _may_supersede(session, old, wanted_of(session, prepared), prepared.unit)
    return old.version + 1


def _add_once(session: Session, row: SignedTable | Signature) -> None:
    """Two who sign at once: one wins, the other is told."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise RuleBroken(_("Người khác vừa ký bảng này trước bạn.")) from None


def _put_signature(
    session: Session, signed: SignedTable, user: User, place: int, site: str
) -> None:
    if any(one.place == place for one in signed.signatures):
        raise RuleBroken(_("Chữ ký này đã có rồi."))
    at = clock.now()
    signers = [(one.signed_by, one.signed_at) for one in signed.signatures] + [(user.name, at)]
    document = as_paper(signed, signers, site)
    _add_once(
        session,
        Signature(
            signed_id=signed.id,
            place=place,
            signed_by=user.name,
            signed_at=at,
            document=document,
            document_hash=hashlib.sha256(document).hexdigest(),
        ),
    )
    session.expire(signed, ["signatures"])
