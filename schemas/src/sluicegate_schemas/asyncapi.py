"""The events as an AsyncAPI 3 document: channels, who sends and who receives, beside the JSON Schemas it refers to."""

from collections.abc import Iterator
from typing import Any

from sluicegate_schemas.rights import group_of
from sluicegate_schemas.topics import TOPICS, Party, Topic

VERSION = "3.1.0"
KAFKA_BINDING = "0.5.0"
"""Of the AsyncAPI Kafka bindings."""

_CLOUD_EVENT = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {"type": "string", "description": "Names the event."},
    "ce_type": {"type": "string", "description": "The same as the topic."},
    "ce_source": {"type": "string", "description": "Who sent it, by its own account."},
    "ce_subject": {"type": "string", "description": "The record's key."},
    "ce_time": {"type": "string", "format": "date-time"},
    "content-type": {"type": "string", "const": "application/json"},
    "traceparent": {"type": "string", "description": "W3C Trace Context."},
    "tracestate": {"type": "string", "description": "W3C Trace Context."},
    "baggage": {"type": "string", "description": "W3C Baggage."},
}
"""CloudEvents 1.0 in binary mode, and the trace."""
_DEAD_LETTER = {
    "dl_topic": {"type": "string", "description": "Where the record stood."},
    "dl_partition": {"type": "string"},
    "dl_offset": {"type": "string"},
    "dl_key": {"type": "string", "description": "The record's key in base64; absent if it had none."},
    "dl_value_bytes": {
        "type": "string",
        "description": (
            "How long the record's value was. Only of a record that is too large to be carried whole: then value and "
            "key may be cut at their end, and headers that don't fit are left out."
        ),
    },
    "dl_code": {"type": "string", "description": "Why it could not be handled: a stable code."},
    "dl_reason": {"type": "string", "description": "The same in words."},
    "dl_at": {"type": "string", "format": "date-time"},
}
"""Its own headers follow, each with `orig_` before its name."""


def document() -> dict[str, Any]:
    """The whole of it. An operation's id says whose it is."""
    operations = (operation for topic in TOPICS for operation in _operations(topic))
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Sluicegate's events",
            "version": "1",
            "description": (
                "What services and upstream systems tell each other on Kafka. Records are CloudEvents 1.0 in binary "
                "mode; `job-requested` is taken in structured mode and as bare JSON too."
            ),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.event: _channel(topic) for topic in TOPICS},
        "operations": dict(operations),
        "components": {"messages": {topic.event: _message(topic) for topic in TOPICS}},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "messages": {topic.event: {"$ref": f"#/components/messages/{topic.event}"}},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "retention.ms": topic.retention_ms,
                    "max.message.bytes": topic.max_message_bytes,
                },
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _message(topic: Topic) -> dict[str, Any]:
    if topic.model is None:
        return {
            "summary": "A record of another topic that could not be handled, byte for byte as far as it fits.",
            "contentType": "application/octet-stream",
            "headers": _headers(_DEAD_LETTER, optional={"dl_key", "dl_value_bytes"}),
        }
    return {
        "summary": (topic.model.__doc__ or "").partition("\n")[0],
        "headers": _headers(_CLOUD_EVENT, optional={"ce_subject", "traceparent", "tracestate", "baggage"}),
        "payload": {"$ref": f"./json/{topic.event}.v1.json"},
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": KAFKA_BINDING}},
    }


def _headers(properties: dict[str, Any], optional: set[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _operations(topic: Topic) -> Iterator[tuple[str, dict[str, Any]]]:
    channel = {"$ref": f"#/channels/{topic.event}"}
    for party in sorted(topic.writers):
        yield f"{party}.sends.{topic.event}", {"action": "send", "channel": channel, "tags": [{"name": party}]}
    for party in sorted(topic.readers):
        receive = {"action": "receive", "channel": channel, "tags": [{"name": party}]}
        if party is not Party.UPSTREAM:
            group = {"type": "string", "const": group_of(party)}
            receive["bindings"] = {"kafka": {"groupId": group, "bindingVersion": KAFKA_BINDING}}
        yield f"{party}.receives.{topic.event}", receive
