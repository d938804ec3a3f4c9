"""Acts on the class of a household."""

from collections.abc import Collection
from datetime import date
from typing import Required, TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.organisations.models import Kind
from casemgmt.places import queries as places
from casemgmt.places.models import Area
from casemgmt.register import timeline
from casemgmt.register.models import (
    Class,
    Classification,
    Deprivation,
    Household,
    Standard,
)
from casemgmt.register.rules import said
from casemgmt.register.scoring import POINTS_EACH, implied_class
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import N_, _


def standard_on(session: Session, day: date) -> Standard | None:
    """The poverty standard that classifications of a day follow; None outside those we know."""
    return session.scalar(select(Standard).where(Standard.starts <= day, Standard.last_day >= day))


def area_of(session: Session, household: Household, day: date) -> Area | None:
    """Khu vực where a household lives on a day (where it lives nowhere: where it lived last)."""
    stays = [stay for stay in household.stays if stay.starts <= day]
    return places.area_on(session, stays[-1].village, day) if stays else None


def proposed_class(
    session: Session,
    household: Household,
    *,
    starts: date,
    score_b1: int | None,
    score_b2: int | None,
) -> Class | None:
    """The class that scores of this day imply by its standard; None where they imply none."""
    return implied_class(
        standard_on(session, starts),
        area=area_of(session, household, starts),
        score_b1=score_b1,
        score_b2=score_b2,
    )


class Told(TypedDict, total=False):
    """What is said of a household when it is classified. Points are whole, `deprivations` codes
    of indicators."""

    starts: Required[date]
    class_: Required[Class]
    minority: bool
    social_protection: bool
    merit: bool
    member_of: Kind
    score_b1: int | None
    score_b2: int | None
    deprivations: Collection[str]
    decision_number: str | None
    decision_date: date | None
    note: str | None
    reason: str | None


def classify(session: Session, household: Household, **told: Unpack[Told]) -> Classification:
    """Classify a household from a day on, by the standard in force on that day. A reason is due
    where the class is not the one that the scores imply, where B2 is not ten points for each
    deprivation, and where the past is corrected: a row of the same day or a later one is there
    already. A row of the same day is changed in place."""
    row = classified(session, household, **told)
    timeline.rewrite(session, [household.id])
    return row


def classified(
    session: Session,
    household: Household,
    *,
    starts: date,
    class_: Class,
    minority: bool = False,
    social_protection: bool = False,
    merit: bool = False,
    member_of: Kind = Kind.NONE,
    score_b1: int | None = None,
    score_b2: int | None = None,
    deprivations: Collection[str] = (),
    decision_number: str | None = None,
    decision_date: date | None = None,
    note: str | None = None,
    reason: str | None = None,
) -> Classification:
    """`classify` without the timeline, which whoever classifies many households rewrites once for
    all of them at the end."""
    if class_ is Class.NONE:
        raise RuleBroken(_("Hãy chọn phân loại."), field="class_")
    standard = standard_on(session, starts)
    check_scores(standard, score_b1, score_b2, deprivations)
    implied = proposed_class(
        session, household, starts=starts, score_b1=score_b1, score_b2=score_b2
    )
    why = unlike_scores(class_, implied, score_b2, deprivations) or _corrects(household, starts)
    if why and not clean(reason or ""):
        raise RuleBroken(_("{why} Hãy ghi lý do.", why=why), field="reason")
    row = next((row for row in household.classifications if row.starts == starts), None)
    with trail.because(session, reason):
        if row is None:
            row = Classification(household=household, starts=starts)
            session.add(row)
        row.class_, row.minority, row.merit = class_, minority, merit
        row.social_protection, row.member_of = social_protection, member_of
        row.standard_code = standard.code if standard else None
        row.score_b1, row.score_b2 = score_b1, score_b2
        row.decision_number = clean(decision_number or "") or None
        row.decision_date = decision_date
        row.note = clean(note or "") or None
        row.reason = clean(reason or "") or None
        _set_deprivations(row, standard, deprivations)
    return row


def withdraw_classification(
    session: Session, classification: Classification, *, reason: str
) -> None:
    """Take back a classification that should not have been recorded: the one before holds on."""
    household = classification.household
    with trail.because(session, said(reason)):
        session.delete(classification)
    timeline.rewrite(session, [household.id])


