"""A number that no row can have: on both databases it leads where any unknown one does."""

import re
from collections.abc import Iterator

import pytest

from tests.browsing import USERS, Site, site

UNKNOWN = 2**31 - 1
IMPOSSIBLE = (2**31, 99_999_999_999, 10**23)
NAMES = {
    "ending": "xlsx",
    "name": "bieu-2",
    "code": "H1",
    "what": "case-files",
    "way": "disable",
    "which": "poor",
}


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    """The site on each database."""
    with site(url) as made:
        yield made
        made.close()


def addresses(there: Site, number: int) -> list[str]:
    """Every page in whose address a number stands, with this one."""
    pages = (rule.rule for rule in there.app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    found = (re.sub(r"<int:\w+>", str(number), page) for page in pages if "<int:" in page)
    return [re.sub(r"<(?:any\([^)]*\):)?(\w+)>", lambda one: NAMES[one[1]], page) for page in found]


def test_an_address_with_an_impossible_number_is_not_found(there: Site) -> None:
    people = [there.client(name) for name in USERS]
    for number in IMPOSSIBLE:
        paths = addresses(there, number)
        assert len(paths) > 40
        for path in paths:
            assert {person.get(path).status_code for person in people} == {404}, path
    for path in addresses(there, UNKNOWN):
        found = {person.get(path).status_code for person in people}
        assert found <= {400, 403, 404}, path


@pytest.mark.parametrize("number", IMPOSSIBLE)
def test_a_form_with_an_impossible_number_is_one_with_an_unknown_one(
    there: Site, number: int
) -> None:
    district, commune = there.client("district"), there.client("commune")
    decided = {"decision_number": "1", "decision_date": "20/10/2022", "starts": "20/10/2022"}
    table = {"unit": "19600", "year": "2022", "text": "unit,poor,poor_rate\n19600,1,1.00\n"}
    kept = {**table, "keep": "1", "why": "thay bản cũ"}
    for person, path, told, name in (
        (district, "/queue", decided, "ids"),
        (commune, "/tables/bieu-2/reconcile", kept, "supersedes"),
    ):
        codes = [person.post(path, **told, **{name: one}).status_code for one in (number, UNKNOWN)]
        assert codes[0] == codes[1] < 500, path
    for path in ("/tables/bieu-2/reconcile", "/signed/prepare/bieu-2"):
        assert commune.get(f"{path}?supersedes={number}").status_code == 200
