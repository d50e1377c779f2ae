"""Deciding with forms alone, as in a browser without a script; and what the script is answered."""

import json

import psycopg
import pytest

from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome
from sluicegate_schemas.payload import digest
from tests.integration.checkpoint_svc.pages import INBOX, Browser, HtmlForm, asked, recorded, review
from tests.integration.checkpoint_svc.replicas import World

pytestmark = pytest.mark.anyio


async def test_approving_lets_through_what_was_shown(world: World) -> None:
    event = asked()
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        page = await ben.send((await ben.get(review(event))).form("/approve"), reason=" looks good ")
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 1)
    (decided,) = world.sent(CheckpointDecided)
    assert (decided.outcome, decided.reason, decided.decided_by) == (Outcome.APPROVED, "looks good", ["ben"])
    assert "ben approved this" in page.text
    assert [form.action.rpartition("/")[2] for form in page.forms()] == ["comments"]


async def test_rejecting_takes_a_reason(world: World) -> None:
    event = asked()
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        form = (await ben.get(review(event))).form("/reject")
        blank = await ben.send(form, reason=" \n ")
        part = await ben.send(form, htmx=True, reason="")
        page = await ben.send(blank.form("/reject"), reason="Too\nbold")
    assert (blank.status, part.status) == (422, 422)
    assert "Say why" in blank.text
    assert 'data-key="r" open' in blank.text
    assert "<html" not in part.text
    assert "ben rejected this" in page.text
    assert "Too\nbold" in page.text


async def test_whoever_is_slower_is_told_who_decided_what_and_keeps_their_words(world: World) -> None:
    event = asked()
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben, cleo = Browser(replica, "ben"), Browser(replica, "cleo")
        approve = (await ben.get(review(event))).form("/approve")
        reject = (await cleo.get(review(event))).form("/reject")
        await ben.send(approve)
        page = await cleo.send(reject, reason="But the tests")
        part = await cleo.send(reject, htmx=True, reason="But the tests")
        again = await ben.send(approve)
    for answer in (page, part):
        assert answer.status == 409
        assert "you were not the first" in answer.text
        assert "ben approved this" in answer.text
        assert "But the tests" in answer.text
        assert not any(form.action.endswith("/reject") for form in answer.forms())
    assert ["<html" in answer.text for answer in (page, part)] == [True, False]
    assert (again.status, "ben approved this" in again.text) == (200, True)


async def test_a_form_of_another_version_decides_nothing(world: World) -> None:
    event = asked()
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        form = (await ben.get(review(event))).form("/approve")
        stale = [(name, value.replace(value[:8], "0" * 8)) for name, value in form.fields]
        page = await ben.send(HtmlForm(form.action, stale), reason="fine")
        forged = await ben.send(HtmlForm(form.action, [("shown", "nothing")]))
        missing = await ben.send(HtmlForm(form.action))
        after = await ben.get(review(event))
    assert (page.status, "no longer what you were shown" in page.text) == (412, True)
    assert page.form("/approve").with_values() != stale
    assert (forged.status, missing.status) == (422, 422)
    assert "This waits for a decision" in after.text


async def test_too_late_is_said_so(world: World) -> None:
    event = asked(expires_in_seconds=3600)
    async with world.replicas(expiry_interval_seconds=3600) as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        form = (await ben.get(review(event))).form("/approve")
        with psycopg.connect(world.database, autocommit=True) as connection:
            connection.execute("UPDATE checkpoints SET expires_at = clock_timestamp()")
        page = await ben.send(form)
    assert (page.status, "it was too late" in page.text, "This expired" in page.text) == (409, True, True)


