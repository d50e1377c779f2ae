"""`.sluicegate/dev.json`: what a client, a test or the command line needs to find this system."""

import json
import os

from sluicegate_dev.folder import DevFolder, write_private
from sluicegate_dev.house import House


def write_dev_file(folder: DevFolder, house: House, origin: str) -> None:
    """Replaces it; it holds keys and passwords and is readable by its owner alone."""
    databases = {name.removesuffix("-svc"): url for name, url in house.database_urls.items()}
    content = {
        "origin": origin,
        "bootstrapServers": house.kafka.bootstrap_servers,
        "databases": databases,
        "apiKeys": house.keys.api_keys,
        "workspace": str(house.workspace),
        "pids": {"dev": os.getpid(), **folder.pids},
    }
    write_private(folder.dev_file, json.dumps(content, indent=2) + "\n")
