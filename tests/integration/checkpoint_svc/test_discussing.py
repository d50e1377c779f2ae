"""Comments, as people meet them."""

import pytest

from tests.integration.checkpoint_svc.pages import INBOX, Browser
from tests.integration.checkpoint_svc.replicas import World
from tests.integration.checkpoint_svc.test_http import recorded
from tests.unit.checkpoint_svc.examples import created

pytestmark = pytest.mark.anyio


async def test_a_comment_stands_in_the_timeline_where_it_was_said(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        first = await replica.call("POST", f"{path}/comments", by="cleo", json={"text": "  Is this\nsafe? "})
        await replica.call("POST", path)
        await replica.call("POST", f"{path}/comments", by="ana", json={"text": "It was."})
        shown = (await replica.call("GET", path, by="vic")).json()
    assert first.status_code == 201
    assert (first.json()["by"], first.json()["text"]) == ("cleo", "Is this\nsafe?")
    assert first.json() in shown["timeline"]
    assert [each["event"] for each in shown["timeline"]] == ["asked", "recorded", "commented", "approved", "commented"]
    assert "earlierComments" not in shown


async def test_a_comment_changes_nothing_that_is_decided_on(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        etag = (await replica.call("GET", path)).headers["etag"]
        await replica.call("POST", f"{path}/comments", by="cleo", json={"text": "hm"})
        assert (await replica.call("GET", path)).headers["etag"] == etag
        assert (await replica.call("POST", path, headers={"if-match": etag})).status_code == 200


async def test_a_long_discussion_shows_what_was_said_last(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        for number in range(201):
            await replica.call("POST", f"{path}/comments", json={"text": f"no. {number}"})
        shown = (await replica.call("GET", path)).json()
    said = [each["text"] for each in shown["timeline"] if each["event"] == "commented"]
    assert said == [f"no. {number}" for number in range(1, 201)]
    assert shown["earlierComments"] is True


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"text":"\\u0000"}', 400),
        (b'{"text":"\\ud800"}', 400),
        (b"{}", 422),
        (b'{"text":" \\n"}', 422),
        (b'{"text":1}', 422),
        (b'{"text":"a","by":"ana"}', 422),
        (b'{"text":"' + b"x" * 5001 + b'"}', 422),
    ],
)
async def test_what_is_no_comment_is_refused(world: World, body: bytes, status: int) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        headers = {"content-type": "application/json"}
        answer = await replica.call("POST", f"{path}/comments", content=body, headers=headers)
    assert answer.status_code == status


async def test_nobody_talks_about_what_is_not_there_and_a_viewer_only_listens(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        unknown = f"/{created(key='other').checkpoint_id}"
        assert (await replica.call("POST", f"{unknown}/comments", json={"text": "x"})).status_code == 404
        assert (await replica.call("POST", "/nonsense/comments", json={"text": "x"})).status_code == 404
        assert (await replica.call("POST", f"{path}/comments", by="vic", json={"text": "x"})).status_code == 403


async def test_a_form_that_is_sent_twice_is_one_remark(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        ana, ben = Browser(replica, "ana"), Browser(replica, "ben")
        form = (await ana.get(INBOX + path)).form("/comments")
        for _ in range(2):
            page = await ana.send(form, text="Is this safe?")
        await ana.send(form, text="Is it really?")
        await ben.send(form, text="Is this safe?")
        shown = (await replica.call("GET", path, by="vic")).json()
    assert page.form("/comments").fields != form.fields
    said = [(each["by"], each["text"]) for each in shown["timeline"] if each["event"] == "commented"]
    assert said == [("ana", "Is this safe?"), ("ana", "Is it really?"), ("ben", "Is this safe?")]
