"""The real stack in containers, once for all tests of this folder: `make test-compose`."""

from collections.abc import Iterator

import pytest

from tests.compose.project import Project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Built, up and ready, with four workers."""
    project = Project(tmp_path_factory.mktemp("compose"))
    project.compose("build")
    try:
        project.up()
        yield project
    finally:
        project.down()
