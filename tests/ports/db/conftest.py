"""What the write loop is tried on."""

import psycopg
import pytest

from sluicegate_kit.db.ddl import KIT_V1
from tests.ports.db.accounts import DDL


@pytest.fixture
def ledger(empty_database: str) -> str:
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(KIT_V1)
        connection.execute(DDL)
    return empty_database
