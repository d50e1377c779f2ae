"""The suite of the ports once more: what the twin and the embedded broker promise, Apache Kafka keeps."""

from tests.ports.kafka.test_consumer import *  # noqa: F403
from tests.ports.kafka.test_producer import *  # noqa: F403

# The embedded broker goes away in milliseconds; here it would take 25 s to come back.
del test_a_broker_that_is_away_makes_polls_empty_and_questions_fail  # noqa: F821
del test_what_no_broker_acknowledges_is_told_as_not_delivered  # noqa: F821
