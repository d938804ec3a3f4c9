"""What the titles of a list mean: of its columns, and of the sheet as a whole."""

import re
from collections.abc import Iterable, Sequence

from casemgmt.exchange.listing import Listed, Target
from casemgmt.vietnamese import clean, fold, same

_BIRTH = ("ngày sinh", "năm sinh", "ngày tháng năm sinh", "ngày tháng năm", "sinh ngày", "sinh năm")
_MEANINGS: dict[Target, tuple[str, ...]] = {
    Target.HOUSEHOLD_NUMBER: (
        "stt", "tt", "số tt", "số thứ tự", "stt hộ", "tt hộ", "số tt hộ", "số thứ tự hộ",
        "stt chủ hộ", "hộ số",
    ),
    Target.HOUSEHOLD_CODE: ("mã hộ", "mã số hộ", "mã hộ gia đình", "mã hộ nghèo"),
    Target.HEAD_NAME: (
        "chủ hộ", "họ tên chủ hộ", "họ và tên chủ hộ", "tên chủ hộ", "chủ hộ họ và tên",
        "chủ hộ họ tên", "họ và tên chủ hộ nghèo", "họ tên chủ hộ nghèo", "hộ gia đình",
        "họ và tên hộ", "tên hộ",
    ),
    Target.MEMBER_NAME: (
        "họ và tên", "họ tên", "tên", "họ tên thành viên", "họ và tên thành viên", "tên thành viên",
        "họ và tên thành viên trong hộ", "họ và tên các thành viên trong hộ",
        "họ tên các thành viên", "họ và tên các thành viên", "thành viên trong hộ",
        "thành viên họ và tên", "thành viên họ tên", "họ và tên nhân khẩu", "họ chữ đệm và tên",
        "họ chữ đệm tên", "họ và tên chủ hộ và các thành viên", "họ và tên chủ hộ và thành viên",
        "họ và tên chủ hộ thành viên",
    ),
    Target.RELATION: (
        "quan hệ", "quan hệ với chủ hộ", "qh với chủ hộ", "mối quan hệ", "qhch",
        "mối quan hệ với chủ hộ", "quan hệ chủ hộ",
    ),
    Target.BIRTH: (*_BIRTH, "ntns"),
    Target.BIRTH_DAY: tuple(f"{one} ngày" for one in _BIRTH),
    Target.BIRTH_MONTH: tuple(f"{one} tháng" for one in _BIRTH),
    Target.BIRTH_YEAR: tuple(f"{one} năm" for one in _BIRTH),
    Target.BIRTH_MALE: ("nam", "giới tính nam", *(f"{one} nam" for one in _BIRTH)),
    Target.BIRTH_FEMALE: ("nữ", "giới tính nữ", *(f"{one} nữ" for one in _BIRTH)),
    Target.SEX: ("giới tính", "giới", "nam nữ", "phái"),
    Target.CITIZEN_ID: (
        "cccd", "cmnd", "số cccd", "số cmnd", "số cccd cmnd", "số cmnd cccd", "cccd cmnd",
        "cmnd cccd", "số định danh cá nhân", "số định danh", "mã định danh", "căn cước công dân",
        "số căn cước công dân", "số căn cước", "số cmnd thẻ căn cước", "số đdcn",
    ),
    Target.ETHNICITY: ("dân tộc", "thành phần dân tộc"),
    Target.CAN_WORK: (
        "khả năng lao động", "có khả năng lao động", "còn khả năng lao động", "có knlđ", "knlđ",
    ),
    Target.MEMBER_OF: ("hội đoàn thể", "đoàn thể", "thuộc hội", "hội viên"),
    Target.VILLAGE: (
        "thôn", "bản", "thôn bản", "tên thôn", "khu phố", "thôn khu phố", "thôn bản khu phố",
        "thôn tổ", "thôn tổ dân phố", "địa bàn", "thôn kp", "địa chỉ thôn",
    ),
    Target.COMMUNE: ("xã", "xã phường", "xã thị trấn", "xã phường thị trấn", "tên xã"),
    Target.ADDRESS: (
        "địa chỉ", "nơi ở", "chỗ ở", "nơi cư trú", "địa chỉ thường trú", "nơi thường trú",
        "hộ khẩu thường trú", "chỗ ở hiện nay",
    ),
    Target.PHONE: ("điện thoại", "số điện thoại", "sđt", "số đt", "đt"),
    Target.CLASS: (
        "phân loại", "phân loại hộ", "loại hộ", "diện hộ", "diện", "thuộc diện", "kết quả",
        "kết quả phân loại", "kết quả rà soát", "hộ nghèo cận nghèo", "hộ nghèo hộ cận nghèo",
        "n cn", "hn hcn", "hn cn",
    ),
    Target.IS_POOR: (
        "hộ nghèo", "nghèo", "hn", "nghèo mới", "nghèo cũ", "tái nghèo", "hộ nghèo mới",
        "hộ nghèo cũ", "hộ tái nghèo",
    ),
    Target.IS_NEAR_POOR: (
        "hộ cận nghèo", "cận nghèo", "hcn", "cận nghèo mới", "cận nghèo cũ", "tái cận nghèo",
        "trở thành hộ cận nghèo", "thoát nghèo trở thành hộ cận nghèo",
    ),
    Target.IS_NOT_POOR: (
        "hộ không nghèo", "không nghèo", "vượt chuẩn cận nghèo",
        "thoát nghèo vượt chuẩn cận nghèo",
    ),
    Target.DECISION_NUMBER: (
        "qđ công nhận", "số qđ", "số quyết định", "quyết định", "quyết định công nhận", "qđ số",
        "số quyết định công nhận", "quyết định số", "quyết định công nhận số", "số qđ công nhận",
    ),
    Target.DECISION_DATE: (
        "ngày qđ", "ngày quyết định", "ngày công nhận", "quyết định ngày", "ngày qđ công nhận",
        "quyết định công nhận ngày", "ngày ký",
    ),
    Target.SCORE_B1: ("b1", "điểm b1", "tổng điểm b1", "điểm số b1"),
    Target.SCORE_B2: ("b2", "điểm b2", "tổng điểm b2", "điểm số b2"),
    Target.DEPRIVATIONS: (
        "thiếu hụt", "chỉ số thiếu hụt", "các chỉ số thiếu hụt", "mã thiếu hụt",
        "mã chỉ số thiếu hụt",
    ),
    Target.MINORITY: (
        "hộ dtts", "dtts", "hộ dân tộc thiểu số", "dân tộc thiểu số", "hộ đồng bào dtts",
    ),
    Target.SOCIAL_PROTECTION: (
        "hộ không có knlđ", "hộ không có khả năng lao động", "không có khả năng lao động",
        "không có knlđ", "hộ không knlđ", "hộ không còn knlđ", "hộ btxh", "btxh",
        "hộ bảo trợ xã hội", "bảo trợ xã hội",
    ),
    Target.MERIT: (
        "hộ có người có công", "người có công", "hộ người có công", "ncc", "hộ ncc", "hộ cscc",
        "hộ có ncc", "hộ chính sách có công",
    ),
    Target.CAUSE: ("nguyên nhân", "nguyên nhân nghèo", "nguyên nhân dẫn đến nghèo"),
    Target.NOTE: ("ghi chú",),
    Target.PEOPLE: (
        "số khẩu", "số nhân khẩu", "nhân khẩu", "số người", "tổng số khẩu", "tổng số nhân khẩu",
        "số khẩu trong hộ", "số nhân khẩu trong hộ", "khẩu",
    ),
}  # fmt: skip
# Columns of ticks under such a group each stand for one cause, or one indicator.
_GROUPS = (Target.CAUSE, Target.DEPRIVATIONS)

