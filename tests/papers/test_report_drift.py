"""Papers of signed tables: the table itself, and what has moved since."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from casemgmt import clock
from casemgmt.households.classifying import classify
from casemgmt.register.models import Class
from tests.browsing import Site, site
from tests.paper.reading import flat, pages
from tests.signed.test_views import add_signers, signed_by


@pytest.fixture
def office(url: str) -> Iterator[Site]:
    with site(url) as found:
        add_signers(found)
        yield found


def test_a_signed_paper_says_who_made_it_and_opens_the_table(
    office: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[str] = []
    monkeypatch.setattr("casemgmt.paper.code.draw", lambda _c, address, *_at: codes.append(address))
    preparer, _signer = signed_by(office)
    assert set(codes) == {"http://localhost/signed/1"}
    for text in pages(preparer.get("/signed/1.pdf").data):
        said = " ".join(text.split())
        assert "Số liệu ngày 30/09/2022" in said
        assert "người lập: commune" in said


def test_the_drift_is_printed_cell_by_cell(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    preparer, _signer = signed_by(office)
    assert "/signed/1/drift.pdf" not in preparer.page("/signed/1")  # nothing has moved
    with office.session() as session:
        household = office.household(session, "H2")
        reason = "bỏ sót khi rà soát"
        classify(session, household, starts=date(2022, 5, 1), class_=Class.POOR, reason=reason)
        session.commit()
    assert "/signed/1/drift.pdf" in preparer.page("/signed/1")
    moment = datetime(2022, 10, 20, 2, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    one, other = (preparer.get("/signed/1/drift.pdf").data for _time in range(2))
    assert one == other
    text = flat(one)
    for piece in (
        "THAY ĐỔI SO VỚI BẢNG ĐÃ KÝ Biểu 2: Chỉ tiêu giảm hộ nghèo",
        "Số liệu ngày 30/09/2022, bản 1. Đối chiếu với sổ hộ ngày 20/10/2022",
        "Bản Chùa, Hộ nghèo (đã ký 0, sổ của ngày đó 1, hôm nay 1): 1 hộ",
        "H2 vào Sửa lại quá khứ",
        "Lập lúc 09:30 ngày 20/10/2022; người lập: commune.",
    ):
        assert piece in text, piece
    town = flat(office.client("town").get("/signed/1/drift.pdf").data)
    assert "H2" not in town
    assert "1 hộ ngoài phạm vi" in town
    assert office.client("viewer").get("/signed/1/drift.pdf").status_code == 403
