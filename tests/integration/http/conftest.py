"""The house of a module."""

from collections.abc import Iterator

import pytest

from tests.integration.http.house import House, open_house
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The services; everything in the module happens to them."""
    with open_house(databases, tmp_path_factory.mktemp("house")) as house:
        yield house
