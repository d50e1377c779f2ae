"""Times, ids and keys as they stand on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sluicegate_schemas.ids import JobId, checkpoint_id, new_id
from sluicegate_schemas.job_requested import Priority
from sluicegate_schemas.model import Timestamp

TIME: TypeAdapter[datetime] = TypeAdapter(Timestamp)
JOB_ID: TypeAdapter[str] = TypeAdapter(JobId)
PRIORITY: TypeAdapter[int] = TypeAdapter(Priority)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00",
        "2026-01-31",
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T25:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "0001-01-01T00:00:00+01:00",
        "-0001-01-01T00:00:00Z",
        "1769896800",
        "٢٠٢٦-01-31T12:00:00Z",
        "",
        1769896800,
        1.5,
        True,
        None,
    ],
)
def test_this_is_no_time(text: object) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(text)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-11)), timezone(timedelta(hours=5.5))])))
def test_a_time_comes_back_in_utc_to_the_microsecond(moment: datetime) -> None:
    if not datetime(2, 1, 1, tzinfo=UTC) < moment < datetime(9998, 1, 1, tzinfo=UTC):
        return
    text = TIME.dump_python(moment, mode="json")
    assert text.endswith("Z")
    assert TIME.validate_python(text) == moment
    assert TIME.validate_python(moment.isoformat()).tzinfo is UTC


@pytest.mark.parametrize("job_id", ["a", "A.b_c:d-9", "x" * 128])
def test_this_is_a_job_id(job_id: str) -> None:
    assert JOB_ID.validate_python(job_id) == job_id


@pytest.mark.parametrize("job_id", ["", "x" * 129, "a b", "a\n", "a/b", "ä", "*", "a\0", 7])
def test_this_is_no_job_id(job_id: object) -> None:
    with pytest.raises(ValidationError):
        JOB_ID.validate_python(job_id)


def test_ids_made_one_after_the_other_are_in_order_of_the_millisecond_and_of_version_7() -> None:
    ids = [new_id() for _ in range(1_000)]
    milliseconds = [each.int >> 80 for each in ids]
    assert milliseconds == sorted(milliseconds)
    assert len(set(ids)) == 1_000
    assert {each.version for each in ids} == {7}


def test_the_same_ask_has_the_same_id() -> None:
    assert checkpoint_id("j", 1, "k", 1) == checkpoint_id("j", 1, "k", 1)
    assert checkpoint_id("j", 1, "k", 1).version == 5


@given(st.tuples(st.text("ab:1", min_size=1), st.integers(1, 20), st.text(min_size=1), st.integers(1, 20)))
def test_another_ask_has_another_id(ask: tuple[str, int, str, int]) -> None:
    job_id, run, key, number = ask
    others = [(job_id, run + 1, key, number), (job_id, run, key + "x", number), (job_id, run, key, number + 1)]
    assert len({checkpoint_id(*each) for each in [ask, *others, (job_id + "x", run, key, number)]}) == 5


@pytest.mark.parametrize("text", ["5", "5.0", "50e-1"])
def test_a_whole_number_is_an_integer_however_it_is_written(text: str) -> None:
    assert repr(PRIORITY.validate_json(text)) == "5"


@pytest.mark.parametrize("text", ["5.5", "0.0", "11.0", "1e300", "true", '"5"', "null"])
def test_this_is_no_priority(text: str) -> None:
    with pytest.raises(ValidationError):
        PRIORITY.validate_json(text)
