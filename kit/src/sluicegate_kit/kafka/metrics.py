"""What ingest counts."""

from prometheus_client import CollectorRegistry, Counter


class IngestMetrics:
    """Counters of one ingest. `code` is the code of a dead letter: a closed list, never text from a record."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.ingested = Counter(
            "sluicegate_records_ingested_total", "Records written to the database", ["topic"], registry=registry
        )
        self.skipped = Counter(
            "sluicegate_records_skipped_total",
            "Records that are not for this service, or that it can't handle and doesn't own",
            ["topic", "code"],
            registry=registry,
        )
        self.dead_letters = Counter(
            "sluicegate_dead_letters_total", "Records sent to the dead letters", ["topic"], registry=registry
        )
        self.logs_lost = Counter(
            "sluicegate_logs_lost_total", "Partitions whose log was found lost", ["topic"], registry=registry
        )
