"""Conditions on a version hold for that version alone."""

import pytest
from starlette.requests import Request

from sluicegate_kit.web.etag import require_match, strong
from sluicegate_kit.web.problem import Problem

CURRENT = strong("sha256:ab-3")


def request(*values: str) -> Request:
    headers = [(b"if-match", value.encode("latin-1")) for value in values]
    return Request({"type": "http", "method": "POST", "headers": headers})


@pytest.mark.parametrize(
    "values", [(), ("*",), (CURRENT,), (f'"other", {CURRENT}',), ('"other"', CURRENT), (f" {CURRENT} ",)]
)
def test_the_current_version_passes(values: tuple[str, ...]) -> None:
    require_match(request(*values), CURRENT)


@pytest.mark.parametrize("values", [('"other"',), (f"W/{CURRENT}",), ('""',), ('"a", "b"',)])
def test_another_version_is_412_and_told_the_current_one(values: tuple[str, ...]) -> None:
    with pytest.raises(Problem) as caught:
        require_match(request(*values), CURRENT)
    assert caught.value.status == 412
    assert caught.value.headers["etag"] == CURRENT


def test_a_condition_that_is_required_and_absent_is_428() -> None:
    with pytest.raises(Problem) as caught:
        require_match(request(), CURRENT, required=True)
    assert caught.value.status == 428


@pytest.mark.parametrize("value", ["", "sha256:ab-3", '"open', '"a" "b"', '"a",,', 'w/"a"', "*, *", '"a b"', "\xff"])
def test_what_is_not_an_entity_tag_is_400(value: str) -> None:
    with pytest.raises(Problem) as caught:
        require_match(request(value), CURRENT)
    assert (caught.value.status, caught.value.type_slug) == (400, "bad-if-match")
