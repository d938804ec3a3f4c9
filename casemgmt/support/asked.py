"""What the forms about visits and promises ask for: the visitor, the kind, the picture; and what
the one who asks may mend."""

from flask import request
from flask_wtf.file import FileField

from casemgmt.access.policy import Act
from casemgmt.households.forms import CHOOSE
from casemgmt.organisations.models import Organisation
from casemgmt.register import timeline
from casemgmt.register.models import Household
from casemgmt.sponsorship.asked import offer_organisations, organisation_chosen
from casemgmt.support import queries
from casemgmt.support.models import Promise, SupportAction, Visit
from casemgmt.support.pictures import attach_picture, name_of_file
from casemgmt.web.asking import another_day, can, lens_to_write, me, today
from casemgmt.web.database import session
from casemgmt.web.forms import Form, PickField
from casemgmt.words import N_, _

BY_COMMUNE = N_("Cán bộ xã")


def offer_visitors(field: PickField, also: Organisation | None = None) -> None:
    """Let a form choose who visited: an officer's commune itself or an organisation; of an
    organisation, itself or one under it."""
    own = me().organisation
    offer_organisations(field, blank=None if own else _(BY_COMMUNE), also=[also] if also else ())
    if own is not None and field.data is None:
        field.data = own.code


def offer_givers(field: PickField, household: Household) -> None:
    """Let a form choose who promises: an organisation itself or one under it; for an officer
    whichever is within reach, the household's lead to begin with."""
    own = me().organisation
    offer_organisations(field, blank=None if own else CHOOSE)
    if field.data is None:
        held = timeline.in_force(household.leads, today())
        begun = own or (held.organisation if held else None)
        field.data = begun.code if begun else None


def only_one(field: PickField) -> bool:
    """Whether a form leaves nothing to choose: there is but one answer, and it is given."""
    return len(field.choices or ()) == 1


def chosen(code: str | None) -> Organisation | None:
    """The organisation of a code that a form offered; None where it was left blank."""
    return organisation_chosen(code) if code else None


def offer_kinds(field: PickField) -> None:
    """Let a form choose a kind of support."""
    kinds = session().scalars(queries.kinds())
    field.choices = {"": CHOOSE, **{kind.name: kind.name for kind in kinds}}


def keep_picture(
    field: FileField,
    household: Household,
    *,
    visit: Visit | None = None,
    action: SupportAction | None = None,
) -> None:
    """Keep the picture that came with a form, if any."""
    sent = request.files.get(field.name)
    if sent is not None and sent.filename:
        name = name_of_file(sent.filename)
        attach_picture(session(), household, sent.read(), name=name, visit=visit, action=action)


def picture_to_choose_again(form: Form) -> bool:
    """Whether a picture came with a form that goes back to be mended: a browser sends none
    twice by itself."""
    errors = form.errors or form.form_errors
    return bool(errors) and any(sent.filename for sent in request.files.values())


def ours(organisation: int | None) -> bool:
    """Whether what this organisation (None: the commune) did or promised is for the one who asks
    to mend: of an organisation its own, of an officer all."""
    own = lens_to_write().organisations
    return organisation in own if own or me().organisation else True


def may_mend(visit: Visit) -> bool:
    """Whether to offer that a visit be corrected or voided."""
    if visit.voided_at is not None or another_day() is not None:
        return False
    return can(Act.VISIT) and ours(visit.organisation_id)


def may_keep(promise: Promise) -> bool:
    """Whether to offer that a promise be kept or dropped."""
    if not is_open(promise) or another_day() is not None:
        return False
    return can(Act.PROMISE) and ours(promise.organisation_id)


def is_open(promise: Promise) -> bool:
    """Whether a promise is neither kept nor dropped."""
    return promise.kept_by_id is None and promise.dropped_on is None


def is_overdue(promise: Promise) -> bool:
    """Whether a promise is still open past its day."""
    return is_open(promise) and promise.due_on < today()
