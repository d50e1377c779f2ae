"""The Kafka ports on librdkafka."""

from sluicegate_kit.kafka.confluent.consumer import ConfluentConsumer
from sluicegate_kit.kafka.confluent.producer import ConfluentProducer

__all__ = ["ConfluentConsumer", "ConfluentProducer"]
