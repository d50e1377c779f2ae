"""Half of everything that arrives can't be handled: no job suffers, and every bad record is kept with its reason."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from sluicegate_dev.services import API
from tests.e2e import poison
from tests.e2e.poison import Bad, Place
from tests.e2e.town import Town
from tests.support.waiting import eventually

GOOD = 10_000
TOO_LARGE = 300
SAME_ID = 300
SUCCEEDED = "jobs WHERE status = 'succeeded'"


def test_ten_thousand_poison_records_among_as_many_good_ones_are_kept_and_can_be_redriven(
    make_town: Callable[..., Town],
) -> None:
    town = make_town(
        worker=2,
        checkpoint_svc=1,
        SLUICEGATE_MAX_CONCURRENT_JOBS="500",
        SLUICEGATE_MAX_INPUT_BYTES=str(poison.INPUT_BYTES),
    )
    stack = town.stack
    bad = [
        *map(poison.too_large, range(TOO_LARGE)),
        *map(poison.same_id, range(SAME_ID)),
        *itertools.islice(poison.others(), GOOD - TOO_LARGE - SAME_ID),
    ]
    alternating = [record for number in range(GOOD) for record in (poison.good(number), bad[number].sent)]
    places = poison.send(stack.bootstrap_servers, alternating)
    town.expected.update((f"good-{number}", "succeeded") for number in range(GOOD))

    _wait_for(town, SUCCEEDED, GOOD)
    _wait_for(town, "dead_letters", len(bad))
    town.wait_for_ends()
    letters = _dead_letters(town)
    assert _differing(bad, places[1::2], letters) == []
    assert Counter(letter["code"] for letter in letters.values()) == Counter(each.code for each in bad)
    town.poison.update(((each.sent.value or b"").decode("utf-8", "replace"), each.code) for each in bad)

    for worker in stack.workers:
        assert worker.stop() == 0
        worker.start(SLUICEGATE_MAX_INPUT_BYTES="500000")
    mended = [letters[place] for place in places[1 : 2 * TOO_LARGE : 2]]
    with stack.client(stack.api, "admin") as client:
        _redrive(client, mended)
    town.expected.update((f"large-{number}", "succeeded") for number in range(TOO_LARGE))
    _wait_for(town, SUCCEEDED, GOOD + TOO_LARGE)
    town.wait_for_ends()
    town.check()
    assert len(_dead_letters(town)) == len(bad)


def _wait_for(town: Town, rows: str, count: int) -> None:
    def enough() -> bool:
        found: int = town.stack.rows(API, f"SELECT count(*) AS n FROM {rows}")[0]["n"]
        return found >= count

    eventually(enough, f"{count} {rows}", within_seconds=300, every_seconds=0.5)


def _dead_letters(town: Town) -> dict[Place, dict[str, Any]]:
    rows = town.stack.rows(API, "SELECT * FROM dead_letters WHERE topic = %s", "sluicegate.job-requested.v1")
    return {Place(row["partition"], row["record_offset"]): row for row in rows}


def _differing(bad: list[Bad], places: list[Place], letters: dict[Place, dict[str, Any]]) -> list[str]:
    """What is missing, or kept with other bytes or another reason than expected."""
    found = []
    for each, place in zip(bad, places, strict=True):
        letter = letters.get(place)
        if letter is None:
            found.append(f"{each.sent.value!r:.60} is not kept")
        elif (letter["value"], letter["record_key"]) != (each.sent.value or b"", each.sent.key):
            found.append(f"{each.sent.value!r:.60} is kept with other bytes")
        elif letter["code"] != each.code or each.reason not in letter["reason"]:
            found.append(f"{each.sent.value!r:.60} is {letter['code']}: {letter['reason']}, not {each.code}")
    return found


def _redrive(client: httpx.Client, letters: Iterable[dict[str, Any]]) -> None:
    for letter in letters:
        answer = client.post(f"/api/admin/dead-letters/{letter['dead_letter_id']}/redrive")
        assert answer.status_code == 202, answer.text
        assert answer.json()["redrives"] == 1
