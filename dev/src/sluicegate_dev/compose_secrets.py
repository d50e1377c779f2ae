"""Makes what docker-compose.yml must be told: a folder of keys, and passwords in an env file."""

import secrets
from pathlib import Path

from sluicegate_dev.folder import write_private
from sluicegate_dev.keys import DECISION_KEY_ID, SESSION_KEY_ID, Keys, make_keys

PASSWORDS = (
    "POSTGRES_PASSWORD",
    "API_DATABASE_PASSWORD",
    "CHECKPOINT_DATABASE_PASSWORD",
    "WORKER_DATABASE_PASSWORD",
)


def make_compose_secrets(env_file: Path, folder: Path) -> Keys:
    """The keys in `folder`, and a line for each variable in `env_file`; what is there already stays as it is.

    The file names `folder` as given: a relative path is relative to docker-compose.yml.
    """
    keys = make_keys(folder)
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


def _let_containers_read(keys: Keys) -> None:
    # A container sees single files, under another user; on this machine their folder keeps everybody else out.
    for file in (
        keys.decision_key,
        keys.decision_key_set,
        keys.session_key,
        keys.session_key_set,
        keys.mac_key,
        keys.identities,
    ):
        file.chmod(0o444)
