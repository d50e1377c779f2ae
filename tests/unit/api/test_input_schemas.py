"""What input a job type takes, by what its handlers declare."""

from collections.abc import Mapping
from datetime import timedelta

from sluicegate_api.domain.replicas import Replica, hear
from sluicegate_api.input_schemas import InputSchemas
from tests.unit.api.ledger import START
from tests.unit.api.samples import status

TEXT = {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]}
NUMBER = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
LATER = START + timedelta(hours=1)


def replica(worker_id: str, schema: Mapping[str, object], heard_at: timedelta = timedelta()) -> Replica:
    return hear(None, status(worker_id, schema=schema), START + heard_at)


def takes(schemas: InputSchemas, value: object) -> bool:
    return not schemas.findings("simple-task", {"x": value})


def test_a_type_that_nobody_has_declared_takes_anything() -> None:
    assert takes(InputSchemas(), object)


def test_while_two_versions_run_what_either_takes_is_let_through() -> None:
    schemas = InputSchemas()
    schemas.follow([replica("old", TEXT), replica("new", NUMBER)], START)
    assert [takes(schemas, value) for value in ("a", 1, None)] == [True, True, False]


def test_a_replica_that_is_gone_no_longer_counts() -> None:
    schemas = InputSchemas()
    schemas.follow([replica("old", TEXT), replica("new", NUMBER, timedelta(hours=1))], LATER)
    assert [takes(schemas, value) for value in ("a", 1)] == [False, True]


def test_while_no_replica_lives_the_one_heard_last_counts() -> None:
    schemas = InputSchemas()
    schemas.follow([replica("last", NUMBER, timedelta(minutes=1)), replica("old", TEXT)], LATER)
    assert [takes(schemas, value) for value in ("a", 1)] == [False, True]


def test_a_finding_names_the_place_and_never_the_value() -> None:
    schemas = InputSchemas()
    schemas.follow([replica("w", NUMBER)], START)
    (finding,) = schemas.findings("simple-task", {"x": "s3cret"})
    assert finding.path == ("x",)
    assert "s3cret" not in finding.message


def test_a_schema_that_points_elsewhere_is_left_to_the_worker() -> None:
    schemas = InputSchemas()
    schemas.follow([replica("w", {"$ref": "http://127.0.0.1:1/schema.json"})], START)
    assert takes(schemas, "anything")
