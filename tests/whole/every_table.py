"""A register with a row in every table, to try each constraint on."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.access.actions import add_user
from casemgmt.access.models import OpenSession, RecoveryCode, SecondFactor, SentForm, User
from casemgmt.access.policy import Role
from casemgmt.access.throttle import SignInFailure
from casemgmt.exchange.batch_models import ImportBatch, KnownLayout
from casemgmt.exchange.batch_models import Stage as ImportStage
from casemgmt.households.classifying import classify
from casemgmt.households.models import JoinedRecord, SavedFilter
from casemgmt.organisations.models import Organisation
from casemgmt.papers.job_models import Job, Kind
from casemgmt.places.actions import add_period, set_residents
from casemgmt.places.models import Area, Level, Unit
from casemgmt.privacy.limits import Right
from casemgmt.privacy.models import Capacity, DataRequest, Outcome
from casemgmt.programme.actions import register_exit, set_target
from casemgmt.programme.models import TargetAmendment, TargetKind
from casemgmt.register.models import Class, Household
from casemgmt.reviews.models import (
    CommuneReview,
    Decider,
    EventKind,
    Listing,
    Proposal,
    ProposalEvent,
    ProposalPaper,
    ProposedDeprivation,
    Round,
    RoundKind,
    State,
)
from casemgmt.signed.models import PreparedTable, Signature, SignedTable, Stage
from casemgmt.sponsorship.actions import add_supporter, assign_lead
from casemgmt.sponsorship.models import (
    Answer,
    Cause,
    ExitPlan,
    Goal,
    PlanCause,
    SponsorRequest,
    Step,
)
from casemgmt.support.actions import log_support
from casemgmt.support.models import Attachment, Promise, Situation, SupportAction, Visit
from casemgmt.tables.models import AcceptedFinding, DeclaredTable
from tests import make

DAY = date(2022, 3, 1)
LATER = date(2022, 6, 1)


def fill(session: Session) -> None:
    """A household with everything that can be recorded about one, and all around it."""
    at = make.places(session)
    add_period(
        session,
        at.village,
        starts=DAY,
        name="Tân Hòa",
        level=Level.THON,
        parent=at.commune,
        area=Area.RURAL,
    )
    household = make.household(session, at.village, note="riêng", citizen_id="045190000123")
    other = make.household(session, at.village, head_name="Lê Văn Khác")
    women = make.organisation(session, at.commune)
    classify(
        session,
        household,
        starts=DAY,
        class_=Class.POOR,
        score_b1=120,
        score_b2=30,
        deprivations=["water", "telecom", "nutrition"],
    )
    assign_lead(session, household, organisation=women, starts=DAY)
    add_supporter(session, household, organisation=women, starts=DAY)
    action = log_support(session, household, on=DAY, kind="Quà Tết", value=1, quantity=Decimal(1))
    register_exit(session, household, year=2022)
    set_residents(session, at.commune, starts=DAY, total=9, ethnic_minority=2)
    set_target(
        session, year=2022, unit=at.commune, kind=TargetKind.EXIT_HOUSEHOLDS, value=Decimal(1)
    )
    user = add_user(
        session, name="xa", role=Role.COMMUNE, password="mot-hai-ba-bon-5", unit=at.commune
    )
    session.add(settings.Setting(key="name", value="Sổ thử"))
    session.add(SignInFailure(at=clock.now(), source="s", account="a"))
    session.add(SentForm(key="k", user_id=user.id, at=clock.now()))
    _signed_in(session, user)
    session.add(_long_paper(user))
    session.add(SavedFilter(user_id=user.id, name="Hộ nghèo", query="class=poor"))
    session.add(JoinedRecord(household=other, into=household, joined_on=DAY, reason="trùng"))
    session.add(_amendment(at.commune))
    session.add(_accepted(at.commune))
    _signed(session, at.commune)
    _declared(session, at.commune)
    _imported(session, at.commune)
    picture = _visited(session, household, women, action)
    _planned(session, household, women)
    session.add(_asked(household))
    _reviewed(session, household, at.commune, picture)


def _signed_in(session: Session, user: User) -> None:
    now = clock.now()
    seen = dict.fromkeys(("opened_at", "seen_at", "proved_at"), now)
    session.add(OpenSession(hash="h", user_id=user.id, epoch=0, device="Chrome", **seen))
    session.add(SecondFactor(user_id=user.id, secret="KHOA", last_step=1))
    session.add(RecoveryCode(user_id=user.id, hash="h", used_at=now))


def _long_paper(user: User) -> Job:
    return Job(
        user_id=user.id,
        kind=Kind.CASE_FILES,
        parameters="[]",
        as_of=DAY,
        name="Phiếu theo dõi 60 hộ.pdf",
        total=60,
        asked_at=clock.now(),
    )


def _amendment(commune: Unit) -> TargetAmendment:
    return TargetAmendment(
        year=2022,
        unit=commune,
        kind=TargetKind.EXIT_HOUSEHOLDS,
        value=Decimal(2),
        amended_at=clock.now(),
        amended_by="huyen",
    )


def _accepted(commune: Unit) -> AcceptedFinding:
    return AcceptedFinding(
        table="bieu-2",
        unit_id=commune.id,
        as_of=DAY,
        year=DAY.year,
        map_day=DAY,
        basis="sponsor",
        row="total",
        column="poor",
        declared="454",
        note="đã hỏi xã",
        accepted_by="huyen",
        accepted_at=clock.now(),
    )


def _signed(session: Session, commune: Unit) -> None:
    told = {
        "table_name": "bieu-2",
        "unit_id": commune.id,
        "as_of": DAY,
        "start": DAY,
        "map_date": DAY,
        "year": 2022,
        "basis": "sponsor",
        "stage": Stage.MONTHLY,
        "why": "sót một hộ",
        "content": "{}",
        "hash": "0" * 64,
        "prepared_by": "xa",
        "prepared_at": clock.now(),
    }
    withdrawn = {"withdrawn_at": clock.now(), "withdraw_reason": "lập nhầm"}
    prepared = [PreparedTable(**told, **withdrawn) for _ in range(3)]  # the last is not signed
    session.add_all(prepared)
    session.flush()
    head = {"chain_entry": 1, "chain_head": "0" * 64}
    first = SignedTable(**told, **head, prepared_id=prepared[0].id, version=1)
    session.add(first)
    session.flush()
    session.add(
        SignedTable(**told, **head, prepared_id=prepared[1].id, version=2, supersedes_id=first.id)
    )
    session.add(
        Signature(
            signed_id=first.id,
            place=1,
            signed_by="huyen",
            signed_at=clock.now(),
            document=b"x",
            document_hash="0" * 64,
        )
    )
    session.flush()


def _declared(session: Session, commune: Unit) -> None:
    told = {
        "table": "bieu-2",
        "unit_id": commune.id,
        "as_of": DAY,
        "map_date": DAY,
        "year": 2022,
        "basis": "sponsor",
        "title": "Biểu 2",
        "file_name": "bieu-2.xlsx",
        "file_hash": "0" * 64,
        "content": "{}",
        "hash": "0" * 64,
        "kept_by": "xa",
        "kept_at": clock.now(),
    }
    first = DeclaredTable(**told, version=1)
    session.add(first)
    session.flush()
    session.add(DeclaredTable(**told, version=2, supersedes_id=first.id, why="gõ nhầm một ô"))
    session.flush()


def _imported(session: Session, commune: Unit) -> None:
    session.add(
        ImportBatch(
            unit_id=commune.id,
            file_name="a.xlsx",
            size=1,
            sha256="0" * 64,
            stage=ImportStage.APPLIED,
            sent_by="xa",
            sent_at=clock.now(),
            applied_by="xa",
            applied_at=clock.now(),
            first_entry=1,
            last_entry=2,
        )
    )
    session.add(KnownLayout(unit_id=commune.id, shape="x", layout="{}"))
    session.flush()


def _visited(
    session: Session, household: Household, women: Organisation, action: SupportAction
) -> Attachment:
    recorded = {"recorded_by": "hoi", "recorded_at": clock.now()}
    visit = Visit(
        household=household,
        organisation=women,
        visited_on=DAY,
        situation=Situation.SAME,
        next_on=LATER,
        **recorded,
    )
    promise = Promise(
        household=household,
        organisation=women,
        kind_name="Quà Tết",
        value=1,
        quantity=Decimal(1),
        promised_on=DAY,
        due_on=LATER,
        kept_by=action,
        **recorded,
    )
    session.add_all([visit, promise])
    session.flush()
    picture = Attachment(
        household=household,
        visit_id=visit.id,
        action_id=action.id,
        name="ảnh.jpg",
        media_type="image/jpeg",
        content=b"x",
        sha256="0" * 64,
        added_by="hoi",
        added_at=clock.now(),
    )
    session.add(picture)
    session.flush()
    return picture


def _planned(session: Session, household: Household, women: Organisation) -> None:
    step = Step(content="Vay vốn", due_on=LATER, done_on=LATER)
    goal = Goal(
        standard_code="S2022",
        indicator_code="water",
        content="Có nước sạch",
        reached_on=LATER,
        steps=[step],
    )
    causes = [PlanCause(cause=Cause.NO_LAND)]
    session.add(
        ExitPlan(
            household=household,
            year=2022,
            surveyed_on=DAY,
            made_by="hoi",
            causes=causes,
            goals=[goal],
        )
    )
    session.add(
        SponsorRequest(
            household=household,
            organisation=women,
            asked_on=DAY,
            asked_by="hoi",
            answer=Answer.ACCEPTED,
            answered_on=LATER,
            answered_by="xa",
        )
    )
    session.flush()


def _asked(household: Household) -> DataRequest:
    return DataRequest(
        household=household,
        asked_by="Hồ Văn Thử",
        capacity=Capacity.SELF,
        right=Right.CORRECT,
        content="ngày sinh",
        received_on=DAY,
        due_on=LATER,
        recorded_by="xa",
        recorded_at=clock.now(),
        confirmed_on=DAY,
        extended_on=DAY,
        extension_reason="chờ công an xã",
        outcome=Outcome.PARTLY,
        answer="đã sửa năm sinh",
        answered_on=LATER,
        answered_by="xa",
    )


def _reviewed(session: Session, household: Household, commune: Unit, paper: Attachment) -> None:
    part = CommuneReview(commune=commune, submitted_on=LATER, submitted_by="xa")
    part.round = Round(
        kind=RoundKind.PERIODIC,
        unit=commune,
        starts=DAY,
        last_day=LATER,
        decider=Decider.LEVEL_ABOVE,
        opened_by="huyen",
        closed_on=LATER,
    )
    session.add(part)
    session.flush()
    proposal = Proposal(
        commune_review=part,
        household=household,
        listed=Listing.POOR,
        state=State.ACCEPTED,
        class_=Class.NEAR_POOR,
        score_b1=130,
        score_b2=20,
        met_on=DAY,
        met_present=10,
        met_agreed=9,
        posted_from=DAY,
        posted_until=LATER,
        proposed_by="xa",
        decided_by="huyen",
        decided_at=clock.now(),
        decision_date=LATER,
        starts=LATER,
        deprivations=[ProposedDeprivation(standard_code="S2022", indicator_code="water")],
        papers=[ProposalPaper(attachment=paper)],
        events=[ProposalEvent(at=clock.now(), by="huyen", what=EventKind.ACCEPTED)],
    )
    session.add(proposal)
    session.flush()