# Words of the eight causes of the review's form, for lists that have no group above them.
_CAUSES = (
    "thiếu đất sản xuất", "thiếu vốn", "thiếu vốn sản xuất", "thiếu lao động",
    "thiếu công cụ phương tiện sản xuất", "thiếu kiến thức sản xuất", "thiếu kỹ năng lao động",
    "ốm đau tai nạn",
)  # fmt: skip

# The indicators of the standard 2022 by their names in lists; a standard without the code refuses.
INDICATORS = {
    "employment": ("việc làm",),
    "dependants": ("người phụ thuộc",),
    "nutrition": ("dinh dưỡng",),
    "health_insurance": ("bảo hiểm y tế", "bhyt"),
    "adult_education": ("trình độ giáo dục người lớn", "trình độ giáo dục của người lớn"),
    "child_schooling": ("tình trạng đi học của trẻ em", "đi học của trẻ em"),
    "housing_quality": ("chất lượng nhà ở",),
    "housing_area": ("diện tích nhà ở", "diện tích nhà ở bình quân đầu người"),
    "water": ("nước sinh hoạt", "nguồn nước sinh hoạt"),
    "sanitation": ("nhà tiêu", "nhà tiêu hợp vệ sinh", "hố xí nhà tiêu hợp vệ sinh"),
    "telecom": ("sử dụng dịch vụ viễn thông", "dịch vụ viễn thông"),
    "info_assets": ("phương tiện tiếp cận thông tin", "phương tiện phục vụ tiếp cận thông tin"),
}

_BETWEEN = re.compile(r"[\W_]+")
_BRACKETED = re.compile(r"\([^()]*\)")


def words_of(title: str) -> str:
    """A title → a key: words without signs, whatever case and place of tones."""
    return same(_BETWEEN.sub(" ", clean(title)))


_BY_WORDS = {words_of(word): target for target, words in _MEANINGS.items() for word in words}
_CAUSE_WORDS = frozenset(map(words_of, _CAUSES))
_INDICATOR_CODES = {words_of(word): code for code, words in INDICATORS.items() for word in words}


def _without_tones() -> dict[str, Target]:
    """The same for titles typed without tones, as far as they still have one meaning."""
    found: dict[str, set[Target]] = {}
    for target, words in _MEANINGS.items():
        for word in words:
            found.setdefault(fold(word), set()).add(target)
    return {word: next(iter(targets)) for word, targets in found.items() if len(targets) == 1}


