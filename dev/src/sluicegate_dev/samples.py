"""Lays the sample inputs out in the workspace, where the sample jobs look for them."""

import shutil
from pathlib import Path


def lay_out_samples(examples: Path, workspace: Path) -> None:
    """Copies `examples/workspace/` over the workspace; what is there already stays as it is."""
    source = examples / "workspace"
    for path in sorted(source.rglob("*")):
        target = workspace / path.relative_to(source)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
