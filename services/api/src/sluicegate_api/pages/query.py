"""What the list of jobs is asked for in its address: as the API, with what browsers send of fields left blank."""

from datetime import datetime
from typing import Annotated, Any, Self
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field

from sluicegate_api.pages.paths import JOBS
from sluicegate_api.reads.listing import JobFilter, Place
from sluicegate_kit.pages.form import BLANK_IS_NONE
from sluicegate_kit.web.cursor import after, encode
from sluicegate_kit.web.query import ListQuery, Query
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.model import Timestamp


def _with_offset(value: object) -> object:
    """What a field for date and time gives has no offset, and may have no seconds: it is in UTC."""
    if isinstance(value, str) and len(value) in (16, 19) and "T" in value:
        return f"{value}{':00' if len(value) == 16 else ''}Z"
    return value


_Text = Annotated[Annotated[str, Field(max_length=200)] | None, BLANK_IS_NONE]
_Moment = Annotated[Timestamp | None, BeforeValidator(_with_offset), BLANK_IS_NONE]


def _some(values: list[str]) -> list[str]:
    return [value for value in values if value]


class JobsPageQuery(ListQuery):
    """Which jobs, in the words of the API."""

    status: Annotated[list[Status], BeforeValidator(_some)] = Field(default_factory=list)
    job_type: _Text = None
    requested_by: _Text = None
    tag: _Text = None
    created_after: _Moment = None
    created_before: _Moment = None
    q: _Text = None

    def wanted(self) -> JobFilter:
        """As the tables are asked."""
        return JobFilter(**{name: getattr(self, name) for name in JobFilter.__dataclass_fields__})

    def place(self) -> Place | None:
        """Where the page begins. Raises Problem: 400 `bad-cursor`."""
        match after(self, (datetime, str)):
            case (datetime() as created_at, str() as job_id):
                return created_at, job_id
            case _:
                return None

    def cursor_at(self, place: Place) -> str:
        """The cursor of the page after this place."""
        return encode(place, self.filters())

    def address(self, path: str = JOBS, **changes: Any) -> str:
        """The same list with other parameters; from its top, unless there is a cursor among them."""
        found = {**self.filters(), **({} if self.limit == 50 else {"limit": self.limit}), **changes}
        pairs = [
            (name, one)
            for name, value in found.items()
            for one in (value if isinstance(value, list) else [value])
            if one is not None
        ]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def filtered(self) -> bool:
        """Whether anything but the status is asked for."""
        return bool(self.filters().keys() - {"status"})


class SeenQuery(Query):
    """What a page shows: what has changed since is told at once."""

    seen: Annotated[str, Field(max_length=200)] | None = None


class LiveQuery(JobsPageQuery):
    """The list, and what of it stands on a page."""

    shown: str = Field("", max_length=20_000)
    """The ids of its rows, with commas; behind an id, after a `~`, the version that is shown."""
    top: Annotated[Annotated[str, Field(max_length=2000)] | None, BLANK_IS_NONE] = None
    """The place of its first row, as a cursor."""

    def filters(self) -> dict[str, Any]:
        """Those of the list."""
        return {name: value for name, value in super().filters().items() if name not in ("shown", "top")}

    def ids(self) -> list[str]:
        """At most as many as a page has."""
        return list(self.versions())

    def versions(self) -> dict[str, str]:
        """By id; empty where none is given."""
        rows = [one.partition("~") for one in self.shown.split(",") if one]
        return {job_id: version for job_id, _, version in rows[:200]}

    def above(self) -> Place | None:
        """The first row's place."""
        return self.at(self.top).place() if self.top is not None else None

    def at(self, cursor: str) -> Self:
        """The list from this place on."""
        return self.model_copy(update={"cursor": cursor})