_BY_FOLD = _without_tones()


def _known(title: str) -> Target | None:
    for words in (title, _BRACKETED.sub(" ", title)):
        key = words_of(words)
        if found := _BY_WORDS.get(key) or (_BY_FOLD.get(key) if key.isascii() else None):
            return found
    return None


def meaning(parts: Sequence[str]) -> Target | None:
    """The meaning of a column from the rows of its header, upper ones first."""
    if not parts:
        return None
    if found := _known(" ".join(parts)):
        return found
    if len(parts) > 1:
        group = next(filter(None, map(_known, parts[:-1])), None)
        if group in _GROUPS:
            return group
        if group is Target.HEAD_NAME and _known(parts[-1]) is Target.MEMBER_NAME:
            return group
        joined = " ".join(parts[-2:])
        return _known(joined) or _known(parts[-1])
    return Target.CAUSE if words_of(parts[0]) in _CAUSE_WORDS else None


def indicator(title: str) -> str | None:
    """The code of the deprivation indicator that a column of ticks is titled with."""
    return _INDICATOR_CODES.get(words_of(_BRACKETED.sub(" ", title)))


# --- The title of a sheet ---------------------------------------------------------------------

# Exact phrases, the longer before those that they contain: "thoát nghèo" holds "nghèo".
_LISTED = (
    (r"(?:ho )?thoat (?:khoi )?(?:ho )?can ngheo|ho can ngheo thoat", Listed.ESCAPED_NEAR_POOR),
    (r"(?:ho )?thoat (?:khoi )?(?:ho )?ngheo|ho ngheo thoat", Listed.ESCAPED_POOR),
    (r"(?:ho )?ngheo (?:va )?(?:ho )?can ngheo|hn (?:va )?(?:hcn|cn)", Listed.BOTH),
    (r"(?:ho )?can ngheo|hcn", Listed.NEAR_POOR),
    (r"ho khong ngheo", Listed.NOT_POOR),
    (r"(?:danh sach|ds) ngheo|ho ngheo|hn", Listed.POOR),
)
_FORMS = tuple((re.compile(rf"(?<!\w)(?:{form})(?!\w)"), listed) for form, listed in _LISTED)
_BEYOND = re.compile(r"vuot chuan can ngheo|vuot can ngheo|chuan can ngheo|chuan ngheo")


def listed_in(lines: Iterable[str]) -> Listed | None:
    """Whom a list lists, from the first line of its title, or its sheet's name, that tells."""
    for line in lines:
        words = fold(line)
        told = _BEYOND.sub(" ", words)
        for form, listed in _FORMS:
            if form.search(told):
                beyond = listed is Listed.ESCAPED_POOR and "vuot c" in words
                return Listed.NOT_POOR if beyond else listed
    return None


_DECISION = re.compile(
    r"(?:quyết định|qđ)\s+số\s*:?\s*(?P<number>[0-9]+\s*/\s*[\w.\-Đđ]+)\s*,?\s*ngày\s+"
    r"(?P<day>[0-9]{1,2})\s*(?:/|-|tháng)\s*(?P<month>[0-9]{1,2})\s*(?:/|-|năm)\s*"
    r"(?P<year>[0-9]{4})",
    re.IGNORECASE,
)


def decision_in(lines: Iterable[str]) -> tuple[str, str] | None:
    """Number and day (dd/mm/yyyy) of the decision that the title of a list names."""
    for line in lines:
        if found := _DECISION.search(line):
            number = re.sub(r"\s+", "", found["number"])
            return number, f"{int(found['day']):02d}/{int(found['month']):02d}/{found['year']}"
    return None


_LEVEL = r"(?:thôn|bản|khu phố|kp|tổ dân phố|tdp|khóm|ấp|làng)"
_VILLAGE = re.compile(
    rf"^\s*(?:[ivx]+[.)\s]+|[0-9]+[.)]\s*)?({_LEVEL})\b[\s.:]*(.+)$", re.IGNORECASE
)
_ENDS = re.compile(
    r"\s*(?:[,;:(]|[-–—]\s|[-–—](?=\s*xã)|\bxã\b|\bthị trấn\b|\d+\s*(?:hộ|khẩu)).*$", re.I
)


def village_in(line: str) -> str | None:
    """The village that a line names at its beginning: `II. Thôn An Mẫu: 12 hộ` → `Thôn An Mẫu`."""
    found = _VILLAGE.match(clean(line))
    if not found:
        return None
    name = _ENDS.sub("", found[2]).strip()
    return f"{found[1]} {name}" if name else None


_BEFORE = re.compile(rf"^{_LEVEL}\b[\s.:]*", re.IGNORECASE)


def bare_village(name: str) -> str:
    """A village's name without its level, as a key: `Thôn An Mẫu` = `an mẫu`."""
    return words_of(_BEFORE.sub("", clean(name)))
