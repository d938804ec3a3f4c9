"""Acts on organisations: add, edit."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.organisations import queries
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places.models import Unit
from casemgmt.typed import parse_code
from casemgmt.vietnamese import clean
from casemgmt.words import _

# What must follow a change of kind, put here by the layer above that derives from it: the
# timeline of the households that the organisation leads or has led (register.timeline).
after_change_of_kind: list[Callable[[Session, Organisation], None]] = []


def add_organisation(
    session: Session,
    *,
    code: str,
    name: str,
    kind: Kind,
    unit: Unit,
    parent: Organisation | None = None,
) -> Organisation:
    """Add an organisation at a unit, perhaps under another organisation."""
    try:
        code = parse_code(code)
    except ValueError as wrong:
        raise RuleBroken(_("Mã tổ chức: {why}.", why=_(str(wrong))), field="code") from None
    if session.scalar(queries.by_code(code)) is not None:
        raise RuleBroken(_("Mã {code} đã là của một tổ chức khác.", code=code), field="code")
    organisation = Organisation(
        code=code, name=_name(name), kind=_kind(kind), unit=unit, parent=parent
    )
    session.add(organisation)
    session.flush()
    return organisation


def edit_organisation(
    session: Session,
    organisation: Organisation,
    *,
    name: str,
    kind: Kind,
    unit: Unit,
    parent: Organisation | None = None,
) -> None:
    """Change what an organisation is. Organisations never lie under each other in a circle. With
    its kind, the timeline of the households that it leads or has led is derived anew."""
    _no_circle(organisation, parent)
    changes_kind = organisation.kind is not kind
    organisation.name, organisation.kind = _name(name), _kind(kind)
    organisation.unit, organisation.parent = unit, parent
    session.flush()
    if changes_kind:
        if not after_change_of_kind:
            raise RuntimeError("register.timeline is not loaded: the timeline would go stale")
        for follow in after_change_of_kind:
            follow(session, organisation)


def _name(name: str) -> str:
    if not clean(name):
        raise RuleBroken("Hãy ghi tên tổ chức.", field="name")
    return clean(name)


def _kind(kind: Kind) -> Kind:
    if kind is Kind.NONE:
        raise RuleBroken("Hãy chọn loại tổ chức.", field="kind")
    return kind


def _no_circle(organisation: Organisation, parent: Organisation | None) -> None:
    while parent is not None:
        if parent is organisation:
            raise RuleBroken("Tổ chức cấp trên lại nằm dưới chính tổ chức này.", field="parent")
        parent = parent.parent
