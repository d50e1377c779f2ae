"""Which characters a reader is told of."""

import pytest

from sluicegate_schemas.misleading import misleads


@pytest.mark.parametrize(
    "character",
    list("\0\t\n\r\x1b\x7f\x85\xa0\xad\u034f\u061c\u115f\u180e\u200b\u200d\u200f\u202e\u2028\u2066\u2800\u3000\u3164")
    + list("\ufe0f\ufeff\uffa0\ue000\U000e0041\U000e0100\u0378"),
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_is_not_seen_or_moves_others_misleads(character: str) -> None:
    assert misleads(character)


@pytest.mark.parametrize("character", list(" ~aZ0é世אع¡€→😀\u0301"))
def test_what_is_seen_does_not(character: str) -> None:
    assert not misleads(character)
