"""Official paper: letters, layout, captions, tables, codes."""

import io
import shutil
import unicodedata
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from pypdf import PdfReader

from casemgmt.errors import RuleBroken
from casemgmt.paper import code, fonts, forms, grid, page, roll
from casemgmt.paper.captions import Caption, attached, caption, roman
from casemgmt.paper.grid import Band, Head
from casemgmt.paper.head import (
    Issuer,
    Signer,
    closing,
    day_in_words,
    gap,
    letterhead,
    number,
    title,
)
from casemgmt.paper.page import A3_ACROSS, A4, A4_ACROSS, Foot, Made, Paper
from casemgmt.paper.roll import Part, Roll
from casemgmt.paper.text import CENTRE, box, line
from tests.paper.reading import flat, lines, pages

FACES = fonts.embedded()
MADE = Made("canbo", datetime(2022, 10, 20, 2, 30, tzinfo=UTC), "https://so.example.vn/tables/x")
COMMITTEE = Issuer("Ủy ban nhân dân xã Cam Tuyền", "Ủy ban nhân dân huyện Cam Lộ", "Cam Tuyền")


def written(*parts: object, foot: Foot = page.NO_FOOT, form: page.Format = A4) -> bytes:
    out = io.BytesIO()
    paper = Paper(out, FACES, title="Thử")
    paper.begin(foot, form)
    paper.put(parts)
    paper.save()
    return out.getvalue()


def sample(rows: int = 60) -> Roll:
    return Roll(
        "Danh sách",
        "Hộ nghèo",
        (Head("Chủ hộ", 50), Head("Thăm", under=(Head("Đã đến", 14, CENTRE), Head("Ngày", 24)))),
        (
            Part("Thôn An Mỹ", [(f"Nguyễn Thị Ượng {n}", box(), "") for n in range(rows)]),
            Part("Thôn Trống", []),
            Part("Bản Chùa", [("Hồ Văn Ỷ", box(), "")]),
        ),
        page.foot("Số liệu ngày 20/10/2022", MADE),
        COMMITTEE,
        sign="BC-UBND",
        day=date(2022, 2, 5),
        signers=(Signer(("KT. Chủ tịch", "Phó Chủ tịch"), name="Lê Thị Bưởi"),),
        receivers=("Như trên;", "Lưu: VT."),
    )


# --- Letters ------------------------------------------------------------------------------------


def test_all_146_letters_and_the_signs_are_there() -> None:
    assert len(set(fonts.VIETNAMESE)) == 146
    assert FACES.text(fonts.VIETNAMESE) == fonts.VIETNAMESE
    assert FACES.letters >= fonts.NEEDED
    assert FACES.text(unicodedata.normalize("NFD", "Cam Tuyền")) == "Cam Tuyền"


def test_every_text_of_a_paper_is_asked_for_its_letters() -> None:
    bad = "Cam 漢"
    head = Head("Tên", 60)
    ways = (
        lambda: line(FACES, bad),
        lambda: letterhead(FACES, 165, Issuer(bad)),
        lambda: letterhead(FACES, 165, Issuer("Xã", bad)),
        lambda: letterhead(FACES, 165, Issuer("Xã", place=bad)),
        lambda: title(FACES, bad),
        lambda: title(FACES, "A", bad),
        lambda: caption(FACES, Caption.BIEU, 2, bad, ""),
        lambda: closing(FACES, 165, [bad], Signer(())),
        lambda: closing(FACES, 165, [], Signer((), name=bad)),
        lambda: grid.grid(FACES, [Head(bad, 60)], []),
        lambda: grid.grid(FACES, [head], [[bad]]),
        lambda: grid.grid(FACES, [head], [Band(bad)]),
        lambda: grid.grid(FACES, [head], [], numbers=[bad]),
        lambda: grid.facts(FACES, (head, head), [("A", bad)]),
        lambda: written(foot=Foot((bad,))),
        lambda: Paper(io.BytesIO(), FACES, title=bad),
    )
    for way in ways:
        with pytest.raises(RuleBroken, match=r"U\+6F22"):
            way()


def spectral(
    to: Path, *, faces: tuple[str, ...] = ("Regular", "Bold", "Italic", "BoldItalic")
) -> None:
    to.mkdir()
    for face in faces:
        source = files("fontpkg_spectral") / "files" / f"Spectral-{face}.ttf"
        shutil.copyfile(str(source), to / f"Riêng-{face}.ttf")


def test_a_named_folder_gives_the_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spectral(tmp_path / "four")
    monkeypatch.setenv(fonts.SETTING, str(tmp_path / "four"))
    assert fonts.chosen().family == "Riêng"
    monkeypatch.setenv(fonts.SETTING, fonts.EMBEDDED)
    assert fonts.chosen() is fonts.embedded()


