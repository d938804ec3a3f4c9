"""The commune officer's day: find a household, log what was given, assign sponsors — and the
figure moves by just that."""

import unicodedata

import pytest

from tests.browser.visitor import FORM_AGAIN, PHONE, SIZES, Visitor

TODAY = "20/10/2023"
FARMERS = "Hội Nông dân xã Cam Tuyền"
LED_BY_FARMERS = "CAM-TUYEN/farmers_union"


def _plain(name: str) -> str:
    """A name as people type it in a hurry: small letters, without diacritics."""
    letters = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _find_first(visitor: Visitor) -> str:
    """Find the first poor household of the list by its head's name, and open its file: its
    code."""
    visitor.open("/households?class=poor")
    name, code = visitor.texts("tbody th")[0], visitor.texts("tbody .code")[0]
    assert _plain(name) != name.lower()
    visitor.open("/households")
    visitor.fill("Tìm", _plain(name))
    visitor.press("Xem")
    assert name in visitor.texts("tbody th")
    assert len(visitor.texts("tbody th")) < 10
    visitor.click(f"a[href='/households/{code}']")
    assert visitor.heading == f"{name} {code}"
    return code


def _log(visitor: Visitor, content: str) -> None:
    """Log a support action for the household whose file is open."""
    visitor.follow("Ghi một hỗ trợ")
    visitor.choose("Hình thức", "Bò giống sinh sản")
    visitor.fill("Nội dung (không bắt buộc)", content)
    visitor.fill("Giá trị (đồng) (không bắt buộc)", "15.000.000")
    visitor.press("Ghi")
    assert visitor.notice == "Đã ghi hỗ trợ."
    rows = [row for row in visitor.texts("section[aria-labelledby=given] tr") if content in row]
    assert len(rows) == 1
    assert all(part in rows[0] for part in (TODAY, "Bò giống sinh sản", "15.000.000"))


@pytest.mark.parametrize("size", SIZES)
def test_find_a_household_and_log_what_was_given(visit, size: tuple[int, int]) -> None:
    visitor = visit("xa-camtuyen", size=size)
    _find_first(visitor)
    _log(visitor, f"một con bò cái ghi ở màn hình rộng {size[0]}")
    visitor.shows(sizes=[size])


def test_the_same_without_javascript(visit) -> None:
    visitor = visit("xa-camtuyen", size=PHONE, script=False)
    _find_first(visitor)
    _log(visitor, "một con bò cái ghi không có JavaScript")
    visitor.open("/tables/bieu-2")
    visitor.fill("Số liệu ngày", "15/02/2022")
    visitor.press("Xem")
    assert visitor.number("CAM-TUYEN/poor") == 109


@pytest.mark.parametrize("size", SIZES)
def test_two_ticked_households_move_bieu_3_by_two(visit, size: tuple[int, int]) -> None:
    visitor = visit("xa-camtuyen", size=size)
    visitor.open("/tables/bieu-3")
    number = visitor.number(LED_BY_FARMERS)
    before = visitor.open_cell(LED_BY_FARMERS)
    assert len(before) == number

    visitor.open("/households")
    visitor.choose("Phân loại", "Hộ nghèo")
    visitor.page.get_by_label("Chưa có đơn vị đỡ đầu").check()
    visitor.press("Xem")
    ticked = visitor.texts("tbody .code")[:2]
    for code in ticked:
        visitor.page.locator(f"input[value='{code}']").check()
    visitor.press("Giao đơn vị đỡ đầu cho hộ được đánh dấu")
    visitor.shows(sizes=[size])
    visitor.choose("Tổ chức", FARMERS)
    visitor.fill("Từ ngày", TODAY)
    visitor.press("Ghi cho các hộ này")
    assert visitor.notice == "Đã giao 2 hộ."

    visitor.open("/tables/bieu-3")
    assert visitor.number(LED_BY_FARMERS) == number + 2
    after = visitor.open_cell(LED_BY_FARMERS)
    assert sorted(after) == sorted([*before, *ticked])
    visitor.shows(sizes=[size])


@pytest.mark.parametrize("size", SIZES)
def test_a_form_with_faults_keeps_what_was_typed(visit, size: tuple[int, int]) -> None:
    visitor = visit("xa-camtuyen", size=size)
    visitor.open("/households/CAM-TUYEN-0001/support/add")
    typed = {
        "Ngày": "31/02/2023",
        "Nội dung (không bắt buộc)": "hai con dê “giống” & cỏ",
        "Giá trị (đồng) (không bắt buộc)": "mười triệu",
    }
    for label, text in typed.items():
        visitor.fill(label, text)
    visitor.choose("Hình thức", "Con giống khác")
    visitor.press("Ghi", status=FORM_AGAIN)
    visitor.shows(sizes=[size])

    assert visitor.page.title().startswith("Lỗi:")
    assert visitor.page.evaluate("document.activeElement.className") == "error-summary"
    links = visitor.page.locator(".error-summary a")
    assert links.count() == 2
    for place, link in enumerate(links.all()):
        link.click()
        wrong = visitor.page.locator("[aria-invalid=true]").nth(place)
        assert wrong.evaluate("box => box === document.activeElement")
        told = wrong.get_attribute("aria-describedby") or ""
        assert link.inner_text().endswith(
            visitor.text(f"#{told.split()[-1]}").split("\n")[-1][-20:]
        )
    for label, text in typed.items():
        assert visitor.page.get_by_label(label, exact=True).input_value() == text
    assert visitor.text("select[name=kind] option:checked") == "Con giống khác"
