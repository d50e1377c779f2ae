"""Finds Chromium, or a browser of its kind."""

import os
import shutil
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # tests run as root where nothing else would let them
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--force-color-profile=srgb",
)


def find_chromium(of_playwright: str) -> Path | None:
    """The one that SLUICEGATE_CHROMIUM names, the system's, or the one that `playwright install` has put there."""
    named = os.environ.get("SLUICEGATE_CHROMIUM")
    if named:
        return Path(named)
    for name in _NAMES:
        if (found := shutil.which(name)) is not None:
            return Path(found)
    return Path(of_playwright) if Path(of_playwright).exists() else None
