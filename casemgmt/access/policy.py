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
        return _(_ROLES[self])


_ROLES = {
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

    @property
    def label(self) -> str:
        """The word of the screens."""
        return _(_ACTS[self])


_ACTS = {
    Act.SEE_FIGURES: "Xem số liệu",
    Act.SEE_HOUSEHOLDS: "Xem hộ",
    Act.SEE_PRIVATE: "Xem phần riêng của hộ",
    Act.REVEAL_IDENTITY: "Xem đủ số CCCD",
    Act.SEE_AUDIT: "Xem nhật ký",
    Act.HANDLE_DATA_REQUEST: "Yêu cầu về dữ liệu cá nhân",
    Act.EXPORT_FIGURES: "Xuất số liệu",
    Act.EXPORT_HOUSEHOLDS: "Xuất danh sách hộ",
    Act.RECONCILE: "Đối chiếu bảng đã ký",
    Act.EDIT_HOUSEHOLD: "Sửa thông tin hộ",
    Act.CLASSIFY: "Phân loại hộ",
    Act.MOVE_HOUSEHOLD: "Chuyển, tách, nhập hộ",
    Act.ASSIGN_SPONSOR: "Phân công đỡ đầu",
    Act.LOG_SUPPORT: "Ghi hỗ trợ",
    Act.CORRECT_SUPPORT: "Sửa, hủy hỗ trợ",
    Act.VISIT: "Thăm hộ",
    Act.PROMISE: "Lời hứa hỗ trợ",
    Act.REQUEST_SPONSORSHIP: "Đề nghị nhận đỡ đầu",
    Act.ANSWER_REQUEST: "Trả lời đề nghị đỡ đầu",
    Act.PLAN_EXIT: "Kế hoạch thoát nghèo",
    Act.REVIEW: "Rà soát hộ",
    Act.DECIDE_REVIEW: "Duyệt rà soát",
    Act.OPEN_ROUND: "Mở, đóng đợt rà soát",
    Act.RECLASSIFY: "Đổi phân loại ngoài đợt",
    Act.JOIN_RECORDS: "Gộp hồ sơ trùng",
    Act.FOLLOW_COMMUNES: "Theo dõi các xã",
    Act.REPORT_SPONSORSHIP: "Báo cáo Hội",
    Act.REPORT_PROGRAMME: "Báo cáo của xã",
    Act.ACCEPT_FINDING: "Chấp nhận chỗ lệch",
    Act.PREPARE_TABLE: "Lập bảng để ký",
    Act.SIGN_TABLE: "Ký bảng",
    Act.IMPORT_REGISTER: "Nhập sổ từ Excel",
    Act.SET_TARGETS: "Giao chỉ tiêu",
    Act.MANAGE_UNITS: "Quản lý đơn vị",
    Act.MANAGE_ORGANISATIONS: "Quản lý tổ chức",
    Act.MANAGE_LISTS: "Quản lý danh mục",
    Act.MANAGE_STANDARDS: "Quản lý chuẩn nghèo",
    Act.MANAGE_ACCOUNTS: "Quản lý tài khoản",
    Act.OWN_ACCOUNT: "Tài khoản của mình",
}

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