@pytest.mark.parametrize(("who", "status"), [("vic", 403), ("ana", 403), ("robot", 303)])
async def test_the_form_is_no_way_around_who_may_decide(world: World, who: str, status: int) -> None:
    event = asked()
    async with world.replicas() as (replica,):
        await recorded(world, event)
        form = (await Browser(replica, "ben").get(review(event))).form("/approve")
        headers = {"authorization": f"Bearer sg_{who}_{'s' * 32}", "accept": "text/html"}
        answer = await replica.http.post(form.action, data=dict(form.fields), headers=headers)
        acknowledged = await replica.http.post(f"{review(event)}/acknowledge", headers=headers)
    assert answer.status_code == status
    assert acknowledged.status_code == (403 if who == "vic" else 409)


async def test_files_are_edited_as_text_and_approved_after_a_look(world: World) -> None:
    event = asked(payload_schema={"type": "object", "required": ["files", "target"]})
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        form = (await ben.get(f"{review(event)}/edit")).form("/edit")
        texts = [value for name, value in form.fields if name == "content"]
        changed = HtmlForm(form.action, [(n, v.replace("two", "2") if n == "content" else v) for n, v in form.fields])
        unchanged = await ben.send(form)
        look = await ben.send(changed, reason="shorter")
        again = await ben.send(look.form("/edit/approve"), to=form.action, again="true")
        done = await ben.send(look.form("/edit/approve"))
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 1)
        seen = await ben.get(f"{review(event)}/edited")
    expected = event.payload.replace("two", "2")
    (decided,) = world.sent(CheckpointDecided)
    assert texts == ["one\ntwo\n", "hidden \u202e here\n"]
    assert (unchanged.status, "Nothing is changed" in unchanged.text) == (422, True)
    assert '<del data-a="2"><code>two</code></del>' in look.text
    assert look.text.count('<details class="file"') == 1
    assert "one\n2\n" in [value for name, value in again.form("/edit").fields if name == "content"]
    assert (decided.edited_payload, decided.edited_digest) == (expected, digest(expected.encode()))
    assert decided.reason == "shorter"
    assert "ben approved an edited payload" in done.text
    assert digest(expected.encode()) in seen.text


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ("{", "not valid JSON"),
        ('{"n":NaN}', "not valid JSON"),
        ('{"a":1,"a":2}', "not valid JSON"),
        ("null", "not null"),
        ('{"m":1}', "The handler does not take it"),
        ('{"n":"text"}', "n: "),
        ("[" * 100 + "]" * 100, "nested deeper"),
        ('{"n":1,"x":"' + "x" * 512_000 + '"}', "at most 512,000"),
    ],
)
async def test_an_edit_that_can_t_run_is_refused_and_kept(world: World, payload: str, told: str) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    event = asked({"n": 2**53 + 1}, payload_schema=schema)
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        form = (await ben.get(f"{review(event)}/edit")).form("/edit")
        page = await ben.send(form, payload=payload)
    assert dict(form.fields)["payload"] == '{\n  "n": 9007199254740993\n}'
    assert page.status == 422
    assert told in page.text.replace("&#39;", "'")
    assert ("payload", payload) in page.form("/edit").fields


async def test_json_is_approved_byte_for_byte_as_it_was_shown(world: World) -> None:
    event = asked({"n": 2**53 + 1})
    typed = '{\r\n  "n": 9007199254740995, "x": "\\u202e"\r\n}'
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        look = await ben.send((await ben.get(f"{review(event)}/edit")).form("/edit"), payload=typed)
        form = look.form("/edit/approve")
        forged = await ben.send(form, payload='{"n":1}')
        await ben.send(form)
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 1)
    (decided,) = world.sent(CheckpointDecided)
    assert "9007199254740993" in look.text
    assert "9007199254740995" in look.text
    assert (forged.status, "not the one that was shown" in forged.text) == (422, True)
    assert decided.edited_payload == typed.replace("\r\n", "\n")
    assert json.loads(decided.edited_payload)["n"] == 9007199254740995


