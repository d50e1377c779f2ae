"""A cursor goes on exactly where its page ended, and no other text passes for one."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field
from starlette.requests import Request

from sluicegate_kit.web.cursor import Position, after, decode, encode, page
from sluicegate_kit.web.problem import Problem
from sluicegate_kit.web.query import ListQuery, read_query

KINDS = (datetime, int, UUID, str)
AT = datetime(2026, 1, 31, 12, 0, 0, 123456, UTC)
POSITION: Position = (AT, 7, UUID(int=5), "job-1")
FILTERS = {"status": "queued"}

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


class Things(ListQuery):
    status: str | None = None
    tag: list[str] = Field(default_factory=list)


def request(query: str) -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/things",
            "query_string": query.encode(),
            "headers": [(b"host", b"test")],
            "scheme": "http",
            "server": ("test", 80),
        }
    )


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.integers(-(2**63), 2**63 - 1),
    st.uuids(),
    TEXT,
    st.dictionaries(TEXT, TEXT),
)
def test_what_goes_in_comes_out(at: datetime, number: int, which: UUID, text: str, filters: dict[str, str]) -> None:
    position = (at, number, which, text)
    assert decode(encode(position, filters), filters, KINDS) == position


@pytest.mark.parametrize(
    "forged",
    ["", "x", "!!!!", "ü", "AAAA", "A" * 400, encode(POSITION, {"status": "failed"}), encode(POSITION, {}), "\0"],
)
def test_a_forged_cursor_is_400(forged: str) -> None:
    with pytest.raises(Problem) as caught:
        decode(forged, FILTERS, KINDS)
    assert (caught.value.status, caught.value.type_slug) == (400, "bad-cursor")


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, flip: int) -> None:
    cursor = encode(POSITION, FILTERS)
    place %= len(cursor)
    changed = cursor[:place] + chr((ord(cursor[place]) + flip) % 128) + cursor[place + 1 :]
    with suppress(Problem):
        assert decode(changed, FILTERS, KINDS) == POSITION, "only bits that base64 ignores may differ"


@pytest.mark.parametrize("position", [("job-1",), (AT, "7", UUID(int=5), "x"), (AT, 7, UUID(int=5), "x", 1)])
def test_a_cursor_of_another_list_is_400(position: Any) -> None:
    with pytest.raises(Problem):
        decode(encode(position, FILTERS), FILTERS, KINDS)


def test_a_page_links_to_the_next_one_which_goes_on_there() -> None:
    asked = request("status=queued&limit=2")
    query = read_query(asked, Things)
    response = page(asked, query, [{"id": 1}, {"id": 2}], POSITION)
    body = orjson.loads(response.body)
    assert body["items"] == [{"id": 1}, {"id": 2}]
    link = response.headers["link"]
    assert link.endswith('; rel="next"')
    again = read_query(request(link[2 : link.index(">")]), Things)
    assert again.limit == 2
    assert again.cursor == body["nextCursor"]
    assert after(again, KINDS) == POSITION


def test_the_last_page_has_no_next() -> None:
    asked = request("")
    response = page(asked, read_query(asked, Things), [], None, total=0)
    assert orjson.loads(response.body) == {"items": [], "nextCursor": None, "total": 0}
    assert "link" not in response.headers


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("surprise=1", "surprise"),
        ("status=a&status=b", "status"),
        ("cursor=", "cursor"),
    ],
)
def test_a_query_string_that_the_list_does_not_take_is_422(query: str, parameter: str) -> None:
    with pytest.raises(Problem) as caught:
        read_query(request(query), Things)
    assert caught.value.status == 422
    assert [error.parameter for error in caught.value.errors] == [parameter]


def test_a_list_parameter_may_be_repeated() -> None:
    assert read_query(request("tag=a&tag=b"), Things).tag == ["a", "b"]
