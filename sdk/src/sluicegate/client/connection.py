"""Finds which Sluicegate to call, and as whom."""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sluicegate.client.errors import BadConfiguration, NotConfigured

URL_VARIABLE = "SLUICEGATE_URL"
KEY_VARIABLE = "SLUICEGATE_API_KEY"
DEV_FILE = Path(".sluicegate", "dev.json")


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the HTTP API is, and the key that says who calls."""

    origin: str
    """Scheme, host and port, for example `http://127.0.0.1:8000`."""
    api_key: str = field(repr=False)
    local: bool = False
    """On this machine, so that no proxy stands between."""


def find_connection(
    identity: str | None, *, start: Path, environ: Mapping[str, str], default: str = "submitter"
) -> Connection:
    """`SLUICEGATE_URL` with `SLUICEGATE_API_KEY`; without them, the `.sluicegate/dev.json` nearest above `start`.

    `identity` names one of dev.json's, and asks for dev.json whatever `environ` says. None: the environment may
    decide, and dev.json's `default` serves otherwise. `SLUICEGATE_API_KEY` alone goes with dev.json's address.

    Raises:
        NotConfigured: neither is there.
        BadConfiguration: a half-set environment, an unreadable dev.json, or an identity it does not have.
    """
    url, key = environ.get(URL_VARIABLE), environ.get(KEY_VARIABLE)
    if identity is None and url:
        if not key:
            raise BadConfiguration(f"{URL_VARIABLE} is set without {KEY_VARIABLE}: set it to a key of that service")
        return Connection(_origin(url, URL_VARIABLE), key)
    found = _nearest(start)
    if found is None:
        raise NotConfigured(
            f"no {DEV_FILE} in {start} or above: run `make dev` there, or set {URL_VARIABLE} and {KEY_VARIABLE}"
        )
    return _from_dev_file(found, identity or default, key if identity is None else None)


def _nearest(start: Path) -> Path | None:
    folders = (start, *start.parents)
    return next((folder / DEV_FILE for folder in folders if (folder / DEV_FILE).is_file()), None)


def _from_dev_file(path: Path, identity: str, key: str | None) -> Connection:
    try:
        data = json.loads(path.read_bytes())
        origin, keys = str(data["origin"]), data["apiKeys"]
        if key is None and identity not in keys:
            raise BadConfiguration(f"{path} has no identity {identity!r}; it has {', '.join(sorted(keys))}")
        connection = Connection(_origin(origin, str(path)), key or str(keys[identity]), local=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadConfiguration(f"{path} can't be read ({error!r}): start `make dev` again") from error
    # The file may come with a folder somebody else made; a key never leaves this machine because of it.
    if not _is_loopback(connection.origin):
        raise BadConfiguration(
            f"{path} names {connection.origin}, which is not this machine; set {URL_VARIABLE} instead"
        )
    return connection


def _origin(url: str, source: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadConfiguration(f"{source} is {url!r}: it should look like http://127.0.0.1:8000")
    return url.rstrip("/")


def _is_loopback(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