async def test_an_edit_of_what_changed_meanwhile_decides_nothing(world: World) -> None:
    event = asked({"n": 1})
    async with world.replicas() as (replica,):
        await recorded(world, event)
        ben = Browser(replica, "ben")
        look = await ben.send((await ben.get(f"{review(event)}/edit")).form("/edit"), payload='{"n":2}')
        await replica.call("DELETE", f"/{event.checkpoint_id}", by="cleo", json={"reason": "no"})
        page = await ben.send(look.form("/edit/approve"))
        closed = await ben.get(f"{review(event)}/edit")
        nothing = await ben.get(f"{review(event)}/edited")
    assert (page.status, "cleo rejected this" in page.text) == (409, True)
    assert closed.answer.headers["location"] == review(event)
    assert nothing.status == 404


def selection(*values: str, choice: str) -> HtmlForm:
    """The rows that were selected in the inbox."""
    return HtmlForm(f"{INBOX}/bulk", [("item", value) for value in values] + [("choice", choice)])


async def boxes(browser: Browser) -> dict[str, str]:
    """The value of each row's box, by checkpoint."""
    text = (await browser.get(f"{INBOX}?limit=200")).text
    return {part.split("~")[0]: part.split('"')[0] for part in text.split('name="item" value="')[1:]}


async def test_many_are_rejected_with_one_reason_and_a_result_for_each(world: World) -> None:
    events = [asked(job_id=f"job-{number}", title=f"Number {number}") for number in range(3)]
    async with world.replicas() as (replica,):
        await recorded(world, *events)
        ben = Browser(replica, "ben")
        values = [(await boxes(ben))[str(event.checkpoint_id)] for event in events]
        look = await ben.send(selection(*values, choice="reject"))
        await replica.call("POST", f"/{events[1].checkpoint_id}", by="cleo")
        blank = await ben.send(look.form("/bulk/decide"), reason="")
        done = await ben.send(look.form("/bulk/decide"), reason="Superseded")
    assert "Reject 3 checkpoints" in look.text
    assert (blank.status, "Say why" in blank.text) == (422, True)
    assert "2 of 3 rejected" in done.text
    assert "cleo approved this" in done.text


async def test_only_small_things_of_one_kind_are_approved_together(world: World) -> None:
    low = [asked(job_id=f"low-{number}", risk="low") for number in range(2)]
    high = asked(job_id="high", risk="high")
    other = asked(job_id="other", risk="low", job_type="data-processing")
    mine = asked(job_id="mine", risk="low", requested_by="ben")
    async with world.replicas() as (replica,):
        await recorded(world, *low, high, other, mine)
        ben = Browser(replica, "ben")
        values = await boxes(Browser(replica, "cleo"))
        chosen = {event.job_id: values[str(event.checkpoint_id)] for event in (*low, high, other, mine)}
        mixed = await ben.send(selection(*chosen.values(), choice="approve"))
        forged = await ben.send(selection(*chosen.values(), choice="approve"), to=f"{INBOX}/bulk/decide")
        look = await ben.send(selection(*(chosen[job] for job in ("low-0", "low-1", "high")), choice="approve"))
        done = await ben.send(look.form("/bulk/decide"))
    assert "Approve one job type at a time" in mixed.text
    assert "Its risk is high" in mixed.text
    assert "You requested it" in mixed.text
    assert mixed.forms() == []
    assert forged.status == 422
    assert "2 of 2 approved" in done.text


@pytest.mark.parametrize("items", [[], ["nonsense"], ["00000000-0000-5000-8000-000000000000~" + "0" * 64 + ".1"]])
async def test_a_selection_of_nothing_decides_nothing(world: World, items: list[str]) -> None:
    async with world.replicas() as (replica,):
        ben = Browser(replica, "ben")
        pages = [
            await ben.send(selection(*items, choice="approve")),
            await ben.send(selection(*items, choice="reject"), to=f"{INBOX}/bulk/decide"),
        ]
    assert {page.status for page in pages} == {422}
