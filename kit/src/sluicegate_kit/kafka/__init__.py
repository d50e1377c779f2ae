"""Kafka as the services see it: ports, the librdkafka adapter, its twin in memory, and the ingest loop."""
