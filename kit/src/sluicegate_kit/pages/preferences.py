"""How somebody likes their pages: theme and single-letter keys, in two cookies of the browser."""

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sluicegate_kit.pages.form import Form, read_form
from sluicegate_kit.web.local_path import is_local

THEME_COOKIE = "sluicegate_theme"
KEYS_COOKIE = "sluicegate_keys"
_A_YEAR_SECONDS = 31_536_000


class Theme(StrEnum):
    """The colours."""

    SYSTEM = "system"
    """As the browser says."""
    LIGHT = "light"
    DARK = "dark"


class Keys(StrEnum):
    """Whether a single letter does something."""

    ON = "on"
    OFF = "off"
    """For those who speak to their computer, or hit keys by accident (WCAG 2.2, 2.1.4)."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the layout goes by."""

    theme: Theme = Theme.SYSTEM
    keys: Keys = Keys.ON


class Wanted(Form):
    """What the forms in the menu send."""

    theme: Theme | None = None
    keys: Keys | None = None
    back: str = ""
    """The page that the form stood on: path and query."""


def preferences(request: Request) -> Preferences:
    """Those of the cookies; what they don't say, or say wrongly, is as if never chosen."""
    theme, keys = request.cookies.get(THEME_COOKIE), request.cookies.get(KEYS_COOKIE)
    return Preferences(
        Theme(theme) if theme in set(Theme) else Theme.SYSTEM, Keys(keys) if keys in set(Keys) else Keys.ON
    )


@dataclass(frozen=True, slots=True)
class Choosing:
    """Keeps what somebody chose."""

    home: str
    """Where to go from a form that doesn't say where it stood."""

    async def choose(self, request: Request) -> Response:
        """Sets the cookies, and goes back to where the form was."""
        wanted = await read_form(request, Wanted)
        response = RedirectResponse(wanted.back if is_local(wanted.back) else self.home, 303)
        for cookie, value in ((THEME_COOKIE, wanted.theme), (KEYS_COOKIE, wanted.keys)):
            if value is not None:
                response.set_cookie(cookie, value, max_age=_A_YEAR_SECONDS, path="/", httponly=True, samesite="lax")
        return response
