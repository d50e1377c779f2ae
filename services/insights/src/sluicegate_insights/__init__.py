"""The insights service: throughput, waits and outcomes over time, derived from the events in Kafka."""
