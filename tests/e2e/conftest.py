"""A town: two replicas each of worker and checkpoint-svc, one api, on real Apache Kafka, with the sink as witness.

Starting five processes takes longer than most tests, so a module shares what it starts; the guarantees are then
checked on everything that has happened in it so far.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest

from tests.e2e.town import HANDLERS, REPOSITORY, Sink, Town
from tests.support.databases import Databases
from tests.support.kafka import RealKafka, forget_everything
from tests.support.stack import Stack, directly

TownFactory = Callable[..., Town]


@pytest.fixture(scope="module")
def kafka(real_kafka_of_session: RealKafka) -> RealKafka:
    """Apache Kafka, empty when the module begins."""
    forget_everything(real_kafka_of_session)
    return real_kafka_of_session


@pytest.fixture(scope="module")
def make_town(
    databases: Databases, kafka: RealKafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TownFactory]:
    """`make_town(worker=1)`: a started town; more settings by name, `SLUICEGATE_…`."""
    with ExitStack() as ends:

        def make(
            *,
            api: int = 1,
            worker: int = 2,
            checkpoint_svc: int = 2,
            reached_by: Callable[[str], Mapping[str, str]] = directly,
            **settings: str,
        ) -> Town:
            folder = tmp_path_factory.mktemp("town")
            sink = Sink(folder / "effects.jsonl")
            ends.callback(sink.close)
            stack = ends.enter_context(
                Stack(
                    folder,
                    databases,
                    kafka.bootstrap_servers,
                    settings={"EFFECT_SINK": sink.url, "ENABLE_AGENT_WORKER": "true", **settings},
                    handlers=HANDLERS,
                    python_path=REPOSITORY,
                    reached_by=reached_by,
                )
            )
            stack.start(api=api, worker=worker, checkpoint_svc=checkpoint_svc)
            town = Town(stack, sink)
            town.people.start()
            ends.callback(town.people.leave)
            return town

        yield make


@pytest.fixture(scope="module")
def town(make_town: TownFactory) -> Town:
    """The usual one."""
    return make_town()