def test_a_family_that_is_not_whole_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spectral(tmp_path / "three", faces=("Regular", "Bold", "Italic"))
    monkeypatch.setenv(fonts.SETTING, str(tmp_path / "three"))
    with pytest.raises(RuleBroken, match="CASEMGMT_FONTS"):
        fonts.chosen()
    # reportlab's own Vera has the four faces, but not the letters: a file name proves nothing.
    vera = Path(str(files("reportlab") / "fonts"))
    folder = tmp_path / "vera"
    folder.mkdir()
    for ours, theirs in (("Regular", ""), ("Bold", "Bd"), ("Italic", "It"), ("BoldItalic", "BI")):
        shutil.copyfile(vera / f"Vera{theirs}.ttf", folder / f"Tinos-{ours}.ttf")
    monkeypatch.setenv(fonts.SETTING, str(folder))
    with pytest.raises(RuleBroken, match="CASEMGMT_FONTS"):
        fonts.chosen()


# --- Decree 30/2020 ------------------------------------------------------------------------------


def test_days_and_numbers_take_their_zeros() -> None:
    assert day_in_words(date(2022, 2, 5)) == "ngày 05 tháng 02 năm 2022"
    assert day_in_words(date(2022, 3, 15)) == "ngày 15 tháng 3 năm 2022"
    assert day_in_words(date(2022, 12, 1)) == "ngày 01 tháng 12 năm 2022"
    assert "năm 2022" in day_in_words(None, 2022)
    assert number("BC-UBND", 5) == "Số: 05/BC-UBND"
    assert number("BC-UBND", 115) == "Số: 115/BC-UBND"
    assert [roman(n) for n in (1, 2, 3, 4, 5, 9, 14)] == ["I", "II", "III", "IV", "V", "IX", "XIV"]


def test_a_paper_has_all_that_the_decree_asks_for() -> None:
    text = flat(roll.as_bytes([sample(3)], FACES, "Danh sách"))
    for piece in (
        "ỦY BAN NHÂN DÂN HUYỆN CAM LỘ",
        "ỦY BAN NHÂN DÂN XÃ CAM TUYỀN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "/BC-UBND",
        "Cam Tuyền, ngày 05 tháng 02 năm 2022",
        "DANH SÁCH Hộ nghèo",
        "Nơi nhận: - Như trên; - Lưu: VT.",
        "KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
        "Lê Thị Bưởi",
        "Lập lúc 09:30 ngày 20/10/2022; người lập: canbo.",
    ):
        assert piece in text, piece


def test_pages_are_numbered_from_the_second_and_anew_in_each_document() -> None:
    data = roll.as_bytes([sample(), sample()], FACES, "Hai danh sách")
    found = [
        [one for one in text.splitlines() if one in {"1", "2", "3"}][-1:] for text in pages(data)
    ]
    feet = ["Số liệu ngày 20/10/2022." in text for text in pages(data)]
    assert all(feet)
    assert len(found) == 6
    top = [PdfReader(io.BytesIO(data)).pages[n] for n in range(6)]
    assert [_top_number(one) for one in top] == ["", "2", "3", "", "2", "3"]


def _top_number(one: object) -> str:
    """The text in the upper margin, in its middle."""
    found: list[str] = []

    def look(text: str, _cm: object, tm: list[float], _font: object, _size: object) -> None:
        if text.strip() and tm[5] > (297 - 20) * 72 / 25.4:
            assert abs(tm[4] - 105 * 72 / 25.4) < 10
            found.append(text.strip())

    one.extract_text(visitor_text=look)  # type: ignore[attr-defined]
    return "".join(found)


def test_text_keeps_to_the_margins() -> None:
    for one in PdfReader(io.BytesIO(roll.as_bytes([sample()], FACES, "x"))).pages:
        xs: list[float] = []

        def look(
            text: str, cm: list[float], tm: list[float], *_more: object, xs: list[float] = xs
        ) -> None:
            if text.strip():
                xs.append(tm[4] * cm[0] + tm[5] * cm[2] + cm[4])

        one.extract_text(visitor_text=look)
        assert min(xs) >= 30 * 72 / 25.4 - 0.5
        assert max(xs) <= (210 - 15) * 72 / 25.4


def test_both_captions() -> None:
    to = attached("Chương trình phối hợp", "CTr-PHLN", year=2022)
    bieu = flat(written(*caption(FACES, Caption.BIEU, 2, "Chỉ tiêu", to)))
    assert bieu.startswith("Biểu số 2: CHỈ TIÊU (Kèm theo Chương trình phối hợp số")
    assert "/CTr-PHLN ngày" in bieu
    annex = flat(written(*caption(FACES, Caption.PHU_LUC, 2, "Chỉ tiêu", to)))
    assert annex.startswith("Phụ lục II CHỈ TIÊU (Kèm theo")
    alone = flat(written(*caption(FACES, Caption.PHU_LUC, None, "Chỉ tiêu", "")))
    assert alone == "Phụ lục CHỈ TIÊU"


