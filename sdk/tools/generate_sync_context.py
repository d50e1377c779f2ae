"""Generates `sync_context.py` from `context.py`: the same methods for handlers that are plain functions.

python sdk/tools/generate_sync_context.py [--check]
"""

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "sluicegate"
SOURCE, TARGET = PACKAGE / "context.py", PACKAGE / "sync_context.py"

RENAMED = {
    SOURCE.read_text().splitlines()[0]: (
        '"""What a plain `def` handler talks to. Generated from `context.py` by `sdk/tools`: change that."""'
    ),
    "class JobContext(": "class SyncJobContext(",
    "as an `async def` handler": "as a plain `def` handler",
    "import Awaitable, Callable, Mapping, Sequence": "import Awaitable, Callable, Coroutine, Mapping, Sequence",
    "from sluicegate.awaiting import Calls, awaited\n": "",
    "    @awaited\n": "",
    "        self._calls = calls\n": "",
    "def __init__(self, facts: RunFacts, replay: Replay, calls: Calls) -> None:": (
        "def __init__(self, facts: RunFacts, replay: Replay, wait: Wait) -> None:"
    ),
    "        self._replay = replay\n": "        self._replay = replay\n        self._wait = wait\n",
    'T = TypeVar("T")\n': (
        'T = TypeVar("T")\n\n\nclass Wait(Protocol):\n'
        '    """Blocks the calling thread until the event loop has done the work."""\n\n'
        "    def __call__(self, work: Coroutine[Any, Any, T], /) -> T: ...\n"
    ),
    "ParamSpec, TypeVar, overload": "ParamSpec, Protocol, TypeVar, overload",
}


def generate() -> str:
    """The text of `sync_context.py`."""
    text = SOURCE.read_text()
    for old, new in RENAMED.items():
        if old not in text:
            raise SystemExit(f"{SOURCE} no longer holds {old!r}")
        text = text.replace(old, new)
    text = text.replace("async def ", "def ")
    text = re.sub(r"await (self\._replay\..+)$", r"self._wait(\1)", text, flags=re.MULTILINE)
    return re.sub(r"await (self\._\w+\()", r"\1", text)


def main() -> None:
    text = generate()
    if "--check" not in sys.argv:
        TARGET.write_text(text)
    elif TARGET.read_text() != text:
        raise SystemExit(f"{TARGET.name} is not what context.py gives; run python {sys.argv[0]}")


if __name__ == "__main__":
    main()
