"""Arrays as they are packed here, read by a real PostgreSQL and compared with what psycopg packs."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.array import ListBinaryDumper

from sluicegate_kit.db.arrays import arrays_of
from sluicegate_kit.db.connection import WriteConnection, connect

pytestmark = pytest.mark.anyio

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
FAR = timedelta(days=365_000)
MOMENTS = st.timedeltas(-FAR, FAR).map(lambda away: datetime(1010, 1, 1, tzinfo=timezone(timedelta(hours=-3))) + away)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "int8": st.integers(-(2**63), 2**63 - 1),
    "float8": st.floats(allow_nan=False),
    "bool": st.booleans(),
    "bytea": st.binary(),
    "uuid": st.uuids(),
    "timestamptz": MOMENTS,
}


@pytest.fixture
async def connection(empty_database: str) -> AsyncIterator[WriteConnection]:
    opened = await connect(empty_database, lock_timeout_seconds=1, application_name="test")
    yield opened
    await opened.close()


@pytest.mark.parametrize("kind", VALUES)
async def test_the_server_reads_what_was_packed(connection: WriteConnection, kind: str) -> None:
    find = st.lists(st.none() | VALUES[kind], max_size=20)
    # One loop for all examples: the connection belongs to it.
    for values in _examples(find):
        assert await connection.ask([(f"SELECT %b::{kind}[]", (values,))]) == [[(values,)]]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_the_bytes_are_those_of_psycopg(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([kind for kind in VALUES if kind not in ("int8", "text")]))
    values = data.draw(st.lists(VALUES[kind], min_size=1))
    (ours,) = arrays_of(f"SELECT %b::{kind}[]")
    assert ours is not None
    theirs = Transformer()
    theirs.adapters.register_dumper(list, ListBinaryDumper)
    (expected,) = theirs.dump_sequence([values], [PyFormat.BINARY])
    assert ours.encode(values) == bytes(expected or b"")
    assert theirs.types == (ours.oid,)


@pytest.mark.parametrize(
    ("kind", "value", "refused"),
    [
        ("int8", 2**63, psycopg.errors.NumericValueOutOfRange),
        ("text", "\ud800", psycopg.errors.CharacterNotInRepertoire),
        ("text", "\0", psycopg.errors.CharacterNotInRepertoire),
    ],
)
async def test_a_value_that_the_type_cannot_hold_is_a_data_error_and_harms_nothing_else(
    connection: WriteConnection, kind: str, value: object, refused: type[psycopg.Error]
) -> None:
    with pytest.raises(refused) as raised:
        await connection.ask([(f"SELECT %b::{kind}[]", ([value],))])
    assert raised.value.sqlstate is not None
    assert raised.value.sqlstate[:2] == "22"
    assert await connection.ask([("SELECT 1", ())]) == [[(1,)]]


def test_single_values_are_told_from_arrays() -> None:
    found = arrays_of("UPDATE t SET a = %b, b = %b::text WHERE c = ANY(%b::uuid[]) AND d = ANY(%b::int8[])")
    assert [None if each is None else each.oid for each in found] == [None, None, 2951, 1016]


def _examples(of: st.SearchStrategy[list[Any]]) -> list[list[Any]]:
    found: list[list[Any]] = []

    @given(of)
    @settings(database=None)
    def collect(values: list[Any]) -> None:
        found.append(values)

    collect()
    return found
