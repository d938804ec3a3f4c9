"""A register in which whatever is said of a household bears a word of its own: two districts of two
communes, organisations, nine households, and a row of every child table for each. A word that is
found in an answer tells which household it is about, and what of it has been shown."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.access.models import User
from casemgmt.exchange import undoing
from casemgmt.exchange.batch_models import ImportBatch
from casemgmt.exchange.batch_models import Stage as ImportStage
from casemgmt.households.actions import add_household
from casemgmt.households.classifying import classify
from casemgmt.households.members import add_member
from casemgmt.households.models import SavedFilter
from casemgmt.households.moving import move_household
from casemgmt.organisations.actions import add_organisation
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.papers.job_models import Job
from casemgmt.papers.job_models import Kind as Paper
from casemgmt.papers.job_models import State as JobState
from casemgmt.papers.making import Order
from casemgmt.places.actions import add_unit
from casemgmt.places.models import Level, Unit
from casemgmt.privacy.actions import receive
from casemgmt.privacy.limits import Right
from casemgmt.privacy.models import Capacity
from casemgmt.programme.actions import register_exit
from casemgmt.register import timeline
from casemgmt.register.models import Class, Household, Relation, Sex
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
from casemgmt.signed.content import freeze
from casemgmt.signed.models import PreparedTable, SignedTable, Stage
from casemgmt.sponsorship.actions import add_supporter, assign_lead
from casemgmt.sponsorship.models import Cause, ExitPlan, Goal, PlanCause, SponsorRequest, Step
from casemgmt.support.actions import log_support
from casemgmt.support.models import Attachment, Promise, Situation, SupportAction, Visit
from casemgmt.tables.figures import asked
from casemgmt.tables.models import AcceptedFinding, DeclaredTable
from casemgmt.typed import Birth

TODAY = date(2022, 10, 20)
CLASSED, LED, MET = date(2022, 1, 1), date(2022, 2, 1), date(2022, 3, 1)
LATER = date(2022, 12, 1)
SINCE = date(2021, 1, 1)
MOVED = date(2022, 6, 1)


class Of(StrEnum):
    """What kind of thing a word is, by who may read it of a household in scope."""

    NAMED = "code, head, village, class"  # also in the brief list of those without a lead
    KNOWN = "what an organisation sees of a household that it helps"
    PRIVATE = "notes, B1, health, review: never an organisation's"
    SECRET = "the whole CCCD: on no page"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the register: of which household (a key of `Register.households`), or of which
    account or unit where it is about none, and of what kind."""

    text: str
    about: str
    of: Of


@dataclass(slots=True)
class One:
    """A household with the ids of all that hangs on it, as an address or a form names them."""

    key: str
    id: int
    code: str
    commune: str
    village: str
    district: str
    organisation: str
    helper: str
    head: str
    numbers: tuple[int, int]  # of its village, and of the organisation
    member: int = 0
    head_member: int = 0
    classified: str = CLASSED.isoformat()
    stayed: str = SINCE.isoformat()
    led: str = LED.isoformat()
    helped: str = LED.isoformat()
    action: str = ""
    visit: int = 0
    promise: int = 0
    request: int = 0
    attachment: int = 0
    paper: int = 0
    proposal: int = 0
    round: int = 0
    year: int = 2022
    goal: int = 0
    step: int = 0
    batch: int = 0
    waiting: int = 0
    prepared: int = 0
    signed: int = 0
    job: int = 0
    saved: int = 0
    finding: int = 0
    account: int = 0
    data_request: int = 0
    declared: int = 0


@dataclass
class Register:
    """The register, its words, and its households by their keys."""

    households: dict[str, One] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)
    units: dict[str, Unit] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)

    def word(self, about: str, what: str, of: Of) -> str:
        """A new word: one run of letters, so that no line breaks within it."""
        said = f"Qz{about}{what}x"
        self.words.append(Word(said.casefold(), about, of))
        return said

    def number(self, about: str, said: str, of: Of) -> str:
        """A number that stands for a word."""
        self.words.append(Word(said, about, of))
        return said


