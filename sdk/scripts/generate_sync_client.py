"""Writes the sync client from the async one: `python sdk/scripts/generate_sync_client.py [--check]`."""

import re
import subprocess
import sys
from pathlib import Path

CLIENT = Path(__file__).parents[1] / "src" / "sluicegate" / "client"
SOURCE, TARGET = CLIENT / "_async", CLIENT / "_sync"

_REPLACEMENTS = (
    (r"\basyncio\b", "time"),
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"Awaitable\[None\]", "None"),
    (r"\bAwaitable, ", ""),
    (r"\bhttpx\.AsyncBaseTransport\b", "httpx.BaseTransport"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\b__a(enter|exit)__\b", r"__\1__"),
    (r"\baclose\b", "close"),
    (r"\b_async\b", "_sync"),
    (r"\[(\w+) for \1 in (\w+)\]", r"list(\2)"),
)
_NOTE = "# Generated from {source} by sdk/scripts/generate_sync_client.py; change that one.\n"
_PACKAGE = '"""The client for code without an event loop, generated from `_async`."""\n'


def twin(source: Path) -> str:
    """What the sync twin of `source` holds."""
    text = source.read_text()
    for pattern, replacement in _REPLACEMENTS:
        text = re.sub(pattern, replacement, text)
    note = _NOTE.format(source=f"_async/{source.name}")
    return _tidy(_PACKAGE + note if source.name == "__init__.py" else note + text)


def drift() -> list[str]:
    """The names of files in `_sync` that are not what `_async` says, missing and left-over ones included."""
    wanted = {source.name: twin(source) for source in SOURCE.glob("*.py")}
    found = {target.name: target.read_text() for target in TARGET.glob("*.py")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def write() -> None:
    """Brings `_sync` in line with `_async`."""
    TARGET.mkdir(exist_ok=True)
    for name in drift():
        source = SOURCE / name
        if source.exists():
            (TARGET / name).write_text(twin(source))
        else:
            (TARGET / name).unlink()


def _tidy(text: str) -> str:
    for command in (["check", "--quiet", "--fix", "--unsafe-fixes", "--select", "I,F401,UP028"], ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(TARGET / "twin.py"), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout
    return text


if __name__ == "__main__":
    if "--check" not in sys.argv[1:]:
        write()
    elif stale := drift():
        sys.exit(f"{', '.join(stale)} in {TARGET}: not what _async says; run {__file__}")
