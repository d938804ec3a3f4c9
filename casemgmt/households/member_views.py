"""Pages about the members of a household: add, edit, end, another head."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.households import members
from casemgmt.households.asked import back_to, file_address, household_to_write, member_of
from casemgmt.households.forms import CHOOSE, EditMemberForm, EndMemberForm, HeadForm, MemberForm
from casemgmt.households.members import Person
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Household, Member, Relation
from casemgmt.typed import mask_citizen_id
from casemgmt.web.asking import given, needs, today
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, outdated
from casemgmt.words import _

bp = Blueprint("members", __name__)


@bp.route("/households/<code>/members/add", methods=["GET", "POST"])
@needs(Act.EDIT_HOUSEHOLD)
def add(code: str) -> ResponseReturnValue:
    """Add a person to a household."""
    household = household_to_write(code)
    form = MemberForm()
    if form.sent():
        with form.showing_rules():
            members.add_member(
                session(),
                household,
                name=str(form.name.data),
                relation=given(form.relation.data),
                starts=form.starts.data,
                **_person(form, form.citizen_id.data or None),
            )
            return back_to(household, _("Đã thêm {data}.", data=form.name.data))
    return render_template("households/member.html", household=household, form=form, member=None)


@bp.route("/households/<code>/members/<int:number>", methods=["GET", "POST"])
@needs(Act.EDIT_HOUSEHOLD)
def edit(code: str, number: int) -> ResponseReturnValue:
    """Correct what is written about a member."""
    household = household_to_write(code)
    member = member_of(household, number)
    form = _edit_form(member)
    if form.is_submitted() and outdated(form.version.data, member.version):
        stored, back = _edit_form(member, fresh=True), file_address(household)
        return both_versions(form, stored, what=member.name, back=back, row=member)
    if form.sent():
        with form.showing_rules():
            _edit(form, member)
            return back_to(household, _("Đã ghi thông tin của {data}.", data=form.name.data))
    return render_template("households/member.html", household=household, form=form, member=member)


def _edit_form(member: Member, *, fresh: bool = False) -> EditMemberForm:
    """The form of a member as stored (`fresh`: whatever was sent). Its CCCD is not sent out."""
    stored = {
        "name": member.name,
        "relation": member.relation,
        "birth": member.birth,
        "sex": member.sex,
        "ethnicity": member.ethnicity,
        "can_work": member.can_work,
        "member_of": member.member_of,
        "starts": member.starts,
        "last_day": member.last_day,
        "version": member.version,
    }
    form = EditMemberForm(None, data=stored) if fresh else EditMemberForm(data=stored)
    if member.citizen_id:
        kept = mask_citizen_id(member.citizen_id)
        form.citizen_id.description = _("Đang lưu {kept}. Để trống thì giữ nguyên.", kept=kept)
    return form


def _edit(form: EditMemberForm, member: Member) -> None:
    kept = None if form.no_citizen_id.data else member.citizen_id
    members.edit_member(
        session(),
        member,
        name=str(form.name.data),
        relation=given(form.relation.data),
        starts=form.starts.data,
        last_day=form.last_day.data,
        reason=form.reason.data,
        **_person(form, form.citizen_id.data or kept),
    )


def _person(form: MemberForm, citizen_id: str | None) -> Person:
    return Person(
        birth=form.birth.data,
        sex=form.sex.data,
        citizen_id=citizen_id,
        ethnicity=form.ethnicity.data,
        can_work=form.can_work.data,
        member_of=form.member_of.data or Kind.NONE,
    )


@bp.route("/households/<code>/members/<int:number>/end", methods=["GET", "POST"])
@needs(Act.EDIT_HOUSEHOLD)
def end(code: str, number: int) -> ResponseReturnValue:
    """A member leaves or dies."""
    household = household_to_write(code)
    member = member_of(household, number)
    form = EndMemberForm()
    if form.sent():
        with form.showing_rules():
            members.end_member(
                session(),
                member,
                last_day=given(form.last_day.data),
                reason=form.reason.data or "",
            )
            return back_to(household, _("Đã ghi {name} rời hộ.", name=member.name))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("{name} rời hộ hoặc qua đời", name=member.name),
    )


@bp.route("/households/<code>/head", methods=["GET", "POST"])
@needs(Act.EDIT_HOUSEHOLD)
def change_head(code: str) -> ResponseReturnValue:
    """Another member becomes the head."""
    household = household_to_write(code)
    form = HeadForm()
    form.new_head.choices = {"": CHOOSE, **_may_lead(household)}
    if form.sent():
        with form.showing_rules():
            members.change_head(
                session(),
                household,
                new_head=member_of(household, int(given(form.new_head.data))),
                on=given(form.on.data),
                old_head=given(form.old_head.data),
                old_relation=form.old_relation.data or Relation.OTHER,
                reason=form.reason.data,
            )
            return back_to(
                household, _("Chủ hộ nay là {head_name}.", head_name=household.head_name)
            )
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Đổi chủ hộ"),
        intro=_("Sau khi đổi, hãy xem lại quan hệ của từng người với chủ hộ mới."),
    )


def _may_lead(household: Household) -> dict[str, str]:
    return {
        str(member.id): member.name
        for member in household.members
        if member.relation is not Relation.HEAD
        and (member.last_day is None or member.last_day >= today())
    }
