"""Values on their way into the journal: encoded once, measured before anything is written."""

import json
from typing import Any

from sluicegate.errors import PayloadTooLarge, UnencodableValue
from sluicegate_schemas import payload, strict_json
from sluicegate_schemas.errors import MalformedJson, UnencodablePayload
from sluicegate_schemas.limits import PAYLOAD_BYTES, RESULT_BYTES

PROGRESS_BYTES = 16_000


def encode_result(value: Any, what: str) -> bytes:
    """The bytes of a result or of a step's result.

    Raises:
        UnencodableValue, PayloadTooLarge
    """
    return _within(RESULT_BYTES, encode(value, what), what)


def encode_progress(value: Any) -> bytes:
    """The bytes of a progress value.

    Raises:
        UnencodableValue, PayloadTooLarge
    """
    return _within(PROGRESS_BYTES, encode(value, "the progress"), "the progress")


def encode_payload(value: Any, key: str) -> bytes:
    """The bytes that a person decides on.

    Raises:
        UnencodableValue, PayloadTooLarge
    """
    what = f"the payload of {key!r}"
    data = encode(value, what)
    # The event carries the text inside a JSON string, where quotes and backslashes take two bytes.
    size = len(data) + data.count(b'"') + data.count(b"\\") + 2
    if size > PAYLOAD_BYTES:
        raise PayloadTooLarge(what, size, PAYLOAD_BYTES)
    return data


def encode(value: Any, what: str) -> bytes:
    """JSON bytes of `value`; `what` names it in the error.

    Raises:
        UnencodableValue
    """
    try:
        return payload.encode(value)
    except UnencodablePayload as error:
        # What the encoder was doing helps nobody; the traceback that people are shown is the handler's.
        raise UnencodableValue(f"{what} {error}") from None


def decode(data: bytes) -> Any:
    """The value that journaled bytes stand for. `encode` wrote them, so that they need no second check."""
    return json.loads(data)


def decode_foreign(data: bytes) -> Any:
    """The value of bytes that somebody else wrote.

    Raises:
        UnencodableValue: they are not the JSON that the contracts allow.
    """
    try:
        return strict_json.read(data)
    except MalformedJson as error:
        raise UnencodableValue(f"an edited payload is {error}") from error


def _within(limit: int, data: bytes, what: str) -> bytes:
    if len(data) > limit:
        raise PayloadTooLarge(what, len(data), limit)
    return data