def test_the_sheet_is_as_wide_as_the_table_needs() -> None:
    assert page.format_for(165) is A4
    assert page.format_for(166) is A4_ACROSS
    assert page.format_for(253) is A3_ACROSS


# --- Tables --------------------------------------------------------------------------------------


def test_headings_and_bands_stand_where_they_belong() -> None:
    data = roll.as_bytes([sample()], FACES, "x")
    for text in pages(data):
        assert "Đã đến" in text
        assert "Chủ hộ" in text
    got = lines(data)
    assert "Thôn An Mỹ: 60 hộ" in got
    assert not any("Thôn Trống" in one for one in got)
    assert got[got.index("Bản Chùa: 1 hộ") + 1 :][:2] == ["61", "Hồ Văn Ỷ"]


def test_a_band_never_stands_alone_at_the_foot() -> None:
    for rows in range(20, 45):
        for text in pages(roll.as_bytes([sample(rows)], FACES, "x")):
            got = [one.strip() for one in text.splitlines()]
            if "Bản Chùa: 1 hộ" in got:
                assert "Hồ Văn Ỷ" in got, rows


def test_signatures_never_stand_alone() -> None:
    for rows in range(15, 45, 3):
        text = pages(roll.as_bytes([sample(rows)], FACES, "x"))[-1]
        assert "Lê Thị Bưởi" in text, rows
        assert "Hồ Văn Ỷ" in text, rows


def test_columns_fill_the_room_and_no_word_is_broken() -> None:
    heads = [Head("STT", 10, CENTRE), Head("A", under=(Head("B", 20), Head("C", 30, CENTRE)))]
    for alone in (True, False):
        assert grid.width(grid.stretched(heads, 165, texts_alone=alone)) == pytest.approx(165)
    assert [leaf.width for leaf in grid.columns(grid.stretched(heads, 165))] == [10, 125, 30]
    assert grid.width(grid.stretched(heads, 50)) == pytest.approx(50)
    narrow = grid.grid(FACES, [Head("HNDTTS", 15), Head("Mã", 28)], [["", "CAM-TUYEN-0220"]])
    got = lines(written(narrow))
    assert "HNDTTS" in got
    assert "CAM-TUYEN-0220" in got


def test_a_part_higher_than_a_page_is_not_lost_in_silence() -> None:
    with pytest.raises(ValueError, match="higher than a page"):
        written(gap(400))


# --- Codes and bytes -----------------------------------------------------------------------------


def test_the_code_is_drawn_whole() -> None:
    count, dark = code.runs("https://so.example.vn/tables/bieu-2?as_of=20/10/2022&unit=CAM-LO")
    grid_ = {(run.x + n, run.y) for run in dark for n in range(run.wide)}
    for left, top in ((0, 0), (count - 7, 0), (0, count - 7)):  # the three eyes
        for x in range(7):
            for y in range(7):
                ring = max(abs(x - 3), abs(y - 3))
                assert ((left + x, top + y) in grid_) is (ring != 2)
    assert code.runs("https://so.example.vn/a") != code.runs("https://so.example.vn/b")


def test_two_runs_give_the_same_bytes_with_letters_inside() -> None:
    blank = forms.VisitForm("H1", "Đặng Thị Ước", "Thôn An Mỹ", "chưa có", "chưa có", MADE.address)
    for make in (
        lambda: roll.as_bytes([sample()], FACES, "Danh sách"),
        lambda: forms.as_bytes([blank] * 3, ["Khá lên", "Như cũ"], FACES, "Phiếu", Foot(("x",))),
    ):
        one = make()
        assert one == make()
        reader = PdfReader(io.BytesIO(one))
        assert reader.metadata is not None
        assert reader.metadata["/CreationDate"].startswith("D:2000")
        for each in reader.pages:
            for font in each["/Resources"]["/Font"].values():  # type: ignore[index]
                name = font.get_object()["/BaseFont"]
                assert "Spectral" in name or name == "/Helvetica", name


def test_two_visit_forms_stand_on_a_sheet() -> None:
    several = [
        forms.VisitForm(f"H{n}", "Đặng Thị Ước", "Thôn An Mỹ", "chưa có", "chưa có", MADE.address)
        for n in range(1, 6)
    ]
    found = pages(forms.as_bytes(several, ["Khá lên", "Như cũ"], FACES, "Phiếu", Foot(("x",))))
    assert [text.count("PHIẾU THĂM HỘ") for text in found] == [2, 2, 1]
    assert "Đặng Thị Ước · H5" in found[2]
