"""One address of every page of the site, with arguments out of the demonstration: the household is
one that the farmers' union of a commune leads, so the commune, the district and the union may all
open it."""

import sqlite3
from contextlib import closing
from pathlib import Path

ORGANISATION = "nongdan-camtuyen"

# Every page of the site by its endpoint; what stands in braces is looked up in the register.
PAGES = {
    "home.show": "/",
    "home.doubtful": "/doubts",
    "home.unvisited": "/unvisited",
    "accounts.index": "/accounts",
    "accounts.add": "/accounts/add",
    "accounts.password": "/account/password",
    "accounts.edit": "/accounts/1",
    "own.show": "/account",
    "own.set_up": "/account/second-factor/add",
    "own.again": "/account/again",
    "household.add": "/add-household",
    "household.edit": "/households/{code}/edit",
    "household.departed": "/departed",
    "household.come_back": "/departed/{departed}/come-back",
    "households.index": "/households?class=poor",
    "casefile.show": "/households/{code}",
    "casefile.visits": "/households/{code}/visits",
    "parts.show": "/households/{code}/parts",
    "parts.people": "/households/{code}/parts/people",
    "joining.join": "/households/{code}/join",
    "classifying.classify": "/households/{code}/class",
    "classifying.correct": "/households/{code}/class/{classified}",
    "classifying.withdraw": "/households/{code}/class/{classified}/withdraw",
    "members.add": "/households/{code}/members/add",
    "members.edit": "/households/{code}/members/{member}",
    "members.end": "/households/{code}/members/{member}/end",
    "members.change_head": "/households/{code}/head",
    "moving.move": "/households/{code}/move",
    "moving.move_out": "/households/{code}/move-out",
    "moving.correct": "/households/{code}/stays/{stayed}",
    "moving.withdraw": "/households/{code}/stays/{stayed}/withdraw",
    "parting.split": "/households/{code}/split",
    "parting.merge": "/households/{code}/merge",
    "parting.dissolve": "/households/{code}/dissolve",
    "why.show": "/why?code={code}",
    "audit.index": "/audit?household={code}",
    "revealing.show": "/households/{code}/members/{member}/citizen-id",
    "data_requests.index": "/data-requests?all=1",
    "data_requests.add": "/households/{code}/data-requests/add",
    "saved_filters.index": "/saved-filters",
    "saved_filters.add": "/saved-filters/add?class=poor",
    "sponsorship.lead": "/households/{code}/lead",
    "sponsorship.end_lead": "/households/{code}/lead/end",
    "sponsorship.correct_lead": "/households/{code}/leads/{led}",
    "sponsorship.withdraw_lead": "/households/{code}/leads/{led}/withdraw",
    "sponsorship.add_supporter": "/households/{code}/supporters/add",
    "sponsorship.end_supporter": "/households/{helped}/supporters/{helper}/{helped_from}/end",
    "sponsorship.withdraw_supporter": (
        "/households/{helped}/supporters/{helper}/{helped_from}/withdraw"
    ),
    "sponsorship.unsponsored": "/unsponsored",
    "many.assign": "/assign-lead?codes={unled}",
    "many.change": "/change-lead?codes={code}",
    "requests.index": "/requests",
    "requests.ask": "/households/{unled}/request",
    "requests.answer": "/requests/{request}",
    "requests.decline": "/requests/{request}/decline",
    "requests.withdraw": "/requests/{request}/withdraw",
    "plans.show": "/households/{code}/plan",
    "plans.make": "/households/{unplanned}/plan/make",
    "plans.edit": "/households/{code}/plan/{year}/edit",
    "plans.remove": "/households/{code}/plan/{year}/remove",
    "goals.add_goals": "/households/{code}/plan/{year}/goals/add",
    "goals.edit_goal": "/households/{code}/plan/{year}/goals/{goal}",
    "goals.remove_goal": "/households/{code}/plan/{year}/goals/{goal}/remove",
    "goals.add_step": "/households/{code}/plan/{year}/goals/{goal}/steps/add",
    "goals.edit_step": "/households/{code}/plan/{year}/steps/{step}",
    "goals.remove_step": "/households/{code}/plan/{year}/steps/{step}/remove",
    "board.show": "/sponsorship",
    "board.sheets": "/sponsorship/print",
    "support.index": "/households/{code}/support",
    "support.log": "/households/{code}/support/add",
    "support.correct": "/households/{code}/support/{action}",
    "support.void": "/households/{code}/support/{action}/void",
    "visits.add": "/households/{code}/visits/add",
    "visits.correct": "/visits/{visit}/correct",
    "visits.void": "/visits/{visit}/void",
    "promises.index": "/promises",
    "promises.add": "/households/{code}/promises/add",
    "promises.keep": "/promises/{promise}/keep",
    "promises.drop": "/promises/{promise}/drop",
    "paper_visits.enter": "/paper-visits",
    "programme.exits": "/registered-exits",
    "programme.register": "/registered-exits/add",
    "programme.targets": "/targets",
    "programme.set_target": "/targets/set",
    "reviews.index": "/reviews",
    "reviews.open_round": "/reviews/open",
    "reviews.show": "/reviews/{round}",
    "reviews.commune": "/reviews/{round}/CAM-TUYEN",
    "reviews.add": "/reviews/{round}/CAM-TUYEN/add",
    "proposals.show": "/proposals/{returned}",
    "proposal_papers.add": "/proposals/{returned}/papers/add",
    "deciding.return_": "/proposals/{submitted}/return",
    "deciding.queue": "/queue",
    "communes.index": "/communes",
    "communes.behind": "/communes/CAM-TUYEN/unvisited",
    "overview.show": "/overview",
    "report.show": "/organisation-report",
    "report.behind": "/organisation-report/visited",
    "lists.units": "/units",
    "lists.unit": "/units/CAM-TUYEN",
    "lists.add_unit": "/units/add",
    "lists.add_period": "/units/CAM-TUYEN/period",
    "lists.edit_period": "/units/CAM-TUYEN/periods/{period}",
    "lists.end_period": "/units/CAM-TUYEN/end",
    "lists.residents": "/units/CAM-TUYEN/residents",
    "lists.merge": "/merge-villages",
    "lists.all_organisations": "/organisations",
    "lists.add_organisation": "/organisations/add",
    "lists.edit_organisation": "/organisations/{helper}",
    "lists.kinds": "/support-kinds",
    "jobs.index": "/jobs",
    "jobs.ask": "/case-files?class=poor",
    "commune_report.show": "/commune-report?unit=CAM-TUYEN",
    "commune_report.behind": "/commune-report/visited?unit=CAM-TUYEN",
    "standards.index": "/standards",
    "standards.add": "/standards/add",
    "standards.edit": "/standards/{standard}",
    "imports.index": "/import",
    "signed.index": "/signed",
    "signed.prepare": "/signed/prepare/bieu-2?as_of=15/02/2022&unit=CAM-TUYEN",
    "tables.index": "/tables",
    "tables.show": "/tables/bieu-2",
    "tables.cell": "/tables/bieu-2/cells/CAM-TUYEN/poor",
    "declared.compare": "/tables/bieu-2/reconcile",
    "declared.index": "/declared",
    "findings.withdraw": "/tables/findings/{finding}/withdraw",
}
# More of an endpoint, where its pages differ.
MORE = {
    "tables.show": ("/tables/bieu-3", "/tables/dien-bien", "/tables/thoat-ngheo"),
    "proposals.show": ("/proposals/{submitted}",),
    "jobs.ask": ("/visit-forms?class=poor", "/household-list?class=poor"),
    "households.index": ("/households?q=nguyen", "/households?q=khong-co-ai"),
    "deciding.queue": ("/queue?page=2",),
}
# Reached only by what somebody does first: a table is prepared and signed in test_figures, a file
# is imported and a printed table kept in tests/exchange, a request is recorded in tests/privacy.
BY_WALKING = {
    *("signed.prepared", "signed.withdraw", "signed.show", "signed.countersign"),
    "declared.show",
    *("imports.show", "imports.columns", "imports.undo"),
    *("data_requests.show", "data_requests.confirm", "data_requests.extend"),
    "data_requests.answer",
    "own.take_off",
    "jobs.show",
}
# Pages to which no page of this list leads: something leads there only in another state of the
# register (more than fits, a doubt, another household), a button of a list sends there, or the
# menu of another role.
LED_TO_OTHERWISE = {
    *("many.assign", "many.change", "sponsorship.end_supporter", "sponsorship.withdraw_supporter"),
    *("findings.withdraw", "goals.add_goals", "plans.make", "home.doubtful", "support.index"),
    *("promises.index", "deciding.return_", "sponsorship.unsponsored", "paper_visits.enter"),
    *("overview.show", "own.again"),
}
# No pages: files, pictures, style sheets, and what answers machines.
NO_PAGES = {
    "static",
    "shipped.bootstrap",
    "health.check",
    "visits.attachment",
    "household_files.export",
    "communes.export",
    "report.export",
    "tables.export",
    "tables.export_cell",
    "papers.household_list",
    "papers.cell_list",
    "papers.assignments",
    "papers.sponsor_sheets",
    "papers.visit_forms",
    "papers.visit_form",
    "papers.one_case_file",
    "papers.case_files",
    "jobs.file",
    "review_papers.review_list",
    "commune_report.paper",
    "drift_papers.drift_list",
    "imports.template",
    "imports.faults",
    "signed.paper",
    "drift.drift_file",
    "accounts.sign_in",  # for nobody: test_roles
}

