"""Makes what docker-compose.yml must be told: a folder of keys, and passwords in an env file."""

import hashlib
import json
import secrets
from pathlib import Path

from sluicegate_dev.folder import write_private
from sluicegate_dev.keys import DECISION_KEY_ID, SESSION_KEY_ID, Keys, make_keys

PASSWORDS = (
    "POSTGRES_PASSWORD",
    "API_DATABASE_PASSWORD",
    "CHECKPOINT_DATABASE_PASSWORD",
    "WORKER_DATABASE_PASSWORD",
    "GRAFANA_PASSWORD",
)
PROMETHEUS_KEY = "prometheus.key"


def make_compose_secrets(env_file: Path, folder: Path) -> Keys:
    """The keys in `folder`, and a line for each variable in `env_file`; what is there already stays as it is.

    The file names `folder` as given: a relative path is relative to docker-compose.yml.
    """
    keys = make_keys(folder)
    _introduce_prometheus(keys)
    _let_containers_read(keys)
    wanted = {
        "SECRETS": str(folder),
        "DECISION_KEY_ID": DECISION_KEY_ID,
        "SESSION_KEY_ID": SESSION_KEY_ID,
        **{name: secrets.token_hex(24) for name in PASSWORDS},
    }
    lines = env_file.read_text().splitlines() if env_file.exists() else []
    known = {line.partition("=")[0] for line in lines}
    lines += [f"{name}={value}" for name, value in wanted.items() if name not in known]
    write_private(env_file, "".join(f"{line}\n" for line in lines))
    return keys


def _introduce_prometheus(keys: Keys) -> None:
    """A machine that may read the api's figures, and its key in a file."""
    file = keys.folder / PROMETHEUS_KEY
    if file.exists():
        return
    secret = secrets.token_urlsafe(32)
    key = {"id": "prometheus", "sha256": hashlib.sha256(secret.encode()).hexdigest(), "expiresAt": None}
    known = json.loads(keys.identities.read_text())
    known["identities"].append({"name": "prometheus", "person": False, "roles": ["viewer"], "keys": [key]})
    write_private(keys.identities, json.dumps(known, indent=2) + "\n")
    write_private(file, f"sg_prometheus_{secret}")


def _let_containers_read(keys: Keys) -> None:
    # A container sees single files, under another user; on this machine their folder keeps everybody else out.
    for file in (
        keys.decision_key,
        keys.decision_key_set,
        keys.session_key,
        keys.session_key_set,
        keys.mac_key,
        keys.identities,
        keys.folder / PROMETHEUS_KEY,
    ):
        file.chmod(0o444)
