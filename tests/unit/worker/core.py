"""The worker's pure core as one value, as it is or as a copy of its source with a seeded bug."""

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import sluicegate_worker.domain as domain

SOURCE = Path(domain.__file__).parent


@dataclass(frozen=True)
class Core:
    """The modules that the model drives. Untyped on purpose: a seeded copy has classes of its own."""

    package: str

    def __getattr__(self, module: str) -> Any:
        return importlib.import_module(f"{self.package}.{module}")


REAL = Core("sluicegate_worker.domain")


def seeded(folder: Path, name: str, module: str, old: str, new: str) -> Core:
    """A copy of the core in which `old` in one module reads `new`. The text must be there exactly once."""
    package = folder / name
    package.mkdir()
    for path in SOURCE.glob("*.py"):
        text = path.read_text()
        if path.stem == module:
            assert text.count(old) == 1, f"the seed no longer fits {module}: {old!r}"
            text = text.replace(old, new)
        (package / path.name).write_text(text.replace("sluicegate_worker.domain", name))
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        loaded: ModuleType = importlib.import_module(f"{name}.machine")
    finally:
        sys.path.remove(str(folder))
    assert loaded.__name__ == f"{name}.machine"
    return Core(name)
