"""The base of every event: camelCase on the wire, snake_case in Python, unknown fields ignored."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})\Z")
"""RFC 3339, section 5.6, with upper-case T and Z."""
_IN_UTC = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("no offset")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:  # pydantic knows ValueError alone
        raise ValueError("not in UTC between the years 1 and 9999") from error


def _rfc3339_text(value: object) -> object:
    if not isinstance(value, datetime) and not (isinstance(value, str) and _RFC3339.match(value)):
        raise ValueError("not RFC 3339")
    return value


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class _Rfc3339:
    """Validates a time. What our own services write, in UTC with a Z, is read without a call into Python."""

    def __get_pydantic_core_schema__(self, source: type[datetime], handler: GetCoreSchemaHandler) -> CoreSchema:
        # The text of a time is fine where models are strict: what isn't text is refused.
        moment = core_schema.datetime_schema(strict=False)
        in_utc = core_schema.chain_schema([core_schema.str_schema(pattern=_IN_UTC, strict=True), moment])
        any_offset = core_schema.no_info_after_validator_function(
            _aware, core_schema.no_info_before_validator_function(_rfc3339_text, moment)
        )
        return core_schema.union_schema(
            [in_utc, any_offset],
            mode="left_to_right",
            custom_error_type="time",
            custom_error_message=(
                "a time is text with an offset, in UTC between the years 1 and 9999, for example 2026-01-31T12:00:00Z"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core_schema.datetime_schema())


Timestamp = Annotated[datetime, _Rfc3339(), PlainSerializer(_rfc3339, return_type=str, when_used="json")]
"""A moment in UTC; RFC 3339 with microseconds on the wire."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Validates an integer as JSON Schema has it: 5.0 is the integer 5 (draft 2020-12 Core, section 4.2.3)."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, source: type[int], handler: GetCoreSchemaHandler) -> CoreSchema:
        # As nearly everybody writes it, it is read without a call into Python.
        integer = core_schema.int_schema(strict=True, ge=self.least, le=self.most)
        return core_schema.union_schema(
            [integer, core_schema.no_info_before_validator_function(_without_fraction, integer)],
            mode="left_to_right",
            custom_error_type="whole_number",
            custom_error_message=f"a whole number from {self.least} to {self.most}",
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core_schema.int_schema(ge=self.least, le=self.most))


def _without_fraction(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
LongText = Annotated[str, StringConstraints(max_length=20_000)]


class Part(BaseModel):
    """A piece of an event. Readers ignore unknown fields, so that adding an optional one is compatible."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="ignore",
        use_attribute_docstrings=True,
    )


class Event(Part):
    """The data of one kind of record."""

    event: ClassVar[str]
    """The event's name, as in its topic: `sluicegate.<event>.v1`."""

    def to_json(self) -> bytes:
        """The value of the record: UTF-8 JSON, absent fields left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()

    def record_key(self) -> str | None:
        """What the record is partitioned by."""
        return str(getattr(self, "job_id"))  # noqa: B009 - the events without a job override this