# Household: village, the organisation that leads (None: none).
HOUSEHOLDS = {
    "own": ("A1V1", "hoi1"),
    "next": ("A1V2", "phu1"),  # another organisation's in the same commune
    "free": ("A1V1", None),
    "away": ("A2V1", "hoi1"),  # the same organisation's in another commune
    "other": ("A2V1", "hoi2"),
    "moved": ("A1V1", None),  # to the other commune since
    "far": ("B1V1", "hoi3"),
    "farfree": ("B1V1", None),
    "last": ("B2V1", "hoi4"),
}
ASKED_BY = {"free": "hoi1", "moved": "hoi2", "farfree": "hoi3"}  # the union of its area asks
COMMUNES = {"A1": "DA", "A2": "DA", "B1": "DB", "B2": "DB"}


def fill(session: Session) -> Register:
    """Make it all; accounts come from `principals`."""
    register = Register()
    session.add(settings.Setting(key=settings.TODAY, value=TODAY.isoformat()))
    _places(session, register)
    _organisations(session, register)
    for place, (key, (village, lead)) in enumerate(HOUSEHOLDS.items()):
        _household(session, register, key, village, lead, place)
    for district in ("DA", "DB"):
        _review(session, register, district)
    for commune in COMMUNES:
        _tables(session, register, commune)
    session.flush()
    return register


def _places(session: Session, register: Register) -> None:
    units = register.units
    province = add_unit(session, code="P", name="Tỉnh Mẫu", level=Level.PROVINCE)
    for code, district in COMMUNES.items():
        if district not in units:
            units[district] = add_unit(
                session, code=district, name=f"Huyện {district}", level=Level.DISTRICT,
                parent=province,
            )  # fmt: skip
        units[code] = add_unit(
            session, code=code, name=f"Xã {code}", level=Level.COMMUNE, parent=units[district]
        )
        for number in (1, 2):
            units[f"{code}V{number}"] = add_unit(
                session, code=f"{code}V{number}", name=f"Thôn {code} {number}", level=Level.THON,
                parent=units[code],
            )  # fmt: skip


def _organisations(session: Session, register: Register) -> None:
    for code, unit, kind in (
        ("hoi1", "A1", Kind.FARMERS_UNION),
        ("phu1", "A1", Kind.WOMENS_UNION),
        ("hoi2", "A2", Kind.FARMERS_UNION),
        ("hoi3", "B1", Kind.FARMERS_UNION),
        ("hoi4", "B2", Kind.FARMERS_UNION),
        ("helpA", "DA", Kind.OFFICE),
        ("helpB", "DB", Kind.OFFICE),
    ):
        register.organisations[code] = add_organisation(
            session, code=code, name=f"Tổ chức {code}", kind=kind, unit=register.units[unit]
        )


def _household(
    session: Session, register: Register, key: str, village: str, lead: str | None, place: int
) -> None:
    def say(what: str, of: Of) -> str:
        return register.word(key, what, of)

    units, organisations = register.units, register.organisations
    helper = organisations["helpA" if village.startswith("A") else "helpB"]
    citizen = register.number(key, f"0451700{place}71{place}3", Of.SECRET)
    household = _add(
        session,
        code=say("ma", Of.NAMED).upper(),
        head_name=f"Hồ {say('ten', Of.NAMED)}",
        village=units[village],
        address=say("diachi", Of.KNOWN),
        phone=register.number(key, f"09057{place}31{place}4", Of.KNOWN),
        note=say("ghichu", Of.PRIVATE),
        citizen_id=citizen,
    )
    organisation = lead or ASKED_BY[key]
    one = One(
        key=key,
        id=household.id,
        code=household.code,
        commune=village[:2],
        village=village,
        district=f"D{village[0]}",
        organisation=organisation,
        helper=helper.code,
        head=household.head_name,
        numbers=(units[village].id, organisations[organisation].id),
    )
    register.households[key] = one
    _masked(register, key, citizen)
    one.head_member = household.members[0].id
    second = register.number(key, f"0452010{place}82{place}5", Of.SECRET)
    _masked(register, key, second)
    member = add_member(
        session,
        household,
        name=f"Hồ {say('con', Of.KNOWN)}",
        relation=Relation.CHILD,
        birth=Birth(2001, 2, 3),
        citizen_id=second,
        ethnicity=say("dantoc", Of.KNOWN),
    )
    one.member = member.id
    classify(
        session,
        household,
        starts=CLASSED,
        class_=Class.POOR,
        deprivations=["water", "telecom", "nutrition"],
        note=say("ghichuloai", Of.PRIVATE),
        reason=say("lydoloai", Of.PRIVATE),
        decision_number=say("quyetdinh", Of.KNOWN),
    )
    if lead:
        assign_lead(
            session, household, organisation=organisations[lead], starts=LED,
            in_charge=say("phutrach", Of.KNOWN),
        )  # fmt: skip
        add_supporter(
            session, household, organisation=helper, starts=LED,
            in_charge=say("phoihop", Of.KNOWN),
        )  # fmt: skip
    _care(session, register, one, household, organisations[lead] if lead else helper)
    _asked(session, register, one, organisations[one.organisation])
    _data_request(session, register, one, household)
    _scores(session, register, one, place)
    if key == "moved":
        move_household(session, household, village=units["A2V1"], on=MOVED)
        one.stayed = MOVED.isoformat()
    timeline.rewrite(session, [household.id])


