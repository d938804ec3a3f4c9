"""What breaks the content policy is seen: `test_every_page` has no complaint of the browser on any
page, and here is one that would be heard of."""

from typing import Any

import pytest
from playwright.sync_api import Route

POLICY = "Content Security Policy"
PLANTED = {
    "an inline script": ("</main>", "<script>document.title = 'planted'</script></main>"),
    "an inline style": ("<main", '<p style="color: red">x</p><main'),
    "a handler": ("<main", '<img src="/static/none.png" onerror="document.title = \'x\'"><main'),
    "another's script": ("</main>", '<script src="https://example.org/x.js"></script></main>'),
    "another's frame": ("</main>", '<iframe src="https://example.org/"></iframe></main>'),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_breaks_the_policy_is_heard_of(visit: Any, what: str) -> None:
    visitor = visit("xa-camtuyen")
    old, new = PLANTED[what]

    def plant(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        assert old in text
        route.fulfill(response=answer, body=text.replace(old, new, 1))

    visitor.page.route("**/tables", plant)
    visitor.open("/tables")
    visitor.page.wait_for_timeout(300)
    title = visitor.page.title()
    heard, visitor.problems[:] = list(visitor.problems), []
    assert any(POLICY in problem for problem in heard), heard
    assert "planted" not in title
