"""The page of one checkpoint: what it shows, and to whom."""

import json

import pytest

from sluicegate_schemas.checkpoint_decided import CheckpointDecided
from tests.integration.checkpoint_svc.pages import INBOX, Browser, asked, recorded, review
from tests.integration.checkpoint_svc.replicas import World

pytestmark = pytest.mark.anyio

HOSTILE = "<script>alert(1)</script>\u202e{{7*7}} **bold** \x1b[31m"


async def test_what_would_run_is_shown_with_its_digest_and_what_hides_in_it(world: World) -> None:
    event = asked(description="Trust me", expires_in_seconds=600)
    async with world.replicas() as (replica,):
        await recorded(world, event)
        page = await Browser(replica, "ben").get(review(event))
    assert event.payload_digest in page.text
    assert "2 files" in page.text
    assert '<ins data-b="2"><code>two</code></ins>' in page.text
    assert "⟨U+202E⟩" in page.text
    assert "1 hidden character" in page.text
    assert page.text.index("untrusted") < page.text.index("Trust me")
    assert "curl -s -X POST" in page.text
    assert "sg_ben" not in page.text


async def test_strangers_text_is_inert_everywhere(world: World) -> None:
    event = asked(
        {HOSTILE: [HOSTILE, {"n": 2**80}]},
        title=HOSTILE,
        description=HOSTILE,
        requested_by=f"upstream:x/{HOSTILE}",
        view={"kind": HOSTILE, "at": HOSTILE},
        policy=HOSTILE,
        handler_version=HOSTILE,
    )
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        pages = [
            await ben.get(path) for path in (INBOX, review(event), f"{review(event)}/payload", f"{review(event)}/edit")
        ]
    for page in pages:
        assert page.status == 200
        assert "<script>alert" not in page.text
        assert "{{7*7}}" in page.text
        assert "\u202e" not in page.text
        assert "\x1b" not in page.text
    assert str(2**80) in pages[1].text


@pytest.mark.parametrize(
    ("who", "actions", "said"),
    [
        ("vic", [], "deciding takes the role approver"),
        ("ana", ["comments"], "nobody decides on what they requested"),
        ("ben", ["comments", "approve", "reject"], "This waits for a decision"),
        ("root", ["comments", "approve", "reject"], "This waits for a decision"),
    ],
)
async def test_forms_are_there_for_those_who_may_send_them(
    world: World, who: str, actions: list[str], said: str
) -> None:
    event = asked()
    async with world.replicas() as (replica,):
        await recorded(world, event)
        page = await Browser(replica, who).get(review(event))
    assert [form.action.rpartition("/")[2] for form in page.forms()] == actions
    assert said in page.text
    assert (f'href="{review(event)}/edit"' in page.text) is ("approve" in actions)


async def test_only_what_the_handler_allows_is_offered(world: World) -> None:
    event = asked(allowed_decisions=["approve", "reject", "delegate"])
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        page = await ben.get(review(event))
        edit = await ben.get(f"{review(event)}/edit")
    assert f'href="{review(event)}/edit"' not in page.text
    assert (edit.status, edit.answer.headers["location"]) == (303, review(event))


async def test_expired_cancelled_invalidated_and_rejected_look_different(world: World) -> None:
    expired = asked(job_id="expired", expires_in_seconds=0.05)
    superseded, later = asked(job_id="asked-again"), asked(job_id="asked-again", ask=2, title="Again")
    later = later.model_copy(update={"supersedes": superseded.checkpoint_id})
    rejected = asked(job_id="rejected")
    async with world.replicas() as (replica,):
        await recorded(world, superseded, rejected)
        world.deliver(expired)
        world.deliver(later)
        await replica.call("DELETE", f"/{rejected.checkpoint_id}", json={"reason": "Not like this"})
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 3)
        ben = Browser(replica, "ben")
        pages = {event.job_id: (await ben.get(review(event))).text for event in (expired, superseded, rejected)}
    assert "This expired: nobody decided in time" in pages["expired"]
    assert "This was invalidated: a later ask took its place" in pages["asked-again"]
    assert "ben rejected this" in pages["rejected"]
    assert "Not like this" in pages["rejected"]
    tones = [text.split('class="outcome tone-')[1].split('"')[0] for text in pages.values()]
    assert tones == ["late", "spent", "odd"]


