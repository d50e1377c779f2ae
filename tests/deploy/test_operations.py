"""What docs/operations.md has somebody type makes what the services read."""

import json
import re
import subprocess
from pathlib import Path

from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.roles import Role
from sluicegate_kit.private_key import read_private_key
from sluicegate_schemas.signature import read_key_set
from tests.deploy.rendered import REPOSITORY

BLOCKS = re.findall(r"^```sh\n(.*?)^```", (REPOSITORY / "docs" / "operations.md").read_text(), re.DOTALL | re.MULTILINE)
KUBECTL = 'kubectl() { printf "%s\\n" "$@" >kubectl; }\n'
"""Only notes what it is told."""


def typed(word: str, folder: Path) -> str:
    """What the block with this word in it prints, when it is typed there."""
    (block,) = (block for block in BLOCKS if word in block)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", KUBECTL + block], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def test_the_keys_belong_together(tmp_path: Path) -> None:
    typed("genpkey", tmp_path)
    for use in ("decision", "session"):
        private = read_private_key(tmp_path / f"{use}-key.pem")
        assert read_key_set(tmp_path / f"{use}-keys.json") == {f"{use}-1": private.public_key()}
    assert len((tmp_path / "mac.key").read_bytes().strip()) == 64
    assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}


def test_the_autoscaler_is_a_viewer(tmp_path: Path) -> None:
    identity = json.loads(typed("sg_keda_", tmp_path))
    keys_file = tmp_path / "identities.json"
    keys_file.write_text(json.dumps({"identities": [identity]}))
    (argument,) = (each for each in (tmp_path / "kubectl").read_text().split() if "api-key=" in each)
    caller = Identities.from_file(keys_file).recognise(f"Bearer {argument.removeprefix('--from-literal=api-key=')}")
    assert (caller.name, set(caller.roles)) == ("keda", {Role.VIEWER})
