"""A town: two replicas each of worker and checkpoint-svc, one api, on real Apache Kafka, with the sink as witness."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import StackFactory
from tests.e2e.town import HANDLERS, REPOSITORY, Sink, Town
from tests.support.kafka import RealKafka

TownFactory = Callable[..., Town]


@pytest.fixture
def make_town(make_stack: StackFactory, real_kafka: RealKafka, tmp_path: Path) -> Iterator[TownFactory]:
    """`make_town(worker=1)`: a started town; more settings by name, `SLUICEGATE_…`."""
    with ExitStack() as ends:

        def make(*, api: int = 1, worker: int = 2, checkpoint_svc: int = 2, **settings: str) -> Town:
            sink = Sink(tmp_path / "effects.jsonl")
            ends.callback(sink.close)
            stack = make_stack(
                real_kafka.bootstrap_servers,
                settings={"EFFECT_SINK": sink.url, "ENABLE_AGENT_WORKER": "true", **settings},
                handlers=HANDLERS,
                python_path=REPOSITORY,
            )
            stack.start(api=api, worker=worker, checkpoint_svc=checkpoint_svc)
            town = Town(stack, sink)
            town.people.start()
            ends.callback(town.people.leave)
            return town

        yield make


@pytest.fixture
def town(make_town: TownFactory) -> Town:
    """The usual one."""
    return make_town()
