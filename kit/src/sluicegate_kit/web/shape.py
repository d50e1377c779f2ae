"""The base of what answers look like, for the OpenAPI document: a member without a value is left out, never null."""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema


class Shape(BaseModel):
    """One JSON object. An optional member is one that may be absent."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, use_attribute_docstrings=True
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler.resolve_ref_schema(handler(core_schema))
        for member in schema.get("properties", {}).values():
            if "default" in member and member["default"] is None:
                del member["default"]
                _forbid_null(member)
        return schema


def _forbid_null(member: dict[str, Any]) -> None:
    choices = [choice for choice in member.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del member["anyOf"]
        member |= choices[0]
    elif choices:
        member["anyOf"] = choices
