"""How soon the console's pages begin to come, when there is as much to show as there ever should be."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode

from confluent_kafka import Producer
from hdrh.histogram import HdrHistogram

from bench.http_load import Connection, page_request
from bench.scenarios import Figures
from bench.system import CHECKPOINT_SVC, System
from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import CheckpointCreated, Kind, Risk, View
from sluicegate_schemas.ids import checkpoint_id, new_id
from sluicegate_schemas.limits import PAYLOAD_BYTES
from sluicegate_schemas.payload import digest

INBOX = "/admin/agent-checkpoints"
PENDING = "SELECT count(*) FROM checkpoints WHERE state = 'pending'"
LARGE_BYTES = 500_000
FILES = 200
LATER_PAGES = 20
"""How often "Next page" is followed, of 200 rows each, before the later page is measured."""
WARM_UP = 5


async def pages(system: System, pending: int, samples: int) -> Figures:
    """First byte of each page, asked for one after the other as a browser does: p50, p95 and the slowest; and the CPU
    time of service and database that it takes, which says more where others use the cores, too.
    """
    before = system.query(CHECKPOINT_SVC, PENDING)[0][0]
    large = list(_large())
    await asyncio.to_thread(_send, system, [*_notes(pending - len(large)), *large])
    await system.until(CHECKPOINT_SVC, PENDING, before + pending, within_seconds=900)
    system.query(CHECKPOINT_SVC, "ANALYZE")  # as autovacuum does a minute later
    connection = await Connection.open(system.ports["checkpoint-svc"])
    key = system.keys.api_keys["approver"]
    looks = {
        "inbox": INBOX,
        "inbox, of high risk": f"{INBOX}?risk=high",
        "inbox, one found by words": f"{INBOX}?{urlencode({'q': f'note {pending // 2} '})}",
        "inbox, words that all have": f"{INBOX}?q=note",
        "inbox, nothing found": f"{INBOX}?q=nothing+is+called+this",
        "inbox, a later page": await _later(connection, key),
        **{f"review, {event.title}": f"{INBOX}/{event.checkpoint_id}" for event in large},
    }
    figures: dict[str, float] = {}
    for name, path in looks.items():
        used = system.cpu_seconds()
        histogram = await _first_bytes(connection, page_request(path, key), samples)
        now = system.cpu_seconds()
        spent = sum(now[part] - used[part] for part in ("checkpoint-svc", "postgres"))
        figures[f"{name}, CPU"] = round(spent * 1000 / (WARM_UP + samples), 1)
        for q in (50, 95):
            figures[f"{name}, p{q}"] = round(histogram.get_value_at_percentile(q) / 1000, 1)
        figures[f"{name}, max"] = round(histogram.get_max_value() / 1000, 1)
    connection.close()
    return Figures(f"first byte with {pending} pending, ms", samples, figures)


async def _first_bytes(connection: Connection, request: bytes, samples: int) -> HdrHistogram:
    histogram = HdrHistogram(1, 60_000_000, 3)
    for number in range(WARM_UP + samples):
        answer = await connection.send(request)
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")
        if number >= WARM_UP:
            histogram.record_value((answer.first_ns - answer.sent_ns) // 1000)
    return histogram


async def _later(connection: Connection, key: str) -> str:
    path = f"{INBOX}?limit=200"
    for _ in range(LATER_PAGES):
        answer = await connection.send(page_request(path, key, compressed=False))
        found = re.search(r'href="([^"]+)" rel="next"', answer.body.decode())
        if found is None:
            break
        path = unescape(found[1])
    return path.replace("limit=200", "limit=50")


def _send(system: System, events: list[CheckpointCreated]) -> None:
    """As workers publish them."""
    producer = Producer(
        {"bootstrap.servers": system.kafka.bootstrap_servers, "partitioner": "murmur2_random", "linger.ms": 5}
    )
    for number, event in enumerate(events):
        message = envelope.write(event, ce_id=new_id(), source="sluicegate/worker", at=event.at)
        while True:
            try:
                producer.produce(message.topic, key=message.key, value=message.value, headers=list(message.headers))
                break
            except BufferError:
                producer.poll(0.1)
        if number % 1000 == 0:
            producer.poll(0)
    if producer.flush(120):
        raise RuntimeError("the broker did not take all events")


def _notes(number: int) -> Iterator[CheckpointCreated]:
    risks = list(Risk)
    for each in range(number):
        # A third of them never expires, and the others do so over ten days.
        expires = None if each % 3 == 0 else 3600.0 + each * 8.0
        yield _asked(f"note {each} of many", {"text": "x" * 200}, risk=risks[each % 4], expires_in_seconds=expires)


def _large() -> Iterator[CheckpointCreated]:
    rows = [{"order": each, "customer": f"customer {each}", "amount": "12.50"} for each in range(LARGE_BYTES // 60)]
    yield _asked(f"{LARGE_BYTES // 1000} kB of JSON", {"rows": rows})
    yield _asked("one long changed file", _files([_change("long", 3_700)]), view=FILES_VIEW)
    yield _asked(f"{FILES} files", _files([_change(f"module-{each}", 17) for each in range(FILES)]), view=FILES_VIEW)


def _change(name: str, lines: int) -> tuple[str, str, str]:
    """A path, its content, and what is there now: every eighth line is another one."""
    new = [f"  const value_{each} = compute(first, second); // {each} of many\n" for each in range(lines)]
    old = [line if each % 8 else line.replace("first", "last") for each, line in enumerate(new)]
    return f"lib/{name}.ts", "".join(new), "".join(old)


FILES_VIEW = View(kind="files", at="/files")


def _files(changes: list[tuple[str, str, str]]) -> Mapping[str, Any]:
    files = [
        {
            "path": path,
            "content": content,
            "present": {"content": present, "digest": digest(present.encode()), "bytes": len(present)},
        }
        for path, content, present in changes
    ]
    return {"target": "site", "files": files}


def _asked(title: str, payload: Mapping[str, Any], **more: Any) -> CheckpointCreated:
    job_id = str(new_id())
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    if len(text) > PAYLOAD_BYTES:
        raise ValueError(f"{title}: {len(text)} bytes are more than a payload may have")
    return CheckpointCreated(
        checkpoint_id=checkpoint_id(job_id, 1, "look", 1),
        job_id=job_id,
        run=1,
        job_type="bench-page",
        key="look",
        ask=1,
        kind=Kind.APPROVAL,
        title=title,
        payload=text,
        payload_digest=digest(text.encode()),
        allowed_decisions=["approve", "reject"],
        handler_version="1",
        requested_by="bench",
        at=datetime.now(UTC),
        **more,
    )
