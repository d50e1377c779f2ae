"""Finds the handler modules that the person names, and notices when their files change."""

import importlib.util
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from sluicegate_dev.errors import DevError

SAMPLES = "sluicegate_handlers"


class NoSuchHandlers(DevError):
    """A name in HANDLERS is no module that can be found."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What the worker loads, where Python finds it, and what to watch."""

    modules: tuple[str, ...]
    python_path: tuple[Path, ...]
    watched: tuple[Path, ...]

    def settings(self) -> dict[str, str]:
        """The worker's environment variables for them."""
        inherited = os.environ.get("PYTHONPATH")
        python_path = [str(folder) for folder in self.python_path] + ([inherited] if inherited else [])
        return {
            "SLUICEGATE_HANDLERS": ",".join(self.modules),
            **({"PYTHONPATH": os.pathsep.join(python_path)} if python_path else {}),
        }


def find_handlers(names: str, folders: Sequence[Path]) -> Handlers:
    """`names`: comma-separated modules, or paths of a `.py` file or package folder. The samples are always loaded, too.

    A module is looked for where this Python finds modules, then in `folders` and in the `src` below each.

    Raises:
        NoSuchHandlers: says where it looked.
    """
    modules, python_path, watched = [SAMPLES], [], []
    for name in (word.strip() for word in names.split(",")):
        if not name or name == SAMPLES:
            continue
        module, folder, place = _find(name, folders)
        modules.append(module)
        watched.append(place)
        if folder is not None:
            python_path.append(folder)
    return Handlers(tuple(modules), tuple(dict.fromkeys(python_path)), tuple(watched))


def _find(name: str, folders: Sequence[Path]) -> tuple[str, Path | None, Path]:
    given = Path(name).resolve()
    if name.endswith(".py") or "/" in name:
        if not given.exists():
            raise NoSuchHandlers(f"HANDLERS names {name}, and there is no such file or folder.")
        return given.stem, given.parent, given
    top = name.partition(".")[0]
    installed = importlib.util.find_spec(top)
    if installed is not None and installed.origin is not None:
        return name, None, _place(Path(installed.origin))
    for folder in (place for base in folders for place in (base, base / "src")):
        spec = PathFinder.find_spec(top, [str(folder)])
        if spec is not None and spec.origin is not None:
            return name, folder.resolve(), _place(Path(spec.origin))
    looked = ", ".join(str(folder) for folder in folders)
    raise NoSuchHandlers(
        f"HANDLERS names the module {name}, which is neither installed in {sys.prefix} nor found in {looked}. "
        "A path works, too: HANDLERS=path/to/my_jobs.py"
    )


def _place(origin: Path) -> Path:
    return origin.parent if origin.name == "__init__.py" else origin
