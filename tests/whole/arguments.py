"""What stands in the addresses of the site, by endpoint: for each argument the field of a marked
household (see marked.One) that names it, or after "=" the words themselves, of which each scope
takes the next. A new address needs its line here; a line that no address has fails too."""

from collections.abc import Mapping, Sequence

from tests.whole.marked import One

_CODE = {"code": "code"}
_COMMUNE = {"code": "commune"}
_CLASS = {**_CODE, "day": "classified"}
_STAY = {**_CODE, "day": "stayed"}
_LEAD = {**_CODE, "day": "led"}
_HELP = {**_CODE, "organisation": "helper", "day": "helped"}
_MEMBER = {**_CODE, "number": "member"}
_PLAN = {**_CODE, "year": "year"}
_GOAL = {**_PLAN, "number": "goal"}
_STEP = {**_PLAN, "number": "step"}
_ACTION = {**_CODE, "action": "action"}
_PROPOSAL = {"number": "proposal"}
_DATA = {"number": "data_request"}
_REVIEW = {"number": "round", "code": "commune"}
_TABLE = {"name": "=bieu-2 bieu-3 dien-bien thoat-ngheo"}
_FILE = {"ending": "=csv xlsx"}
_CELL = {"name": "=bieu-2", "row": "commune", "column": "=poor"}