def _masked(register: Register, key: str, citizen: str) -> None:
    """Not even masked does a CCCD stand before an organisation."""
    register.number(key, f"{citizen[:3]}*******{citizen[-2:]}", Of.PRIVATE)


def _add(session: Session, **told: Any) -> Household:
    return add_household(session, starts=SINCE, birth=Birth(1970), sex=Sex.FEMALE, **told)


def _scores(session: Session, register: Register, one: One, place: int) -> None:
    """B1 beyond what any form takes: a number that nothing else on a page is."""
    score = 77_001 + place
    for shown in (str(score), f"{score:,}".replace(",", ".")):
        register.number(one.key, shown, Of.PRIVATE)
    session.flush()
    session.connection().execute(
        text("UPDATE classification SET score_b1 = :score WHERE household_id = :id"),
        {"score": score, "id": one.id},
    )


def _care(
    session: Session, register: Register, one: One, household: Household, lead: Organisation
) -> None:
    def say(what: str, of: Of = Of.KNOWN) -> str:
        return register.word(one.key, what, of)

    action = log_support(
        session,
        household,
        on=MET,
        kind="Bò giống sinh sản",
        organisation=lead,
        content=say("hotro"),
        source=say("nguon"),
        value=15_000_000,
        code=say("mahotro").upper(),
    )
    recorded = {"recorded_by": "test", "recorded_at": clock.now()}
    visit = Visit(
        household=household,
        organisation=lead,
        visited_on=MET,
        situation=Situation.SAME,
        met=say("gap"),
        done=say("lam"),
        wishes=say("mong"),
        next_on=MET + timedelta(days=30),
        **recorded,
    )
    promise = Promise(
        household=household,
        organisation=lead,
        kind_name="Quà Tết",
        content=say("camket"),
        value=1_000_000,
        promised_on=MET,
        due_on=LATER,
        **recorded,
    )
    step = Step(content=say("viec"), who=say("ailam"), due_on=LATER)
    goal = Goal(content=say("muctieu"), steps=[step])
    plan = ExitPlan(
        household=household,
        year=2022,
        surveyed_on=MET,
        made_by="test",
        wishes=say("nguyenvong"),
        strengths=say("diemmanh"),
        causes=[PlanCause(cause=Cause.NO_LAND)],
        goals=[goal],
    )
    session.add_all([visit, promise, plan])
    register_exit(session, household, year=2022)
    session.flush()
    picture = _picture(session, register, one, visit=visit, action=action, named="anh", of=Of.KNOWN)
    one.action, one.visit, one.promise = action.code, visit.id, promise.id
    one.goal, one.step, one.attachment = goal.id, step.id, picture.id


def _asked(session: Session, register: Register, one: One, asking: Organisation) -> None:
    """A request to lead; who asked sees it, whatever else it may see."""
    of = Of.NAMED if one.key in ASKED_BY else Of.KNOWN
    request = SponsorRequest(
        household_id=one.id,
        organisation=asking,
        asked_on=MET,
        asked_by="test",
        message=register.word(one.key, "denghi", of),
    )
    session.add(request)
    session.flush()
    one.request = request.id


