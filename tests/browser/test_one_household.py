"""One household through the hands of everybody: the commune adds it and the review makes it poor,
an organisation asks for it, visits it, promises and gives, and a second review leads it out of
poverty. At each step the tables move by this one household, and the moved number opens it."""

import pytest

from tests.browser.visitor import DESK, PHONE, Visitor

TODAY = "20/10/2023"
NAME = "Nguyễn Văn Bình Minh"
BECAME_POOR = "02/10/2023"
BETWEEN = "10/10/2023"
VILLAGE = "Thôn An Mỹ"
FARMERS = "Hội Nông dân xã Cam Tuyền"
COMMUNE = "xa-camtuyen"
DISTRICT = "huyen-camlo"
ORGANISATION = "nongdan-camtuyen"
ROW = "CAM-TUYEN"
WHY_RETURNED = "Chưa nói hộ đang sống bằng gì."
MOST_TAPS = 8


def _numbers(visitor: Visitor) -> dict[str, int]:
    """The numbers of the commune that this story moves."""
    numbers = {}
    for path, columns in {
        "/tables/bieu-2": ["poor"],
        "/tables/bieu-3": ["poor", "farmers_union"],
        f"/tables/dien-bien?from=01/10/2023&to={TODAY}": ["closing", "newly_poor"],
        f"/tables/dien-bien?from={BETWEEN}&to={TODAY}": ["opening", "exit_above_near_poor"],
    }.items():
        visitor.open(path)
        numbers |= {f"{path} {name}": visitor.number(f"{ROW}/{name}") for name in columns}
    return numbers


