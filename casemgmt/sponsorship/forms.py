"""The shapes of the acts on sponsorship, requests to sponsor, and plans."""

from wtforms import SelectMultipleField, StringField, TextAreaField

from casemgmt.households.forms import NAME, reason_field
from casemgmt.web.forms import (
    LONGEST_TEXT,
    DayField,
    Form,
    PickField,
    VersionField,
    at_most,
    optional,
    required,
)


class SponsorForm(Form):
    """An organisation from a day on."""

    organisation = PickField("Tổ chức", [required("Cần chọn tổ chức.")])
    starts = DayField("Từ ngày", [required("Cần điền ngày.")])
    in_charge = StringField("Người phụ trách", [optional(), at_most(NAME)])


class LeadForm(SponsorForm):
    """The lead sponsor of a household, perhaps in place of another."""

    reason = reason_field("Cần khi thay một tổ chức đang đỡ đầu.")


class EndForm(Form):
    """A sponsorship ends."""

    last_day = DayField("Ngày cuối", [required("Cần điền ngày.")])
    reason = reason_field("Được giữ cùng với lần đỡ đầu.")


class CorrectLeadForm(SponsorForm):
    """A lead sponsorship that was recorded wrongly."""

    last_day = DayField("Đến hết ngày", [optional()], description="Để trống nếu vẫn đỡ đầu.")
    end_reason = StringField("Lý do kết thúc", [optional(), at_most()])
    reason = reason_field("Vì sao phải sửa.")
    version = VersionField()


class ChangeManyForm(SponsorForm):
    """Another organisation leads many households from a day on."""

    reason = reason_field("Được giữ cùng với lần đỡ đầu trước của từng hộ.")


# --- Requests ------------------------------------------------------------------------------------


class AskForm(Form):
    """An organisation asks to lead the help to a household."""

    organisation = PickField("Tổ chức nhận đỡ đầu", [required("Cần chọn tổ chức.")])
    message = TextAreaField(
        "Lời nhắn cho xã",
        [optional(), at_most(LONGEST_TEXT)],
        description="Vì sao nhận hộ này, sẽ giúp gì.",
    )


class AcceptForm(Form):
    """The commune gives the household to the organisation that asked."""

    starts = DayField("Đỡ đầu từ ngày", [required("Cần điền ngày.")])
    in_charge = StringField("Người phụ trách", [optional(), at_most(NAME)])


class RefuseForm(Form):
    """A request is declined or withdrawn."""

    reason = reason_field("Tổ chức, xã và huyện đều đọc được.")


# --- Plans ---------------------------------------------------------------------------------------


class PlanForm(Form):
    """What the survey of a household found."""

    surveyed_on = DayField("Ngày khảo sát", [required("Cần điền ngày.")])
    causes = SelectMultipleField("Nguyên nhân nghèo", choices={})
    strengths = TextAreaField(
        "Điểm mạnh của hộ",
        [optional(), at_most(LONGEST_TEXT)],
        description="Đất, lao động, nghề, người thân có thể giúp.",
    )
    wishes = TextAreaField("Nguyện vọng của hộ", [optional(), at_most(LONGEST_TEXT)])


class MakePlanForm(PlanForm):
    """A new plan, with the goals that are ticked."""

    goals = SelectMultipleField(
        "Mục tiêu", choices={}, description="Theo chỉ số hộ đang thiếu hụt; sửa câu chữ sau."
    )


class EditPlanForm(PlanForm):
    """The survey of a plan that is there."""

    version = VersionField()


class GoalsForm(Form):
    """More goals of a plan."""

    goals = SelectMultipleField("Mục tiêu", choices={})


class GoalForm(Form):
    """The wording of a goal, and when it was reached."""

    content = StringField("Mục tiêu", [required("Cần điền mục tiêu."), at_most()])
    reached_on = DayField("Đạt ngày", [optional()], description="Để trống nếu chưa đạt.")
    version = VersionField()


class StepForm(Form):
    """What is to be done for a goal."""

    content = StringField("Việc cần làm", [required("Cần điền việc cần làm."), at_most()])
    who = StringField(
        "Ai làm", [optional(), at_most(NAME)], description="Hộ, tổ chức đỡ đầu, cán bộ xã…"
    )
    due_on = DayField("Hạn", [required("Cần điền ngày.")])


class EditStepForm(StepForm):
    """A step that is there, and when it was done."""

    done_on = DayField("Xong ngày", [optional()], description="Để trống nếu chưa xong.")
    version = VersionField()
