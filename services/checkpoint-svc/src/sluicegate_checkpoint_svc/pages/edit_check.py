"""Checks an edited payload before anybody is asked to stand behind it: JSON, size, the handler's schema."""

import jsonschema_rs
import structlog

from sluicegate_schemas import strict_json
from sluicegate_schemas.errors import MalformedJson
from sluicegate_schemas.limits import PAYLOAD_BYTES

MOST_FINDINGS = 20

log = structlog.get_logger(__name__)


def findings(text: str, schema: str | None) -> list[str]:
    """What is wrong with an edited payload, in words; nothing if it may be approved."""
    data = text.encode()
    if len(data) > PAYLOAD_BYTES:
        return [f"It has {len(data):,} bytes; a payload has at most {PAYLOAD_BYTES:,}."]
    try:
        value = strict_json.read(data)
    except MalformedJson as error:
        return [f"It is {error}."]
    if value is None:
        return ["A payload is not null."]
    validator = None if schema is None else _compiled(schema)
    if validator is None:
        return []
    found = []
    for finding in validator.iter_errors(value):
        place = "/".join(map(str, finding.instance_path))
        found.append(f"The handler does not take it: {place or 'the payload'}: {finding.message}")
        if len(found) == MOST_FINDINGS:
            break
    return found


def _compiled(schema: str) -> jsonschema_rs.Validator | None:
    """Never fetches what a schema refers to; one that is no schema is left to the handler."""
    try:
        return jsonschema_rs.validator_for(schema, offline=True)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        log.warning("payload schema not usable", error=type(error).__name__)
        return None
