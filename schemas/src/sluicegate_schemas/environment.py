"""Reads settings from environment variables, and says what is missing or wrong without saying what a value is."""

from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SLUICEGATE_"
FROM_ENVIRONMENT = SettingsConfigDict(
    env_prefix=PREFIX,
    frozen=True,
    extra="ignore",
    hide_input_in_errors=True,
    env_ignore_empty=True,
    use_attribute_docstrings=True,
)

S = TypeVar("S", bound=BaseSettings)


class SettingsError(Exception):
    """The environment lacks something or holds something wrong; the message has a line per variable, and no values."""


def load(kind: type[S], **given: Any) -> S:
    """The settings, from the environment; what is `given` goes before it.

    Raises:
        SettingsError: names every variable that is missing or wrong, and what belongs there.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False, include_context=False)
        lines = [_line(kind, item["loc"], item["type"], item["msg"]) for item in findings]
        raise SettingsError("\n".join(lines)) from None


def variable(kind: type[BaseSettings], field: str) -> str:
    """The environment variable that a field is read from."""
    found = kind.model_fields[field].validation_alias
    return found if isinstance(found, str) else f"{kind.model_config.get('env_prefix', '')}{field}".upper()


def _line(kind: type[BaseSettings], place: tuple[int | str, ...], problem: str, message: str) -> str:
    if not place:
        return message
    name = str(place[0])
    if name not in kind.model_fields:
        by_variable = {variable(kind, field).lower(): field for field in kind.model_fields}
        name = by_variable.get(name.lower(), name)
    if name not in kind.model_fields:
        return f"{name}: {message}"
    hint = kind.model_fields[name].description
    what = "is not set" if problem == "missing" else f"is wrong: {message}"
    return f"{variable(kind, name)} {what}" + (f" ({hint})" if hint else "")
