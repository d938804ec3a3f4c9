"""Who may do what: one table, Role → acts. No other file names a role to decide anything."""

from collections.abc import Mapping
from enum import StrEnum

from casemgmt.words import _


class Role(StrEnum):
    """What an account is for."""

    ADMIN = "admin"
    DISTRICT = "district"
    COMMUNE = "commune"
    ORGANISATION = "organisation"
    VIEWER = "viewer"

    @property
    def label(self) -> str:
        """The word of the screens."""
        return _(_LABELS[self])


_LABELS = {
    Role.ADMIN: "Quản trị",
    Role.DISTRICT: "Cấp rà soát",
    Role.COMMUNE: "Cán bộ xã",
    Role.ORGANISATION: "Hội, đoàn thể",
    Role.VIEWER: "Người xem số liệu",
}


class Act(StrEnum):
    """One thing that a person may do."""

    SEE_FIGURES = "see_figures"
    SEE_HOUSEHOLDS = "see_households"
    SEE_PRIVATE = "see_private"  # CCCD (masked), B1, health, notes
    REVEAL_IDENTITY = "reveal_identity"  # a whole CCCD, with a reason
    SEE_AUDIT = "see_audit"
    HANDLE_DATA_REQUEST = "handle_data_request"  # what people ask about their own data
    EXPORT_FIGURES = "export_figures"
    EXPORT_HOUSEHOLDS = "export_households"
    RECONCILE = "reconcile"
    EDIT_HOUSEHOLD = "edit_household"
    CLASSIFY = "classify"
    MOVE_HOUSEHOLD = "move_household"
    ASSIGN_SPONSOR = "assign_sponsor"
    LOG_SUPPORT = "log_support"
    CORRECT_SUPPORT = "correct_support"
    VISIT = "visit"
    PROMISE = "promise"
    REQUEST_SPONSORSHIP = "request_sponsorship"
    ANSWER_REQUEST = "answer_request"
    PLAN_EXIT = "plan_exit"
    REVIEW = "review"
    DECIDE_REVIEW = "decide_review"
    OPEN_ROUND = "open_round"
    RECLASSIFY = "reclassify"  # change a class outside a round
    JOIN_RECORDS = "join_records"
    FOLLOW_COMMUNES = "follow_communes"
    REPORT_SPONSORSHIP = "report_sponsorship"
    REPORT_PROGRAMME = "report_programme"  # a commune's report to the level above
    ACCEPT_FINDING = "accept_finding"
    PREPARE_TABLE = "prepare_table"
    SIGN_TABLE = "sign_table"  # and only an account that signs
    IMPORT_REGISTER = "import_register"
    SET_TARGETS = "set_targets"
    MANAGE_UNITS = "manage_units"
    MANAGE_ORGANISATIONS = "manage_organisations"
    MANAGE_LISTS = "manage_lists"
    MANAGE_STANDARDS = "manage_standards"
    MANAGE_ACCOUNTS = "manage_accounts"
    OWN_ACCOUNT = "own_account"


_EVERYONE = {Act.SEE_FIGURES, Act.EXPORT_FIGURES, Act.OWN_ACCOUNT}
_OFFICER = _EVERYONE | {
    Act.SEE_HOUSEHOLDS,
    Act.SEE_PRIVATE,
    Act.REVEAL_IDENTITY,
    Act.SEE_AUDIT,
    Act.HANDLE_DATA_REQUEST,
    Act.EXPORT_HOUSEHOLDS,
    Act.RECONCILE,
    Act.EDIT_HOUSEHOLD,
    Act.CLASSIFY,
    Act.MOVE_HOUSEHOLD,
    Act.ASSIGN_SPONSOR,
    Act.LOG_SUPPORT,
    Act.CORRECT_SUPPORT,
    Act.VISIT,
    Act.ANSWER_REQUEST,
    Act.DECIDE_REVIEW,
    Act.JOIN_RECORDS,
    Act.REPORT_SPONSORSHIP,
    Act.REPORT_PROGRAMME,
    Act.PREPARE_TABLE,
    Act.SIGN_TABLE,
    Act.IMPORT_REGISTER,
}

POLICY: Mapping[Role, frozenset[Act]] = {
    Role.ADMIN: frozenset(
        _EVERYONE
        | {
            Act.MANAGE_UNITS,
            Act.MANAGE_ORGANISATIONS,
            Act.MANAGE_LISTS,
            Act.MANAGE_STANDARDS,
            Act.MANAGE_ACCOUNTS,
            Act.SEE_AUDIT,
        }
    ),
    Role.DISTRICT: frozenset(
        _OFFICER
        | {
            Act.SET_TARGETS,
            Act.OPEN_ROUND,
            Act.RECLASSIFY,
            Act.FOLLOW_COMMUNES,
            Act.ACCEPT_FINDING,
        }
    ),
    Role.COMMUNE: frozenset(_OFFICER | {Act.PROMISE, Act.PLAN_EXIT, Act.REVIEW}),
    Role.ORGANISATION: frozenset(
        _EVERYONE
        | {
            Act.SEE_HOUSEHOLDS,
            Act.EXPORT_HOUSEHOLDS,
            Act.LOG_SUPPORT,
            Act.VISIT,
            Act.PROMISE,
            Act.REQUEST_SPONSORSHIP,
            Act.PLAN_EXIT,
            Act.REPORT_SPONSORSHIP,
        }
    ),
    Role.VIEWER: frozenset(_EVERYONE),
}

PROVES_TWICE = frozenset({Role.ADMIN, Role.DISTRICT})  # where the site demands second factors


def may(role: Role, act: Act) -> bool:
    """Whether the policy lets this role do this."""
    return act in POLICY[role]
