"""The Kafka-protocol broker inside librdkafka, through its C interface (rdkafka_mock.h)."""

import ctypes
import re
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from sluicegate_schemas.topics import Topic

_PRODUCER = 0
_NO_ERROR = 0


class MockCluster:
    """One broker on the loopback interface, its log in memory (5 MiB a partition), alive as long as this object."""

    def __init__(self, *, join_delay_ms: int = 50) -> None:
        """`join_delay_ms`: how long a new classic group waits for members."""
        self._library = _library()
        self._client = self._new_client({"test.mock.num.brokers": "1", "log_level": "3"})
        self._cluster = self._library.rd_kafka_handle_mock_cluster(self._client)
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, join_delay_ms)

    @property
    def bootstrap_servers(self) -> str:
        """`127.0.0.1:port`; the system picks the port."""
        return str(self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode())

    def create_topics(self, topics: Iterable[Topic]) -> None:
        """Makes the topics that do not exist yet, with their number of partitions."""
        for topic in topics:
            self._library.rd_kafka_mock_topic_create(self._cluster, topic.name.encode(), topic.partitions, 1)

    def set_up(self, up: bool) -> None:
        """Down: connections are closed and new ones refused; the log stays."""
        switch = self._library.rd_kafka_mock_broker_set_up if up else self._library.rd_kafka_mock_broker_set_down
        self._check(switch(self._cluster, 1))

    def set_round_trip_ms(self, milliseconds: int) -> None:
        """Every answer of the broker is delayed by this."""
        self._check(self._library.rd_kafka_mock_broker_set_rtt(self._cluster, 1, milliseconds))

    def fail_next(self, api_key: int, *errors: int) -> None:
        """The next requests of this kind (Kafka protocol guide: Produce is 0, Fetch 1) get these error codes."""
        codes = (ctypes.c_int * len(errors))(*errors)
        self._library.rd_kafka_mock_push_request_errors_array(self._cluster, api_key, len(errors), codes)

    def close(self) -> None:
        """Ends the broker; its log is gone."""
        self._library.rd_kafka_destroy(self._client)

    def _new_client(self, settings: dict[str, str]) -> ctypes.c_void_p:
        reason = ctypes.create_string_buffer(512)
        configuration = ctypes.c_void_p(self._library.rd_kafka_conf_new())
        for name, value in settings.items():
            if self._library.rd_kafka_conf_set(configuration, name.encode(), value.encode(), reason, 512):
                raise OSError(reason.value.decode())
        client = self._library.rd_kafka_new(_PRODUCER, configuration, reason, 512)
        if not client:
            raise OSError(reason.value.decode())
        return ctypes.c_void_p(client)

    def _check(self, error: int) -> None:
        if error != _NO_ERROR:
            raise OSError(f"the embedded broker answered with error {error}")


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(str(bundled_library()))
    pointer, text, number, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_size_t
    for name, result, arguments in (
        ("rd_kafka_conf_new", pointer, []),
        ("rd_kafka_conf_set", number, [pointer, text, text, text, size]),
        ("rd_kafka_new", pointer, [number, pointer, text, size]),
        ("rd_kafka_destroy", None, [pointer]),
        ("rd_kafka_handle_mock_cluster", pointer, [pointer]),
        ("rd_kafka_mock_cluster_bootstraps", text, [pointer]),
        ("rd_kafka_mock_group_initial_rebalance_delay_ms", None, [pointer, ctypes.c_int32]),
        ("rd_kafka_mock_topic_create", number, [pointer, text, number, number]),
        ("rd_kafka_mock_broker_set_up", number, [pointer, ctypes.c_int32]),
        ("rd_kafka_mock_broker_set_down", number, [pointer, ctypes.c_int32]),
        ("rd_kafka_mock_broker_set_rtt", number, [pointer, ctypes.c_int32, number]),
        ("rd_kafka_mock_push_request_errors_array", None, [pointer, ctypes.c_int16, size, pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def bundled_library() -> Path:
    """The file of the librdkafka that confluent_kafka uses."""
    # The wheel brings its own librdkafka; loading that very file gives the copy that confluent_kafka uses.
    for file in distribution("confluent-kafka").files or []:
        if re.search(r"librdkafka[^/]*\.(so|dylib)", file.name):
            return Path(str(file.locate()))
    raise FileNotFoundError("confluent-kafka is installed without its bundled librdkafka")
