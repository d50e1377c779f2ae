"""HTML is for those who ask for it; programs get JSON."""

import pytest

from sluicegate_kit.web.accepted import wants_page


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("text/event-stream", False),
        ("text/html", True),
        ("TEXT/HTML ; q=0.1, */*", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=0", False),
        ("text/html;q=x", False),
        (";;,,q=1", False),
    ],
)
def test_a_page_is_for_who_asks_for_one(accept: str, page: bool) -> None:
    assert wants_page({b"accept": accept.encode()}) is page