async def test_large_payloads_are_drawn_in_part_and_say_so(world: World) -> None:
    lines = "".join(f"line {number}\n" for number in range(2000))
    many = {"files": [{"path": f"{n}.txt", "content": lines[:2000], "present": None} for n in range(150)]}
    one = {"files": [{"path": "a.txt", "content": lines * 15, "present": None}]}
    files = {"view": {"kind": "files", "at": "/files"}}
    events = [
        asked(many, job_id="many", **files),
        asked(one, job_id="one", **files),
        asked([0] * 90_000, job_id="list"),
    ]
    async with world.replicas() as (replica,):
        await recorded(world, *events)
        ben = Browser(replica, "ben")
        pages = [await ben.get(review(event)) for event in events]
        file = await ben.get(f"{review(events[0])}/files/149")
        none = await ben.get(f"{review(events[0])}/files/150")
        part = await ben.get(f"{review(events[0])}/files/149", **{"hx-request": "true"})
    assert pages[0].text.count('<details class="file"') == 150
    assert 0 < pages[0].text.count('<div class="difference">') < 150
    assert "more changed lines are not drawn" in pages[1].text
    assert "more are not drawn" in pages[2].text
    assert all(len(page.text) < 400_000 for page in pages)
    assert (file.status, "149.txt" in file.text, none.status) == (200, True, 404)
    assert part.text.strip().startswith('<div class="difference">')


async def test_the_exact_payload_is_one_step_away(world: World) -> None:
    event = asked({"n": 2**60 + 1})
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        page = await ben.get(f"{review(event)}/payload")
        part = await ben.get(f"{review(event)}/payload", **{"hx-request": "true"})
    shown = event.payload.replace('"', "&#34;")
    assert shown in page.text
    assert shown in part.text
    assert "<html" not in part.text


@pytest.mark.parametrize(
    "path", ["no-id", "00000000-0000-5000-8000-000000000000", "5B0F9F57-8F0C-5C15-9C30-111111111111"]
)
async def test_what_is_not_there_is_a_page_that_says_so(world: World, path: str) -> None:
    async with world.replicas() as (replica,):
        ben = Browser(replica, "ben")
        pages = [
            await ben.get(f"{INBOX}/{path}{more}") for more in ("", "/payload", "/edit", "/row", "/edited", "/files/0")
        ]
    assert {page.status for page in pages} == {404}
    assert {page.answer.headers["content-type"] for page in pages} == {"text/html; charset=utf-8"}


async def test_a_remark_is_in_the_discussion_and_in_the_timeline(world: World) -> None:
    event = asked()
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben, vic = Browser(replica, "ben"), Browser(replica, "vic")
        page = await ben.send((await ben.get(review(event))).form("/comments"), text="Who\r\nchecked <this>?")
        part = await ben.send(page.form("/comments"), htmx=True, text="I did")
        blank = await ben.send(page.form("/comments"), text="  ")
        long = await ben.send(page.form("/comments"), htmx=True, text="x" * 5001)
        read = await vic.get(f"{review(event)}/comments", **{"hx-request": "true"})
        page_again = await vic.get(f"{review(event)}/comments")
    assert "Who\nchecked &lt;this&gt;?" in page.text
    assert "ben commented" in page.text
    assert part.text.strip().startswith('<div id="discussion">')
    assert (blank.status, "Say something." in blank.text) == (422, True)
    assert (long.status, "x" * 5001 in long.text) == (422, True)
    assert ["I did" in read.text, "<form" in read.text] == [True, False]
    assert page_again.answer.headers["location"] == review(event)


async def test_a_table_has_its_changes_marked(world: World) -> None:
    payload = {
        "before": {"columns": ["id", "land"], "rows": [[1, None]], "numbers": [7]},
        "after": {"columns": ["id", "land"], "rows": [[1, "CH"]], "numbers": [7]},
        "rows": {"in": 9, "out": 1},
    }
    view = {"kind": "table", "at": "/after", "before": "/before", "words": ["Put “CH” where there is nothing"]}
    event = asked(payload, view=view)
    async with world.replicas() as (replica,):
        await recorded(world, event)
        page = await Browser(replica, "ben").get(review(event))
    assert json.loads(event.payload)["rows"] == {"in": 9, "out": 1}
    assert '<del><span class="word">null</span></del> <ins><bdi>CH</bdi></ins>' in page.text
    assert "Put “CH” where there is nothing" in page.text
    assert "1 of 1 rows drawn has changed cells" in page.text


async def test_the_panel_says_what_became_of_the_decision(world: World) -> None:
    event = asked()
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        await replica.call("POST", f"/{event.checkpoint_id}", by="cleo", json={"reason": "fine"})
        panel = await ben.get(review(event), **{"hx-request": "true"})
    assert "<html" not in panel.text
    assert "cleo approved this" in panel.text
    assert "data-closed" in panel.text
    assert 'hx-swap-oob="true"' in panel.text
    assert panel.forms() == []