def _moved(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


def _opens(visitor: Visitor, path: str, column: str, code: str) -> bool:
    visitor.open(path)
    return code in visitor.open_cell(f"{ROW}/{column}")


# --- The commune ---------------------------------------------------------------------------------


def _add(commune: Visitor) -> str:
    """Add the household, part by part: its code."""
    commune.open("/")
    commune.follow("Thêm hộ")
    commune.fill("Họ và tên chủ hộ", NAME)
    commune.fill("Ngày sinh chủ hộ (không bắt buộc)", "1984")
    commune.choose("Thôn, bản, khu phố", VILLAGE)
    commune.fill("Ở đây từ ngày", "01/01/2020")
    commune.press("Thêm hộ")
    code = commune.text("h1 .code")
    assert commune.notice == f"Đã thêm hộ {code}. Hãy ghi tiếp các phần còn lại."
    commune.shows(sizes=[commune.size])
    commune.follow("Nơi ở và liên hệ")
    commune.fill("Điện thoại (không bắt buộc)", "0905 000 123")
    commune.press("Ghi")
    commune.follow("Chủ hộ và thành viên")
    commune.follow("Thêm thành viên")
    commune.fill("Họ và tên", "Nguyễn Thị Thu Hà")
    commune.choose("Quan hệ với chủ hộ", "Con")
    commune.press("Ghi")
    return code


def _propose(
    commune: Visitor, *, class_: str, b1: int, b2: int, reason: str, days: tuple[str, str, str]
) -> None:
    """Fill in the proposal whose page is open, and send it. `days`: of the meeting, the first and
    the last of the posting."""
    met, posted, until = days
    commune.fill("Điểm B1", str(b1))
    commune.fill("Điểm B2", str(b2))
    for box in commune.page.get_by_role("group", name="Thiếu hụt").get_by_role("checkbox").all():
        box.uncheck()
    for box in (
        commune.page.get_by_role("group", name="Thiếu hụt")
        .get_by_role("checkbox")
        .all()[: b2 // 10]
    ):
        box.check()
    commune.choose("Đề nghị phân loại", class_)
    commune.fill("Lý do", reason)
    commune.fill("Ngày họp thôn", met)
    commune.fill("Số người dự họp", "30")
    commune.fill("Số người đồng ý", "28")
    commune.fill("Niêm yết từ ngày", posted)
    commune.fill("Niêm yết đến hết ngày", until)
    commune.press("Lưu và gửi duyệt")
    assert commune.notice == "Đã gửi duyệt."


def _apply(commune: Visitor, round_: str, code: str) -> None:
    """Put the household on the list of a round."""
    commune.open("/reviews")
    commune.follow(round_)
    commune.follow("Thêm hộ có giấy đề nghị")
    commune.fill("Mã hộ", code)
    commune.press("Thêm vào danh sách")
    assert commune.notice == f"Đã thêm hộ {code} vào danh sách."


# --- The district --------------------------------------------------------------------------------


def _accept(district: Visitor, number: str, starts: str) -> None:
    """Accept the proposal of the household, from its place in the queue."""
    _open_in_queue(district)
    district.fill("Số quyết định", number)
    district.fill("Ngày quyết định", TODAY)
    district.fill("Phân loại có hiệu lực từ ngày", starts)
    district.press("Duyệt đề nghị này")
    assert district.notice == f"Đã duyệt. Phân loại của hộ đã đổi theo quyết định {number}."


def _open_in_queue(district: Visitor) -> None:
    district.open("/")
    district.follow("Mở hàng đợi duyệt")
    while NAME not in district.texts("tbody th a"):
        district.click("a[rel=next]")
    district.follow(NAME)


def _send_back(district: Visitor) -> None:
    _open_in_queue(district)
    district.shows(sizes=[district.size])
    district.follow("Trả lại")
    district.choose("Mục cần sửa (không bắt buộc)", "Lý do")
    district.fill("Lý do trả lại", WHY_RETURNED)
    district.press("Trả lại cho xã")
    assert district.notice == "Đã trả lại cho xã."


# --- The organisation ----------------------------------------------------------------------------


def _ask_for(farmers: Visitor) -> None:
    farmers.open("/")
    farmers.go_to("Chưa có đơn vị")
    while NAME not in farmers.texts("tbody th"):
        farmers.click("a[rel=next]")
    farmers.click(f"a:has-text('Nhận đỡ đầu'):has-text('{NAME}')")
    farmers.fill("Lời nhắn cho xã (không bắt buộc)", "Hội có dự án nuôi bò, nhận giúp hộ này.")
    farmers.press("Gửi đề nghị")
    assert farmers.notice == "Đã gửi đề nghị. Xã sẽ trả lời."


def _give(commune: Visitor) -> None:
    """The commune accepts the request."""
    commune.open("/")
    commune.follow(NAME)
    commune.shows(sizes=[commune.size])
    commune.fill("Đỡ đầu từ ngày", TODAY)
    commune.press("Đồng ý, giao hộ")
    assert commune.notice == "Đã giao hộ cho tổ chức."


def _visit(farmers: Visitor) -> int:
    """An ordinary visit, from home: the taps that it takes."""
    farmers.open("/")
    before = farmers.taps
    farmers.click(f"a:has-text('Ghi thăm'):has-text('{NAME}')")
    farmers.tick("Khá lên")
    farmers.fill("Việc đã làm (không bắt buộc)", "Xem chuồng bò, hướng dẫn ủ cỏ.")
    farmers.press("Ghi lần thăm")
    assert farmers.notice == "Đã ghi lần thăm."
    return farmers.taps - before


def _promise(farmers: Visitor) -> None:
    farmers.follow("Cam kết")
    farmers.choose("Hình thức", "Bò giống sinh sản")
    farmers.fill("Nội dung (không bắt buộc)", "một bò cái lai Sind")
    farmers.fill("Giá trị (đồng) (không bắt buộc)", "15.000.000")
    farmers.fill("Hạn giao", "30/11/2023")
    farmers.press("Ghi")
    assert "một bò cái lai Sind" in farmers.text("main")


# --- The story -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_into_poverty_helped_and_out_of_it(visit_apart, size: tuple[int, int]) -> None:
    commune = visit_apart(COMMUNE, size=size)
    district = visit_apart(DISTRICT, size=DESK)
    farmers = visit_apart(ORGANISATION, size=PHONE, touch=True)
    at_first = _numbers(district)

    code = _add(commune)
    _apply(commune, "Rà soát định kỳ", code)
    days = "02/10/2023", "03/10/2023", "09/10/2023"
    why = "Mất mùa, chồng ốm dài ngày."
    _propose(commune, class_="Hộ nghèo", b1=120, b2=30, reason=why, days=days)
    _accept(district, "12/QĐ-UBND", BECAME_POOR)
    poor = _numbers(district)
    assert set(_moved(at_first, poor).values()) == {1}
    assert {name.split("?")[0].split()[0] for name in _moved(at_first, poor)} == {
        "/tables/bieu-2",
        "/tables/bieu-3",
        "/tables/dien-bien",
    }
    assert _opens(district, "/tables/bieu-2", "poor", code)
    assert _opens(district, f"/tables/dien-bien?from=01/10/2023&to={TODAY}", "newly_poor", code)

    _ask_for(farmers)
    _give(commune)
    assert _moved(poor, _numbers(district)) == {"/tables/bieu-3 farmers_union": 1}
    assert _opens(district, "/tables/bieu-3", "farmers_union", code)

    assert _visit(farmers) <= MOST_TAPS
    _promise(farmers)
    commune.open(f"/households/{code}")
    commune.follow("Ghi một hỗ trợ")
    commune.choose("Hình thức", "Ngày công giúp đỡ")
    commune.press("Ghi")
    assert commune.notice == "Đã ghi hỗ trợ."
    helped = _numbers(district)

    _open_monthly(district)
    _apply(commune, "Rà soát thường xuyên", code)
    days = "15/10/2023", "16/10/2023", "18/10/2023"
    why = "Thu nhập đã tăng."
    _propose(commune, class_="Hộ không nghèo", b1=200, b2=0, reason=why, days=days)
    _send_back(district)
    _mend(commune)
    _accept(district, "15/QĐ-UBND", TODAY)

    out = _moved(helped, _numbers(district))
    changes = {
        "/tables/bieu-2 poor": -1,
        "/tables/bieu-3 poor": -1,
        "/tables/bieu-3 farmers_union": -1,
        f"/tables/dien-bien?from={BETWEEN}&to={TODAY} exit_above_near_poor": 1,
    }
    assert {name: out[name] for name in changes} == changes
    path = f"/tables/dien-bien?from={BETWEEN}&to={TODAY}"
    assert _opens(district, path, "exit_above_near_poor", code)
    district.click(f"a[href^='/households/{code}']")
    assert district.heading == f"{NAME} {code}"
    district.shows(sizes=[DESK])
    assert _opens(district, f"/tables/bieu-2?as_of={BETWEEN}", "poor", code)
    assert not _opens(district, "/tables/bieu-2", "poor", code)


def _open_monthly(district: Visitor) -> None:
    district.open("/reviews")
    district.follow("Mở đợt")
    district.choose("Loại đợt", "Rà soát thường xuyên")
    district.fill("Từ ngày", "15/10/2023")
    district.fill("Đến hết ngày", "30/10/2023")
    district.press("Mở đợt")
    assert district.notice == "Đã mở đợt rà soát."


def _mend(commune: Visitor) -> None:
    """The return stands on the commune's home; mended, it is sent again."""
    commune.open("/")
    assert WHY_RETURNED in commune.text("section[aria-labelledby=returned]")
    commune.follow(NAME)
    assert WHY_RETURNED in commune.text("main .notice-stop")
    commune.shows(sizes=[commune.size])
    commune.fill("Lý do", "Thu nhập đã tăng: hai vợ chồng làm công nhân.")
    commune.press("Lưu và gửi duyệt")
    assert commune.notice == "Đã gửi duyệt."
    commune.open("/")
    assert WHY_RETURNED not in commune.text("main")
