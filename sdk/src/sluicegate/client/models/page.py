"""One page of a list."""

from typing import Generic, TypeVar

from sluicegate_schemas.model import Part

Item = TypeVar("Item")


class Page(Part, Generic[Item]):
    """Some items, and where the next ones are."""

    items: list[Item]
    next_cursor: str | None = None
    """Opaque; asks for the next page. None: this is the last."""
    total: int | str | None = None
    """How many there are in all, where the list counts them; `10,000+` beyond that."""
