"""Where the modules of HANDLERS are found."""

from pathlib import Path

import pytest

from sluicegate_dev.own_handlers import NoSuchHandlers, find_handlers


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "my_jobs.py").touch()
    package = tmp_path / "src" / "my_package"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    return tmp_path


def test_without_a_name_only_the_samples_are_loaded() -> None:
    found = find_handlers("", [])
    assert found.modules == ("sluicegate_handlers",)
    assert found.watched == ()
    assert found.settings() == {"SLUICEGATE_HANDLERS": "sluicegate_handlers"}


def test_a_module_is_found_in_one_of_the_folders(project: Path) -> None:
    found = find_handlers("my_jobs", [project])
    assert found.modules == ("sluicegate_handlers", "my_jobs")
    assert found.python_path == (project,)
    assert found.watched == (project / "my_jobs.py",)


def test_a_package_is_found_in_src_and_watched_as_a_whole(project: Path) -> None:
    found = find_handlers("my_package", [project])
    assert found.python_path == (project / "src",)
    assert found.watched == (project / "src" / "my_package",)


def test_a_path_needs_no_folder(project: Path) -> None:
    found = find_handlers(str(project / "my_jobs.py"), [])
    assert found.modules == ("sluicegate_handlers", "my_jobs")
    assert found.python_path == (project,)


def test_several_modules_are_separated_by_commas(project: Path) -> None:
    found = find_handlers("my_jobs, my_package", [project])
    assert found.settings()["SLUICEGATE_HANDLERS"] == "sluicegate_handlers,my_jobs,my_package"


def test_an_installed_module_is_watched_where_it_is() -> None:
    found = find_handlers("sluicegate_schemas.ids", [])
    assert found.modules == ("sluicegate_handlers", "sluicegate_schemas.ids")
    assert found.python_path == ()
    assert [place.name for place in found.watched] == ["sluicegate_schemas"]


@pytest.mark.parametrize("name", ["no_such_module", "no/such/file.py"])
def test_an_unknown_name_is_said_so(name: str, project: Path) -> None:
    with pytest.raises(NoSuchHandlers, match=name):
        find_handlers(name, [project])
