"""The officer of an organisation, on a phone: whom they help, and nothing that is not theirs."""

import re

from tests.browser.visitor import PHONE, Visitor

NOTE = "ghi chú chỉ cán bộ xã được đọc"
MASKED = re.compile(r"\d{3}\*+\d{2}")


def _noted(visitor: Visitor, code: str) -> list[str]:
    """Write a note into a household's file: the masked identity numbers that the file shows."""
    visitor.open(f"/households/{code}/edit")
    visitor.fill("Ghi chú (không bắt buộc)", NOTE)
    visitor.press("Ghi")
    page = visitor.page.content()
    assert all(private in page for private in ("CCCD", ">B1<", NOTE))
    masked = MASKED.findall(page)
    assert masked
    return masked


def test_never_sees_private_fields(visit) -> None:
    farmers = visit("nongdan-camtuyen", size=PHONE)
    farmers.go_to("Hộ")
    code = farmers.texts("tbody .code")[0]
    masked = _noted(visit("xa-camtuyen"), code)

    farmers.click(f"a[href='/households/{code}']")
    assert code in farmers.heading
    page = farmers.page.content()
    assert not any(private in page for private in ("CCCD", "B1", NOTE, *masked))
    assert "Thiếu hụt" in page
    farmers.shows(sizes=[PHONE])
    farmers.follow("Ghi một hỗ trợ")
    farmers.choose("Hình thức", "Ngày công giúp đỡ")
    farmers.press("Ghi")
    assert farmers.notice == "Đã ghi hỗ trợ."
    farmers.shows(sizes=[PHONE])
