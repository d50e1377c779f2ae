"""The lines that the person at the terminal sees."""

import json
import sys
import time
from pathlib import Path

_SAME_AGAIN_SECONDS = 10
"""A line that keeps coming is shown once, until it has been quiet for so long."""
_LOUD = frozenset({"warning", "error", "critical"})
_DETAIL_CHARACTERS = 150
_IN_OTHER_WORDS = {"log lost": "the broker has lost its log; what has had no answer is sent again"}
"""What is a mishap in production is usual here: the embedded broker keeps nothing when it ends."""


def say(name: str, text: str) -> None:
    """One short line: who, what."""
    sys.stdout.write(f"{name:<15} {text}\n")
    sys.stdout.flush()


class LogTail:
    """What a service logs from now on, as far as it is worth showing; everything stays in the file."""

    def __init__(self, name: str, log: Path) -> None:
        """`log` may not exist yet."""
        self._name = name
        self._log = log
        self._told: dict[str, float] = {}
        self._position = log.stat().st_size if log.exists() else 0

    def show_new(self) -> None:
        """Shows the warnings and errors that were logged since the last call."""
        if not self._log.exists():
            return
        with self._log.open("rb") as file:
            file.seek(self._position)
            for raw in file:
                if not raw.endswith(b"\n"):
                    break
                self._position += len(raw)
                if (line := short(raw)) is not None and self._is_news(line):
                    say(self._name, line)

    def _is_news(self, line: str) -> bool:
        now = time.monotonic()
        told = self._told.get(line)
        self._told[line] = now
        return told is None or now - told > _SAME_AGAIN_SECONDS


def short(raw: bytes) -> str | None:
    """A log line as it is shown; None for what is not worth showing."""
    try:
        entry = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("level") not in _LOUD:
        return None
    if entry.get("logger") == "librdkafka":
        # It repeats itself every 30 ms while a broker is away; the service says the same once, in its own words.
        return None
    if (calm := _IN_OTHER_WORDS.get(entry.get("event", ""))) is not None:
        return calm
    what = ", ".join(str(entry[name])[:_DETAIL_CHARACTERS] for name in ("job_type", "error") if entry.get(name))
    job = f" (job {entry['job_id']})" if "job_id" in entry else ""
    return f"{entry['level']}: {entry.get('event', '')}{what and f': {what}'}{job}"
