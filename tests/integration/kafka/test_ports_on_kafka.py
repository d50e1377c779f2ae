"""The suite of the ports once more: what the twin and the embedded broker promise, Apache Kafka keeps."""

from tests.ports.kafka.test_consumer import *  # noqa: F403
from tests.ports.kafka.test_producer import *  # noqa: F403