THROUGH_REVIEW = N_(
    "Đổi phân loại phải qua đợt rà soát: hãy đề nghị cho hộ này ở trang Rà soát, cấp có thẩm"
    " quyền duyệt thì phân loại mới đổi."
)


def keeps_class(
    household: Household,
    *,
    starts: date,
    class_: Class,
    implied: Class | None,
    reason: str | None,
) -> None:
    """The rule of whoever may not change a class outside a review: a classification keeps the
    class in force on its first day, the scores imply no other, and a reason is said; or it is the
    household's first one and finds it not poor. Else RuleBroken."""
    held = timeline.in_force(household.classifications, starts)
    first = not household.classifications and class_ is Class.NOT_POOR
    kept = held is not None and held.class_ is class_
    if not (first or kept) or implied not in (None, class_):
        raise RuleBroken(_(THROUGH_REVIEW), field="class_")
    if kept:
        said(reason)


def says_why(household: Household, *, starts: date, class_: Class, reason: str | None) -> None:
    """The rule of whoever may change a class outside a review: a reason is said. A household's
    first classification needs none."""
    held = timeline.in_force(household.classifications, starts)
    if held is not None and held.class_ is not class_:
        said(reason)


def keeps_class_without(classification: Classification) -> None:
    """The class stays as it is where a classification is taken back; else RuleBroken."""
    earlier = [
        row
        for row in classification.household.classifications
        if row.starts < classification.starts
    ]
    if not earlier or earlier[-1].class_ is not classification.class_:
        raise RuleBroken(_(THROUGH_REVIEW))


def check_scores(
    standard: Standard | None,
    score_b1: int | None,
    score_b2: int | None,
    deprivations: Collection[str],
) -> None:
    """Scores and deprivations are such as the standard has; else RuleBroken."""
    known = {indicator.code for indicator in standard.indicators} if standard else set()
    if unknown := sorted(set(deprivations) - known):
        raise RuleBroken(
            _(
                "Không phải chỉ số thiếu hụt của chuẩn nghèo này: {codes}.",
                codes=", ".join(unknown),
            ),
            field="deprivations",
        )
    if score_b1 is not None and score_b1 < 0:
        raise RuleBroken(_("Điểm B1 không được âm."), field="score_b1")
    most = POINTS_EACH * (len(known) or 12)
    if score_b2 is not None and (score_b2 % POINTS_EACH or not 0 <= score_b2 <= most):
        raise RuleBroken(
            _("Điểm B2 là bội số của 10, từ 0 đến {most}.", most=most), field="score_b2"
        )


def unlike_scores(
    class_: Class,
    implied: Class | None,
    score_b2: int | None,
    deprivations: Collection[str],
) -> str | None:
    """How a class differs from what the scores say, in a sentence; None where it does not. What
    differs needs a reason."""
    if implied is not None and implied is not class_:
        return _("Theo điểm B1 và B2 thì đây là {what}.", what=_(implied.label).lower())
    lacking = len(set(deprivations))
    if score_b2 is not None and lacking and score_b2 != POINTS_EACH * lacking:
        return _("Điểm B2 là {b2} nhưng đánh dấu {n} chỉ số thiếu hụt.", b2=score_b2, n=lacking)
    return None


def _corrects(household: Household, starts: date) -> str | None:
    """What a classification from this day corrects, in a sentence; None where it is the newest."""
    newest = max((row.starts for row in household.classifications), default=None)
    if newest is not None and starts <= newest:
        return _("Đã có phân loại từ ngày {day}: đây là sửa lại quá khứ.", day=show_date(newest))
    return None


def _set_deprivations(
    row: Classification, standard: Standard | None, codes: Collection[str]
) -> None:
    wanted = set(codes)
    for old in list(row.deprivations):
        if old.indicator_code in wanted and standard and old.standard_code == standard.code:
            wanted.discard(old.indicator_code)
        else:
            row.deprivations.remove(old)
    if standard is not None:
        row.deprivations += [
            Deprivation(standard_code=standard.code, indicator_code=code) for code in sorted(wanted)
        ]
