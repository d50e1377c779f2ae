"""How large a record is for librdkafka, which measures it before it takes it, and for the broker."""

from sluicegate_schemas.envelope import Message

RECORD_OVERHEAD_BYTES = 36
"""What librdkafka adds to key, value and headers, the most that a record's other fields can take
(`RD_KAFKAP_MESSAGE_V2_MAX_OVERHEAD`)."""
BATCH_OVERHEAD_BYTES = 61
"""The head of a record batch, version 2. librdkafka leaves it out where it measures, the broker does not."""


def record_bytes(message: Message) -> int:
    """The size that librdkafka compares with `message.max.bytes`, before any compression."""
    key = 0 if message.key is None else len(message.key.encode())
    headers = sum(header_bytes(name, value) for name, value in message.headers)
    return RECORD_OVERHEAD_BYTES + key + len(message.value) + headers


def header_bytes(name: str, value: bytes) -> int:
    """The size of one header: name and value, each with its length before it."""
    length = len(name.encode())
    return _varint_bytes(length) + length + _varint_bytes(len(value)) + len(value)


def _varint_bytes(number: int) -> int:
    """Of a length: seven bits to a byte, and one bit for the sign."""
    return max(1, -(-(number.bit_length() + 1) // 7))
