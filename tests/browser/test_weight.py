"""Pages are light, come in one piece, and stand still."""

import itertools
import re

import pytest

from tests.browser.conftest import NARROW, WIDE, Visit
from tests.browser.console import INBOX, JOBS, LETTERS, WORKERS, Console
from tests.browser.measures import bytes_of_first_load, shifts
from tests.browser.stage import person
from tests.browser.test_accessibility import HALF
from tests.browser.trickle import Trickle
from tests.browser.waits import whole

BUDGET_BYTES = 60_000


@pytest.fixture(scope="module")
def paths(console: Console) -> list[str]:
    """The pages that people begin with."""
    code = console.waiting(console.sample("code-generation-review"))
    data = console.waiting(console.sample("data-processing-clean"))
    job = f"{JOBS}/{console.submit('breaks', {'failing_runs': 0})}"
    form = f"{JOBS}/new?type=many-files"
    return ["/admin/sign-in", INBOX, code, data, f"{code}/edit", JOBS, job, form, WORKERS, LETTERS]


def test_a_first_load_is_within_the_budget_everything_included(visit: Visit, paths: list[str]) -> None:
    ana = visit("Ana")
    for path in paths:
        sizes = bytes_of_first_load(ana.page.context, path)
        assert sum(sizes.values()) <= BUDGET_BYTES, sizes
        assert len(sizes) > 1


def test_nothing_moves_while_a_page_is_loaded(visit: Visit, paths: list[str]) -> None:
    ana = visit("Ana")
    for path in paths:
        ana.page.goto(path)
        whole(ana.page)
        assert shifts(ana.page) == [], path


@pytest.mark.parametrize(
    ("path", "size"),
    [(f"{INBOX}?q=a", WIDE), (f"{INBOX}?q=a", NARROW), (f"{JOBS}?q=a", HALF)],
    ids=["inbox", "inbox on a phone", "jobs in half a screen"],
)
def test_nothing_moves_while_a_page_comes_tag_by_tag(
    console: Console, visit: Visit, path: str, size: tuple[int, int]
) -> None:
    with person(console, "Ana") as http:
        html = re.sub(rb"<script.*?</script>", b"", http.get(path).content)
        start, end = html.index(b"<header"), html.index(b'id="news"')
        tags = re.finditer(rb"</?(?!option|svg|use|i\b)[a-z0-9]+[^>]*>", html[start:end])
        cuts = [0, *(start + tag.end() for tag in tags), len(html)]
        ana = visit("Ana", size=size)
        with Trickle(http).running() as trickle:
            trickle.load(ana.page, [html[from_:to] for from_, to in itertools.pairwise(cuts)])
        assert shifts(ana.page) == []
    assert len(cuts) > 25


def test_nothing_comes_from_anywhere_else_and_the_policy_is_strict(
    visit: Visit, console: Console, paths: list[str]
) -> None:
    ana = visit("Ana")
    asked: list[str] = []
    ana.page.on("request", lambda request: asked.append(request.url))
    for path in paths:
        response = ana.page.goto(path)
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert ana.page.evaluate("document.querySelectorAll('[style], script:not([src]), style').length") == 0
    assert all(url.startswith(console.origin) for url in asked)