ARGUMENTS: Mapping[str, Mapping[str, str]] = {
    "static": {"filename": "=site.css"},
    "shipped.bootstrap": {},
    "health.check": {},
    # One's own account
    "accounts.sign_in": {},
    "accounts.sign_out": {},
    "accounts.speak": {},
    "accounts.password": {},
    "own.show": {},
    "own.again": {},
    "own.set_up": {},
    "own.take_off": {},
    "own.end_others": {},
    # Accounts, lists
    "accounts.index": {},
    "accounts.add": {},
    "accounts.switch": {"number": "account", "way": "=disable enable"},
    "accounts.edit": {"number": "account"},
    "accounts.reset": {"number": "account"},
    "accounts.take_off": {"number": "account"},
    "accounts.end_sessions": {"number": "account"},
    "lists.units": {},
    "lists.unit": _COMMUNE,
    "lists.add_unit": {},
    "lists.add_period": _COMMUNE,
    "lists.edit_period": {**_COMMUNE, "day": "=0001-01-01"},
    "lists.end_period": _COMMUNE,
    "lists.residents": _COMMUNE,
    "lists.merge": {},
    "lists.all_organisations": {},
    "lists.add_organisation": {},
    "lists.edit_organisation": {"code": "organisation"},
    "lists.kinds": {},
    "standards.index": {},
    "standards.add": {},
    "standards.edit": {"code": "=S2022"},
    # Home and lists of households
    "home.show": {},
    "home.doubtful": {},
    "home.unvisited": {},
    "households.index": {},
    "household_files.export": _FILE,
    "household.add": {},
    "household.departed": {},
    "saved_filters.index": {},
    "saved_filters.add": {},
    "saved_filters.delete": {"number": "saved"},
    "communes.index": {},
    "communes.behind": {**_COMMUNE, "key": "=poor led concerned unvisited"},
    "communes.export": {**_COMMUNE, "key": "=poor led concerned unvisited", **_FILE},
    "overview.show": {},
    "audit.index": {},
    "report.show": {},
    "report.export": _FILE,
    "report.behind": {"key": "=poor visited given open"},
    "commune_report.show": {},
    "commune_report.paper": {},
    "commune_report.behind": {"key": "=poor visited given open"},
    # One household
    "casefile.show": _CODE,
    "casefile.visits": _CODE,
    "household.edit": _CODE,
    "household.come_back": _CODE,
    "parts.show": _CODE,
    "parts.people": _CODE,
    "joining.join": _CODE,
    "classifying.classify": _CODE,
    "classifying.correct": _CLASS,
    "classifying.withdraw": _CLASS,
    "members.add": _CODE,
    "members.edit": _MEMBER,
    "members.end": _MEMBER,
    "members.change_head": _CODE,
    "revealing.show": _MEMBER,
    "why.show": {},
    "data_requests.index": {},
    "data_requests.add": _CODE,
    "data_requests.show": _DATA,
    "data_requests.confirm": _DATA,
    "data_requests.extend": _DATA,
    "data_requests.answer": _DATA,
    "moving.move": _CODE,
    "moving.move_out": _CODE,
    "moving.correct": _STAY,
    "moving.withdraw": _STAY,
    "parting.split": _CODE,
    "parting.merge": _CODE,
    "parting.dissolve": _CODE,
    # Sponsors
    "sponsorship.lead": _CODE,
    "sponsorship.end_lead": _CODE,
    "sponsorship.correct_lead": _LEAD,
    "sponsorship.withdraw_lead": _LEAD,
    "sponsorship.add_supporter": _CODE,
    "sponsorship.end_supporter": _HELP,
    "sponsorship.withdraw_supporter": _HELP,
    "sponsorship.unsponsored": {},
    "many.assign": {},
    "many.change": {},
    "requests.index": {},
    "requests.ask": _CODE,
    "requests.answer": {"number": "request"},
    "requests.decline": {"number": "request"},
    "requests.withdraw": {"number": "request"},
    "board.show": {},
    "board.sheets": {},
    "plans.show": _CODE,
    "plans.make": _CODE,
    "plans.edit": _PLAN,
    "plans.remove": _PLAN,
    "goals.add_goals": _PLAN,
    "goals.edit_goal": _GOAL,
    "goals.reach_goal": _GOAL,
    "goals.remove_goal": _GOAL,
    "goals.add_step": _GOAL,
    "goals.edit_step": _STEP,
    "goals.do_step": _STEP,
    "goals.remove_step": _STEP,
    # Support and visits
    "support.index": _CODE,
    "support.log": _CODE,
    "support.correct": _ACTION,
    "support.void": _ACTION,
    "visits.add": _CODE,
    "visits.correct": {"number": "visit"},
    "visits.void": {"number": "visit"},
    "visits.attachment": {"number": "attachment"},
    "promises.index": {},
    "promises.add": _CODE,
    "promises.keep": {"number": "promise"},
    "promises.drop": {"number": "promise"},
    "paper_visits.enter": {},
    # The programme, reviews
    "programme.exits": {},
    "programme.register": {},
    "programme.unregister": _PLAN,
    "programme.targets": {},
    "programme.set_target": {},
    "reviews.index": {},
    "reviews.open_round": {},
    "reviews.show": {"number": "round"},
    "reviews.close": {"number": "round"},
    "reviews.commune": _REVIEW,
    "reviews.add": _REVIEW,
    "reviews.submit": _REVIEW,
    "review_papers.review_list": {**_REVIEW, "which": "=posted exited near-poor poor"},
    "proposals.show": _PROPOSAL,
    "proposals.take_back": _PROPOSAL,
    "proposal_papers.add": _PROPOSAL,
    "proposal_papers.remove": {**_PROPOSAL, "paper": "paper"},
    "deciding.accept": _PROPOSAL,
    "deciding.return_": _PROPOSAL,
    "deciding.queue": {},
    # Tables
    "tables.index": {},
    "tables.show": _TABLE,
    "tables.export": {**_TABLE, "ending": "=json csv xlsx pdf"},
    "tables.cell": _CELL,
    "tables.export_cell": {**_CELL, **_FILE},
    "declared.compare": {"name": "=bieu-2 bieu-3"},
    "declared.index": {},
    "declared.show": {"number": "declared"},
    "findings.accept": {"name": "=bieu-2"},
    "findings.withdraw": {"number": "finding"},
    "signed.index": {},
    "signed.show": {"number": "signed"},
    "signed.paper": {"number": "signed"},
    "signed.countersign": {"number": "signed"},
    "signed.prepare": {"name": "=bieu-2"},
    "signed.prepared": {"number": "prepared"},
    "signed.withdraw": {"number": "prepared"},
    "drift.drift_file": {"number": "signed", **_FILE},
    "drift_papers.drift_list": {"number": "signed"},
    # Files in and out
    "imports.index": {},
    "imports.show": {"number": "batch"},
    "imports.apply": {"number": "waiting"},
    "imports.columns": {"number": "waiting"},
    "imports.drop": {"number": "waiting"},
    "imports.faults": {"number": "waiting"},
    "imports.undo": {"number": "batch"},
    "imports.template": {},
    "jobs.ask": {"what": "=case-files visit-forms household-list"},
    "jobs.index": {},
    "jobs.show": {"number": "job"},
    "jobs.file": {"number": "job"},
    "jobs.stop": {"number": "job"},
    "papers.household_list": {},
    "papers.cell_list": _CELL,
    "papers.assignments": {},
    "papers.sponsor_sheets": {},
    "papers.visit_forms": {},
    "papers.visit_form": _CODE,
    "papers.one_case_file": _CODE,
    "papers.case_files": {},
}
# Arguments that name something about one household, whoever's the address is.
OF_ONE = frozenset(
    {
        *("code", "member", "action", "visit", "promise", "request"),
        *("attachment", "proposal", "goal", "step", "paper", "data_request"),
    }
)


def filled(endpoint: str, one: One, place: int) -> dict[str, object]:
    """The arguments of an endpoint's address about a household, for the scope in this place."""
    return {name: _value(said, one, place) for name, said in ARGUMENTS[endpoint].items()}


def _value(said: str, one: One, place: int) -> object:
    if said.startswith("="):
        words = said[1:].split()
        return words[place % len(words)]
    return getattr(one, said)


def about_one(endpoint: str) -> bool:
    """Whether the address names one household, or something that belongs to one."""
    return bool(OF_ONE & set(ARGUMENTS[endpoint].values()))


# In the part of an address behind "?", whatever a page makes of it.
QUERIES: Mapping[str, Sequence[str]] = {
    "q": ("head", "code"),
    "code": ("code",),
    "codes": ("code",),
    "household": ("code", "id"),
    "other": ("code",),
    "village": ("village",),
    "unit": ("commune", "village", "district"),
    "commune": ("commune",),
    "organisation": ("organisation", "helper"),
    "sponsor": ("organisation",),
    "led_by": ("organisation",),
    "supersedes": ("signed",),
    "place": ("village",),
    "next": ("code",),
    "back": ("code",),
}