def _data_request(session: Session, register: Register, one: One, household: Household) -> None:
    """What somebody asked about their own data."""
    asked = receive(
        session,
        household,
        asked_by=register.word(one.key, "chuthe", Of.PRIVATE),
        capacity=Capacity.SELF,
        right=Right.SEE,
        content=register.word(one.key, "dulieu", Of.PRIVATE),
        received_on=MET,
        today=TODAY,
    )
    one.data_request = asked.id


def _picture(
    session: Session,
    register: Register,
    one: One,
    *,
    named: str,
    of: Of,
    visit: Visit | None = None,
    action: SupportAction | None = None,
) -> Attachment:
    """A picture whose bytes hold a word too, as a comment within the file."""
    content = BytesIO()
    inside = register.word(one.key, f"{named}trong", of)
    _dot().save(content, "JPEG", comment=inside.encode())
    picture = Attachment(
        household_id=one.id,
        visit_id=visit.id if visit else None,
        action_id=action.id if action else None,
        name=f"{register.word(one.key, named, of)}.jpg",
        media_type="image/jpeg",
        content=content.getvalue(),
        sha256=hashlib.sha256(content.getvalue()).hexdigest(),
        added_by="test",
        added_at=clock.now(),
    )
    session.add(picture)
    session.flush()
    return picture


@cache
def _dot() -> Image.Image:
    return Image.new("RGB", (8, 8), "white")


def _review(session: Session, register: Register, district: str) -> None:
    """A round of a district; in each commune one proposal that is being filled in, sent, or
    returned."""
    one_round = Round(
        kind=RoundKind.PERIODIC,
        unit=register.units[district],
        starts=date(2022, 9, 1),
        last_day=date(2022, 12, 14),
        decider=Decider.LEVEL_ABOVE,
        opened_by="test",
    )
    parts = {
        commune: CommuneReview(round=one_round, commune=register.units[commune])
        for commune, above in COMMUNES.items()
        if above == district
    }
    session.add_all(parts.values())
    session.flush()
    states = [State.SUBMITTED, State.DRAFT, State.RETURNED]
    for place, one in enumerate(register.households.values()):
        if one.district == district:
            commune = "A2" if one.key == "moved" else one.commune
            _propose(session, register, one, parts[commune], states[place % 3])


def _propose(
    session: Session, register: Register, one: One, part: CommuneReview, state: State
) -> None:
    def say(what: str) -> str:
        return register.word(one.key, what, Of.PRIVATE)

    paper = _picture(session, register, one, named="giay", of=Of.PRIVATE)
    told: dict[str, Any] = {"return_reason": say("tralai")} if state is State.RETURNED else {}
    if state is not State.DRAFT:
        told["submitted_at"] = clock.now() - timedelta(days=9)
    event = ProposalEvent(at=clock.now(), by="test", what=EventKind.SUBMITTED, reason=say("sukien"))
    proposal = Proposal(
        commune_review=part,
        household_id=one.id,
        listed=Listing.POOR,
        state=state,
        class_=Class.NEAR_POOR,
        score_b1=120,
        score_b2=20,
        reason=say("lydoxet"),
        met_on=date(2022, 10, 5),
        met_present=40,
        met_agreed=30,
        posted_from=date(2022, 10, 6),
        posted_until=date(2022, 10, 9),
        proposed_by="test",
        deprivations=[ProposedDeprivation(standard_code="S2022", indicator_code="water")],
        papers=[ProposalPaper(attachment=paper)],
        events=[event],
        **told,
    )
    session.add(proposal)
    session.flush()
    one.proposal, one.paper, one.round = proposal.id, paper.id, part.round_id


# What stands beside the figures of a table that is prepared.
_TOLD = {
    "number": None,
    "stage": Stage.PRELIMINARY.value,
    "supersedes": None,
    "prepared_by": "test",
    "prepared_at": "2022-10-20T08:00:00.000000",
}


