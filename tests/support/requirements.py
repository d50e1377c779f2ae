"""What to do when the machine lacks something that a test needs."""

import os
from typing import NoReturn

import pytest


def lacking(name: str, reason: str) -> NoReturn:
    """Skips the test and says why; fails it when `SLUICEGATE_REQUIRE` (comma-separated) names what is lacking."""
    required = os.environ.get("SLUICEGATE_REQUIRE", "").split(",")
    if name in (word.strip() for word in required):
        pytest.fail(f"SLUICEGATE_REQUIRE names {name!r}, which can't be had here: {reason}", pytrace=False)
    pytest.skip(f"needs {name}: {reason}")
