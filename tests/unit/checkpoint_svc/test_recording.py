"""What is refused before it is recorded."""

import pytest

from sluicegate_checkpoint_svc.domain.recording import check, recognise
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.limits import PAYLOAD_BYTES
from tests.unit.checkpoint_svc.examples import created, pending


def refusal(**changes: object) -> str:
    with pytest.raises(MalformedRecord) as refused:
        check(created(**changes))
    return refused.value.code


def test_the_digest_must_be_that_of_the_payload() -> None:
    assert refusal(payload_digest="sha256:" + "0" * 64) == "digest-mismatch"


@pytest.mark.parametrize("payload", ["", "{", '{"a":1,"a":2}', "NaN", "1 2", '"\\u0000"', "[" * 65 + "]" * 65])
def test_the_payload_must_be_strict_json(payload: str) -> None:
    assert refusal(payload=payload) == "payload-not-json"


def test_the_limit_of_a_payload_counts_bytes() -> None:
    fits = '"' + "é" * ((PAYLOAD_BYTES - 2) // 2) + '"'
    assert len(check(created(payload=fits))) == PAYLOAD_BYTES
    assert refusal(payload=fits + " ") == "payload-too-large"


def test_the_payload_is_kept_as_the_bytes_that_it_is() -> None:
    odd = '{ "b" : 1.0,"a":12345678901234567890 }'
    assert check(created(payload=odd)) == odd.encode()


def test_another_payload_under_a_known_id_is_a_conflict() -> None:
    with pytest.raises(MalformedRecord) as refused:
        recognise(pending(), created(payload="2"))
    assert refused.value.code == "checkpoint-id-conflict"


def test_an_info_has_no_deadline_and_waits_for_nobody() -> None:
    info = pending(kind="info", expires_in_seconds=1)
    assert (info.state, info.expires_at) == (State.RECORDED, None)
