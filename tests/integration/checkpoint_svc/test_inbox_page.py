"""The inbox, as people meet it."""

import re

import pytest

from tests.integration.checkpoint_svc.pages import INBOX, Browser, asked, recorded, review
from tests.integration.checkpoint_svc.replicas import World

pytestmark = pytest.mark.anyio

ROWS = re.compile(r'<tr class="linked[^"]*" data-row(?: data-group="information")? id="row-([0-9a-f-]+)"')


async def test_what_waits_stands_there_by_deadline_and_informations_apart(world: World) -> None:
    late = asked(job_id="late", expires_in_seconds=3000, title="Later")
    soon = asked(job_id="soon", expires_in_seconds=60, title="Sooner", risk="critical")
    never = asked(job_id="never", title="Never")
    info = asked(job_id="info", kind="info", title="Only told")
    async with world.replicas() as (replica,):
        await recorded(world, late, soon, never, info)
        page = await Browser(replica, "ben").get(INBOX)
    assert ROWS.findall(page.text) == [str(event.checkpoint_id) for event in (soon, late, never, info)]
    assert "<title>(3) Inbox" in page.text
    assert 'data-deadline="near"' in page.text
    assert page.text.index("For information") < page.text.index("Only told")
    assert '<span class="rank rank-4">' in page.text


async def test_an_empty_inbox_says_how_to_fill_it(world: World) -> None:
    async with world.replicas() as (replica,):
        page = await Browser(replica, "vic").get(INBOX)
    assert "Nothing waits for you" in page.text
    assert "make demo" in page.text


async def test_filters_are_in_the_address_and_blank_ones_ask_for_nothing(world: World) -> None:
    one, other = asked(job_id="one", title="Pay 100 % of it"), asked(job_id="two", title="Pay 100 dollars")
    async with world.replicas() as (replica,):
        await recorded(world, one, other)
        ben = Browser(replica, "ben")
        everything = await ben.get(f"{INBOX}?q=&state=&risk=&jobType=")
        found = await ben.get(f"{INBOX}?q=100+%25")
        nothing = await ben.get(f"{INBOX}?risk=low")
        wrong = await ben.get(f"{INBOX}?risk=huge")
    assert len(ROWS.findall(everything.text)) == 2
    assert ROWS.findall(found.text) == [str(one.checkpoint_id)]
    assert 'value="100 %"' in found.text
    assert "Nothing here matches" in nothing.text
    assert (wrong.status, "risk" in wrong.text) == (422, True)


async def test_a_long_list_goes_on_where_the_page_ended(world: World) -> None:
    events = [asked(job_id=f"job-{number}", expires_in_seconds=1000 + number) for number in range(5)]
    async with world.replicas() as (replica,):
        await recorded(world, *events)
        ben = Browser(replica, "ben")
        found: list[str] = []
        path = f"{INBOX}?limit=2&jobType=code-generation"
        for _ in range(3):
            page = await ben.get(path)
            found += ROWS.findall(page.text)
            following = re.search(r'href="([^"]+)" rel="next"', page.text)
            path = following[1].replace("&amp;", "&") if following else ""
    assert found == [str(event.checkpoint_id) for event in events]
    assert path == ""
    assert 'rel="start"' in page.text


async def test_only_those_who_may_decide_can_select(world: World) -> None:
    mine, other = asked(job_id="mine", requested_by="ana"), asked(job_id="other", requested_by="eve")
    async with world.replicas() as (replica,):
        await recorded(world, mine, other)
        pages = {who: (await Browser(replica, who).get(INBOX)).text for who in ("vic", "ana", "ben")}
    boxes = {who: re.findall(r'<input type="checkbox"[^>]*>', text) for who, text in pages.items()}
    assert boxes["vic"] == []
    assert ["disabled" in box for box in boxes["ben"]] == [False, False]
    assert sorted("disabled" in box for box in boxes["ana"]) == [False, True]


async def test_an_information_is_acknowledged_from_the_list(world: World) -> None:
    info = asked(kind="info", title="Only told")
    async with world.replicas() as (replica,):
        await recorded(world, info)
        ben = Browser(replica, "ben")
        form = (await ben.get(INBOX)).form("/acknowledge")
        part = await ben.send(form, htmx=True)
        after = await ben.get(INBOX)
        seen = await ben.get(review(info))
    assert part.text.strip().startswith("<tr")
    assert "Acknowledged" in part.text
    assert "<form" not in part.text
    assert "Only told" not in after.text
    assert "Acknowledged" in seen.text
    assert seen.forms()[0].action.endswith("/comments")


async def test_the_script_gets_the_list_alone_and_one_row_of_it(world: World) -> None:
    event = asked()
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        part = await ben.get(INBOX, **{"hx-request": "true"})
        await replica.call("DELETE", f"/{event.checkpoint_id}", by="cleo", json={"reason": "no"})
        row = await ben.get(f"{review(event)}/row")
    assert "<html" not in part.text
    assert ROWS.findall(part.text) == [str(event.checkpoint_id)]
    assert row.text.strip().startswith("<tr")
    assert "Rejected" in row.text
    assert "checkbox" not in row.text


async def test_the_next_one_is_the_first_that_the_caller_may_decide_on(world: World) -> None:
    mine = asked(job_id="mine", requested_by="ana", expires_in_seconds=60)
    other = asked(job_id="other", requested_by="eve", expires_in_seconds=90)
    async with world.replicas() as (replica,):
        await recorded(world, mine, other)
        first = {who: (await Browser(replica, who).get(f"{INBOX}/next")).answer for who in ("ana", "ben")}
        after = (await Browser(replica, "ana").get(f"{INBOX}/next?after={other.checkpoint_id}")).answer
    assert [first[who].headers["location"] for who in ("ana", "ben")] == [review(other), review(mine)]
    assert after.headers["location"] == INBOX


async def test_the_next_one_goes_on_from_what_was_decided_and_then_from_the_start(world: World) -> None:
    events = [asked(job_id=f"job-{number}", requested_by="eve", expires_in_seconds=60 + number) for number in range(3)]
    skipped, decided, last = events
    async with world.replicas() as (replica,):
        await recorded(world, *events)
        assert (await replica.call("POST", f"/{decided.checkpoint_id}")).status_code == 200
        ben = Browser(replica, "ben")
        led = [(await ben.get(f"{INBOX}/next?after={one.checkpoint_id}")).answer for one in (decided, last)]
    assert [answer.headers["location"] for answer in led] == [review(last), review(skipped)]


async def test_the_stream_that_a_page_watches_begins_before_what_it_shows(world: World) -> None:
    async with world.replicas() as (replica,):
        await recorded(world, asked())
        page = await Browser(replica, "ben").get(INBOX)
    assert re.search(rf'data-live="{INBOX}/events(\?after=[0-9]+)?"', page.text)
