"""Produces as a client in C may: with bytes that Python's client would not let through."""

import ctypes

from sluicegate_dev.librdkafka_mock import bundled_library

_PRODUCER = 0
_END, _TOPIC, _VALUE, _KEY, _COPY, _HEADER = 0, 1, 4, 5, 7, 9
"""`rd_kafka_vtype_t`, and in which form each is given (rdkafka.h)."""
_FLUSH_MS = 10_000


def produce(bootstrap_servers: str, topic: str, key: bytes, value: bytes, *, header: bytes) -> None:
    """One record with one header of this name; returns once the broker has it."""
    library = ctypes.CDLL(str(bundled_library()))
    pointer, number, size, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t, ctypes.c_char_p
    library.rd_kafka_conf_new.restype = library.rd_kafka_new.restype = pointer
    error = ctypes.create_string_buffer(512)
    config = pointer(library.rd_kafka_conf_new())
    library.rd_kafka_conf_set(config, b"bootstrap.servers", bootstrap_servers.encode(), error, size(512))
    client = pointer(library.rd_kafka_new(number(_PRODUCER), config, error, size(512)))
    assert client, error.value
    what = [number(_TOPIC), text(topic.encode())]
    what += [number(_KEY), text(key), size(len(key))]
    what += [number(_VALUE), text(value), size(len(value))]
    what += [number(_HEADER), text(header), text(b"1"), ctypes.c_ssize_t(1)]
    what += [number(_COPY), number(2), number(_END)]
    refused = library.rd_kafka_producev(client, *what)
    left = library.rd_kafka_flush(client, number(_FLUSH_MS))
    library.rd_kafka_destroy(client)
    assert (refused, left) == (0, 0), "not produced"
