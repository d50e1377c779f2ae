"""Every example is judged alike by the model and by the JSON Schema file, and comes back byte for byte."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from sluicegate_schemas import strict_json
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.checkpoint_decided import CheckpointDecided
from sluicegate_schemas.envelope import ce_type, read
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.generate import FOLDER, examples, models
from sluicegate_schemas.payload import digest, encode
from sluicegate_schemas.signature import read_key_set, verify
from tests.contracts import examples as committed


def as_record(event: str, data: object) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    return json.dumps(data).encode(), (("ce_specversion", b"1.0"), ("ce_type", ce_type(event).encode()))


def validator(event: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(committed.committed_schema(event), validate_formats=True)


@pytest.mark.parametrize("event", models())
def test_an_event_has_several_valid_and_invalid_examples(event: str) -> None:
    minimum = {"checkpoint-recorded": 1}.get(event, 2)
    assert len(examples(event)) >= minimum
    assert len(list((FOLDER / "examples" / event / "invalid").glob("*.json"))) >= minimum


@pytest.mark.parametrize(("event", "path"), committed.valid())
def test_a_valid_example_satisfies_the_model_and_the_schema_file(event: str, path: Path) -> None:
    data = committed.read(path)
    value, headers = as_record(event, data)
    received = read(models()[event], value, headers)
    assert json.loads(received.data.to_json()) == data
    assert list(validator(event).iter_errors(data)) == []


@pytest.mark.parametrize(("event", "path"), committed.invalid())
def test_an_invalid_example_fails_both_with_its_code_and_its_place(event: str, path: Path) -> None:
    example = committed.read(path)
    value, headers = as_record(event, example["data"])
    with pytest.raises(MalformedRecord) as refused:
        read(models()[event], value, headers)
    assert refused.value.code == example["code"]
    assert f"{example['at']}:" in refused.value.reason or f"{example['at']}/" in refused.value.reason
    if path.stem != "run-at-out-of-range":  # a valid date-time that UTC can't hold
        assert list(validator(event).iter_errors(example["data"])) != []


@pytest.mark.parametrize(("event", "path"), committed.valid())
def test_a_reader_ignores_fields_that_it_does_not_know(event: str, path: Path) -> None:
    data = committed.read(path)
    value, headers = as_record(event, data | {"addedLater": {"by": "a newer writer"}})
    assert json.loads(read(models()[event], value, headers).data.to_json()) == data
    assert list(validator(event).iter_errors(data | {"addedLater": 1})) == []


@pytest.mark.parametrize("path", examples("checkpoint-created"), ids=lambda path: path.stem)
def test_the_payload_of_an_ask_is_in_the_one_encoding_and_has_the_digest(path: Path) -> None:
    ask = CheckpointCreated.model_validate_json(path.read_bytes())
    assert encode(strict_json.read(ask.payload.encode())) == ask.payload.encode()
    assert digest(ask.payload.encode()) == ask.payload_digest


@pytest.mark.parametrize("path", examples("checkpoint-decided"), ids=lambda path: path.stem)
def test_an_example_decision_is_signed_by_the_example_key(path: Path) -> None:
    decision = CheckpointDecided.model_validate_json(path.read_bytes())
    signed = verify(decision, read_key_set(FOLDER / "examples" / "decision-keys.json"))
    assert signed.model_dump() == {name: getattr(decision, name) for name in type(signed).model_fields}
