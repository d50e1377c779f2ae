"""A database is brought to the newest schema once, however many replicas try."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import SQLAlchemyError

from sluicegate_kit.migrate import run_migrations, sqlalchemy_url

REVISION = '''
from alembic import op

revision = "{revision}"
down_revision = {before!r}


def upgrade() -> None:
    op.execute("""{statements}""")
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two revisions."""
    versions = tmp_path / "some_service" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "some_service" / "__init__.py").touch()
    first = REVISION.format(revision="0001", before=None, statements="CREATE TABLE things (id text)")
    second = REVISION.format(revision="0002", before="0001", statements="ALTER TABLE things ADD at timestamptz")
    (versions / "0001_first.py").write_text(first)
    (versions / "0002_second.py").write_text(second)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "some_service", raising=False)
    return "some_service"


def columns(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'things'")
        return sorted(name for (name,) in found)


def test_replicas_that_migrate_at_once_all_succeed(package: str, empty_database: str) -> None:
    with ThreadPoolExecutor(4) as replicas:
        done = list(replicas.map(lambda _: run_migrations(package, empty_database), range(4)))
    assert done == ["0002"] * 4
    assert columns(empty_database) == ["at", "id"]


def test_what_was_applied_is_not_applied_again(package: str, empty_database: str) -> None:
    assert run_migrations(package, empty_database, to="0001") == "0001"
    assert columns(empty_database) == ["id"]
    assert run_migrations(package, empty_database) == "0002"
    assert run_migrations(package, empty_database) == "0002"


def test_a_revision_that_fails_leaves_nothing_behind(package: str, empty_database: str, tmp_path: Path) -> None:
    third = REVISION.format(revision="0003", before="0002", statements="CREATE TABLE others (id text); SELECT 1/0")
    (tmp_path / package / "migrations" / "versions" / "0003_third.py").write_text(third)
    with pytest.raises(SQLAlchemyError):
        run_migrations(package, empty_database)
    assert columns(empty_database) == []


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_is_made_one_for_psycopg(scheme: str) -> None:
    assert sqlalchemy_url(f"{scheme}://u:p@h/d") == "postgresql+psycopg://u:p@h/d"
