"""The papers of a proposal: its commune adds and removes them, the decider reads them."""

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image

from tests.browsing import Person, Site, site
from tests.reviews.reviewing import number_of, open_round, proposal, send


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    with site(url) as opened:
        with opened.session() as session:
            open_round(session)
            session.commit()
        yield opened
        opened.close()


def picture() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (30, 40), "white").save(out, "PNG")
    out.seek(0)
    return out, "bien-ban.png"


def add(person: Person, path: str, **fields: object) -> int:
    return person.post(f"{path}/papers/add", **fields).status_code


def test_a_commune_adds_a_paper_and_the_district_reads_it(register: Site) -> None:
    commune, district = register.client("commune"), register.client("district")
    path = f"/proposals/{number_of(register, 'H1')}"
    assert add(commune, path, name="Biên bản họp thôn", photo=picture()) == 303
    page = district.page(path)
    assert "Biên bản họp thôn" in page
    link = re.search(r'href="(/attachments/\d+)"', page)
    assert link
    assert district.get(link[1]).mimetype == "image/jpeg"
    seen = commune.page("/audit?household=H1&actor=district").partition("<tbody>")[2]
    assert seen.count("Xem: Xem hộ") == 1  # beside the proposal
    assert register.client("town").get(link[1]).status_code == 404
    assert register.client("hoi").get(link[1]).status_code == 404


def test_a_paper_is_called_what_was_typed(register: Site) -> None:
    commune = register.client("commune")
    path = f"/proposals/{number_of(register, 'H1')}"
    assert add(commune, path, name="Biên bản 12/2022, sửa 5.1", photo=picture()) == 303
    assert ">Biên bản 12/2022, sửa 5.1.jpg</a>" in commune.page(path)


def test_a_paper_needs_a_name_and_a_picture(register: Site) -> None:
    commune = register.client("commune")
    path = f"/proposals/{number_of(register, 'H1')}"
    assert add(commune, path, name="", photo=picture()) == 422
    assert add(commune, path, name="Biên bản") == 422
    assert add(commune, path, name="Biên bản", photo="a.jpg") == 422
    text = (io.BytesIO(b"khong phai anh"), "a.jpg")
    assert add(commune, path, name="Biên bản", photo=text) == 422


def test_a_paper_is_removed_and_others_may_not(register: Site) -> None:
    commune = register.client("commune")
    path = f"/proposals/{number_of(register, 'H1')}"
    add(commune, path, name="Giấy đề nghị", photo=picture())
    found = re.search(rf'action="({path}/papers/\d+/remove)"', commune.page(path))
    assert found
    assert register.client("town").send(found[1]).status_code == 404
    assert register.client("district").send(found[1]).status_code == 403
    assert commune.send(found[1]).status_code == 303
    assert "Giấy đề nghị" not in commune.page(path)


def test_a_sent_proposal_still_takes_papers(register: Site) -> None:
    with register.session() as session:
        send(session, proposal(session, "H1"))
        session.commit()
    commune = register.client("commune")
    path = f"/proposals/{number_of(register, 'H1')}"
    assert add(commune, path, name="Biên bản niêm yết", photo=picture()) == 303
    assert "Biên bản niêm yết" in commune.page(path)