def _tables(session: Session, register: Register, commune: str) -> None:
    """A table of the commune that waits, one that is signed, a finding, and two files that were
    imported (their names and cells are nobody else's)."""
    unit = register.units[commune]
    wanted = asked("bieu-2", as_of=date(2022, 9, 30), unit=commune)
    frozen = freeze(session.connection(), wanted, _TOLD)
    told = {
        "table_name": "bieu-2",
        "unit_id": unit.id,
        "as_of": wanted.as_of,
        "year": 2022,
        "basis": "sponsor",
        "stage": Stage.PRELIMINARY,
        "content": frozen.text,
        "hash": frozen.hash,
        "prepared_by": "test",
        "prepared_at": clock.now(),
    }
    waits, taken = PreparedTable(**told), PreparedTable(**told)
    finding = AcceptedFinding(
        table="bieu-2",
        unit_id=unit.id,
        as_of=date(2022, 2, 15),
        year=2022,
        map_day=date(2022, 2, 15),
        basis="sponsor",
        row=commune,
        column="poor",
        declared="454",
        note="đã hỏi xã",
        accepted_by="test",
        accepted_at=clock.now(),
    )
    files = [
        ImportBatch(
            unit_id=unit.id,
            file_name=f"{register.word(commune, what, Of.PRIVATE)}.xlsx",
            size=1,
            sha256="0" * 64,
            sent_by="test",
            sent_at=clock.now(),
            **more,
        )
        for what, more in (
            ("tepcho", _unreadable(register, commune)),
            ("tepnhap", _applied(session)),
        )
    ]
    kept = DeclaredTable(
        table="bieu-2",
        unit_id=unit.id,
        as_of=date(2022, 2, 15),
        year=2022,
        basis="sponsor",
        title="Biểu 2",
        file_name="bieu-2.xlsx",
        file_hash="0" * 64,
        content='{"columns":["poor"],"rows":[],"totals":[]}',
        hash="0" * 64,
        version=1,
        kept_by="test",
        kept_at=clock.now(),
    )
    session.add_all([waits, taken, finding, kept, *files])
    session.flush()
    head = {"chain_entry": 1, "chain_head": "0" * 64}
    signed = SignedTable(**told, **head, prepared_id=taken.id, version=1)
    session.add(signed)
    session.flush()
    for one in register.households.values():
        if one.commune == commune:
            one.prepared, one.signed, one.finding = waits.id, signed.id, finding.id
            one.waiting, one.batch, one.declared = files[0].id, files[1].id, kept.id


def _unreadable(register: Register, commune: str) -> dict[str, Any]:
    return {
        "stage": ImportStage.UNREADABLE,
        "refusal": register.word(commune, "tepsai", Of.PRIVATE),
        "content": b"x",
    }


def _applied(session: Session) -> dict[str, Any]:
    return {
        "stage": ImportStage.APPLIED,
        "applied_by": "test",
        "applied_at": clock.now(),
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "first_entry": 1,
        "last_entry": 2,
        "earlier": undoing.written(undoing.earlier_rows(session, []), []),
    }


def belongings(session: Session, register: Register, account: User, of: str) -> None:
    """What an account has made for itself, of the household with this key: a saved filter, and a
    paper that waits to be fetched."""
    one = register.households[of]
    saved = SavedFilter(
        user_id=account.id, name=register.word(account.name, "loc", Of.NAMED), query="class=poor"
    )
    name = f"{register.word(account.name, 'viec', Of.NAMED)}.pdf"
    inside = register.word(account.name, "trongviec", Of.NAMED)
    order = Order(Paper.CASE_FILES, name, TODAY, [one.id], "http://localhost", "", False)
    job = Job(
        user_id=account.id,
        kind=order.kind,
        parameters=order.as_json(),
        as_of=TODAY,
        name=name,
        state=JobState.DONE,
        total=1,
        done=1,
        asked_at=clock.now(),
        ended_at=clock.now(),
        content=inside.encode(),
        sha256=hashlib.sha256(inside.encode()).hexdigest(),
    )
    session.add_all([saved, job])
    session.flush()
    one.saved, one.job, one.account = saved.id, job.id, account.id