_HOUSEHOLD = """
SELECT household.* FROM household JOIN lead ON lead.household_id = household.id
JOIN user_account ON user_account.organisation_id = lead.organisation_id
WHERE user_account.name = :who AND lead.last_day IS NULL
AND EXISTS (SELECT 1 FROM promise WHERE household_id = household.id AND kept_by_id IS NULL
  AND dropped_on IS NULL AND organisation_id = lead.organisation_id)
AND EXISTS (SELECT 1 FROM visit WHERE household_id = household.id AND voided_at IS NULL)
AND EXISTS (SELECT 1 FROM exit_plan JOIN goal ON goal.plan_id = exit_plan.id
  JOIN step ON step.goal_id = goal.id AND step.done_on IS NULL
  WHERE exit_plan.household_id = household.id)
ORDER BY household.code
"""
_LOOKED_UP = {
    "classified": "SELECT max(starts) FROM classification WHERE household_id = :id",
    "stayed": "SELECT max(starts) FROM stay WHERE household_id = :id",
    "led": "SELECT max(starts) FROM lead WHERE household_id = :id",
    "member": "SELECT id FROM member WHERE household_id = :id AND relation <> 'Chủ hộ'",
    "action": "SELECT code FROM support_action WHERE household_id = :id AND voided_at IS NULL",
    "visit": """SELECT visit.id FROM visit JOIN user_account USING (organisation_id)
        WHERE household_id = :id AND name = :who AND voided_at IS NULL""",
    "promise": """SELECT promise.id FROM promise JOIN user_account USING (organisation_id)
        WHERE household_id = :id AND name = :who AND kept_by_id IS NULL AND dropped_on IS NULL""",
    "year": "SELECT year FROM exit_plan WHERE household_id = :id",
    "goal": """SELECT goal.id FROM goal JOIN exit_plan ON exit_plan.id = plan_id
        WHERE household_id = :id""",
    "step": """SELECT step.id FROM step JOIN goal ON goal.id = goal_id
        JOIN exit_plan ON exit_plan.id = plan_id WHERE household_id = :id AND done_on IS NULL""",
    "departed": """SELECT code FROM household WHERE code LIKE 'CAM-TUYEN%' AND id NOT IN
        (SELECT household_id FROM span WHERE ends > '2023-10-20') ORDER BY code""",
    "unled": """SELECT code FROM household JOIN span ON household_id = id WHERE code LIKE
        'CAM-TUYEN%' AND ends > '2023-10-20' AND class = 'poor' AND lead_sponsor IS NULL
        AND id NOT IN (SELECT household_id FROM sponsor_request) ORDER BY code""",
    "unplanned": """SELECT code FROM household JOIN lead ON household_id = household.id
        JOIN user_account USING (organisation_id) WHERE user_account.name = :who
        AND last_day IS NULL AND household.id NOT IN (SELECT household_id FROM exit_plan)
        ORDER BY code""",
    "request": """SELECT sponsor_request.id FROM sponsor_request JOIN user_account
        USING (organisation_id) WHERE name = :who AND answer = 'waiting'""",
    "round": "SELECT id FROM review_round",
    "returned": """SELECT proposal.id FROM proposal JOIN unit ON unit.id = commune_id
        WHERE state = 'returned' AND code = 'CAM-TUYEN'""",
    "submitted": """SELECT proposal.id FROM proposal JOIN unit ON unit.id = commune_id
        WHERE state = 'submitted' AND code = 'CAM-TUYEN'""",
    "helped": """SELECT household.code FROM supporter JOIN household ON household.id = household_id
        WHERE last_day IS NULL AND household.code LIKE 'CAM-TUYEN%' ORDER BY household.code""",
    "helped_from": """SELECT starts FROM supporter JOIN household ON household.id = household_id
        WHERE last_day IS NULL AND household.code LIKE 'CAM-TUYEN%' ORDER BY household.code""",
    "helper": """SELECT organisation.code FROM supporter
        JOIN household ON household.id = household_id
        JOIN organisation ON organisation.id = organisation_id
        WHERE last_day IS NULL AND household.code LIKE 'CAM-TUYEN%' ORDER BY household.code""",
    "period": """SELECT starts FROM unit_period JOIN unit ON unit.id = unit_id
        WHERE code = 'CAM-TUYEN' ORDER BY starts DESC""",
    "standard": "SELECT code FROM standard ORDER BY starts DESC",
    "finding": "SELECT id FROM accepted_finding",
}


def addresses(database: Path) -> dict[str, list[str]]:
    """The addresses of every page, by endpoint, out of this SQLite register."""
    with closing(sqlite3.connect(database)) as register:
        register.row_factory = sqlite3.Row
        who = {"who": ORGANISATION}
        household = register.execute(_HOUSEHOLD, who).fetchone()
        known = {"code": household["code"]}
        for name, query in _LOOKED_UP.items():
            row = register.execute(query, {**who, "id": household["id"]}).fetchone()
            assert row is not None, name
            known[name] = row[0]
    return {
        endpoint: [one.format(**known) for one in (path, *MORE.get(endpoint, ()))]
        for endpoint, path in PAGES.items()
    }
