"""VNI text (fonts VNI-Times …), and which old encoding the cells of a column are in."""

import pytest

from casemgmt.vietnamese import (
    clean,
    from_old,
    from_vni,
    looks_like_tcvn3,
    looks_like_vni,
    old_encoding,
)

VECTORS = [
    ("Hoä ngheøo", "Hộ nghèo"),
    ("Hoï vaø teân", "Họ và tên"),
    ("Nguyeãn Thò Böôûi", "Nguyễn Thị Bưởi"),
    ("Ñöùc", "Đức"),
    ("HOÏ VAØ TEÂN", "HỌ VÀ TÊN"),
    ("AÁp Baéc, xaõ Ñaëng, kyõ sö Lyù, Myõ, Thuyû", "Ấp Bắc, xã Đặng, kỹ sư Lý, Mỹ, Thuỷ"),
    ("æ, ó, ò, î, ñ", "ỉ, ĩ, ị, ỵ, đ"),
]


@pytest.mark.parametrize(("shown", "text"), VECTORS)
def test_from_vni(shown: str, text: str) -> None:
    assert from_vni(shown) == text
    assert from_vni(clean(shown)) == text
    assert from_vni(text) == text  # Unicode stays, if a letter tells that it is


@pytest.mark.parametrize(("shown", "text"), VECTORS[:5])
def test_it_is_known_by_its_words(shown: str, text: str) -> None:
    assert looks_like_vni(shown)
    assert not looks_like_tcvn3(shown)
    assert not looks_like_vni(text)


@pytest.mark.parametrize(
    "text", ["", "Kinh", "Bình", "Hoàng Toán", "Ngân hàng", "QĐ-UBND", "Café", "Hồ Thị Xuân", "x"]
)
def test_what_is_not_vni(text: str) -> None:
    assert not looks_like_vni(text)


@pytest.mark.parametrize(
    ("cells", "encoding"),
    [
        (["Nam", "N÷", "Nam"], "tcvn3"),
        (["khuû"], "tcvn3"),  # khuỷu in one, khủ in the other
        (["khuû", "Nguyeãn Thò Böôûi"], "vni"),
        (["Nguyễn", "Bưởi"], None),
        (["Nguyễn", "NguyÔn ThÞ B\xadëi"], "tcvn3"),
        ([], None),
    ],
)
def test_a_column_is_judged_by_all_its_cells(cells: list[str], encoding: str | None) -> None:
    assert old_encoding(cells) == encoding


@pytest.mark.parametrize(
    ("cell", "encoding", "text"),
    [
        ("Hé nghÌo", "tcvn3", "Hộ nghèo"),
        ("Hộ nghèo", "tcvn3", "Hộ nghèo"),  # one cell was typed anew
        ("Lê Liêm", "tcvn3", "Lê Liêm"),
        ("NGUYÔN V¡N", "tcvn3", "NGUYỄN VĂN"),  # a capitals font
        ("Hoä", "vni", "Hộ"),
        ("Hộ", "vni", "Hộ"),
        ("Kinh", "vni", "Kinh"),
    ],
)
def test_each_cell_is_read_as_it_is(cell: str, encoding: str, text: str) -> None:
    assert from_old(cell, encoding) == text  # type: ignore[arg-type]
