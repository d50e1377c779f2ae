"""Loads the handlers that the settings name, and tells whoever wrote them what keeps them from being loaded."""

from collections.abc import Iterable, Mapping

from sluicegate.errors import DuplicateHandler, HandlerModuleError
from sluicegate.registry import Handler, load_handlers
from sluicegate.where_raised import where_raised
from sluicegate_kit.settings import SettingsError


def handlers_of(modules: Iterable[str]) -> Mapping[str, Handler]:
    """By job type.

    Raises:
        SettingsError: with the module's frames, if that is what raised; the last line says what is wrong.
    """
    try:
        return load_handlers(modules)
    except (HandlerModuleError, DuplicateHandler) as error:
        told = None if error.__cause__ is None else where_raised(error.__cause__)
        raise SettingsError(str(error) if told is None else f"{told}\n{error}") from error
