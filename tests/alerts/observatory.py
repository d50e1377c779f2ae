"""A real Prometheus and Alertmanager that watch a stack, with the rules of deploy/ made impatient."""

import re
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import yaml

from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.processes import Child
from tests.alerts.expressions import RULES
from tests.support.plain_http import NO_CERTIFICATES
from tests.support.requirements import lacking
from tests.support.stack import Stack
from tests.support.waiting import eventually

WINDOW = "20s"
SHORTER: Mapping[str, str] = {
    r"for: \w+": "for: 1s",
    r"\[\d+m\]": f"[{WINDOW}]",
    r"(oldest_ready_seconds\)) > 300": r"\1 > 5",
    r"(decided\.v1\"\}\)) > 120": r"\1 > 5",
    r"(decided\.v1\"\}\)) > 300": r"\1 > 15",
    r"(stalled_seconds\)) > 60": r"\1 > 8",
}
"""What would take minutes takes seconds; nothing else of the rules is touched."""


class Observatory:
    """Both processes. A context manager."""

    def __init__(self, folder: Path, stack: Stack) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._stack = stack
        self._ports = {name: free_port() for name in ("prometheus", "alertmanager")}
        self._gossip = free_port()
        self._children: list[Child] = []

    def __enter__(self) -> "Observatory":
        self._start("prometheus-alertmanager", *self._alertmanager())
        self._start("prometheus", *self._prometheus())
        for name in self._ports:
            eventually(partial(self._answers, name), f"{name} answers", within_seconds=60)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for child in self._children:
            child.stop()

    def query(self, expr: str) -> list[dict[str, Any]]:
        """What an expression gives now, in Grafana's words too."""
        expr = expr.replace("$__rate_interval", WINDOW).replace("$namespace", ".*")
        answer = self._get("prometheus", "/api/v1/query", query=expr)
        assert answer["status"] == "success", answer
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def firing(self) -> set[str]:
        """The alerts that Alertmanager has been told of and not told the end of."""
        return {alert["labels"]["alertname"] for alert in self._get("alertmanager", "/api/v2/alerts", active="true")}

    def wait_for(self, *names: str) -> None:
        """Until all of them fire."""
        eventually(lambda: self.firing() >= set(names), f"{names} fire", within_seconds=90, every_seconds=0.5)

    def wait_for_end_of(self, *names: str) -> None:
        """Until none of them does."""
        eventually(lambda: not self.firing() & set(names), f"{names} end", within_seconds=120, every_seconds=0.5)

    def _get(self, name: str, path: str, **params: str) -> Any:
        url = f"http://{LOOPBACK}:{self._ports[name]}{path}"
        with httpx.Client(trust_env=False, verify=NO_CERTIFICATES, timeout=10) as client:
            return client.get(url, params=params).raise_for_status().json()

    def _answers(self, name: str) -> bool:
        try:
            url = f"http://{LOOPBACK}:{self._ports[name]}/-/ready"
            with httpx.Client(trust_env=False, verify=NO_CERTIFICATES) as client:
                return client.get(url).status_code == 200
        except httpx.TransportError:
            return False

    def _start(self, program: str, *arguments: str) -> None:
        found = shutil.which(program)
        if found is None:
            lacking("promtool", f"{program} is not installed: make prometheus")
        self._children.append(Child(program, [found, *arguments], log=self._folder / f"{program}.log"))

    def _alertmanager(self) -> list[str]:
        config = self._write("alertmanager.yml", {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]})
        return [
            f"--config.file={config}",
            f"--storage.path={self._folder / 'alertmanager'}",
            f"--web.listen-address={LOOPBACK}:{self._ports['alertmanager']}",
            f"--cluster.listen-address={LOOPBACK}:{self._gossip}",
        ]

    def _prometheus(self) -> list[str]:
        rules = self._folder / "rules.yml"
        rules.write_text(impatient(RULES.read_text()))
        config = self._write(
            "prometheus.yml",
            {
                "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
                "rule_files": [str(rules)],
                "alerting": {"alertmanagers": [_targets(f"{LOOPBACK}:{self._ports['alertmanager']}")]},
                "scrape_configs": self._scrapes(),
            },
        )
        return [
            f"--config.file={config}",
            f"--storage.tsdb.path={self._folder / 'prometheus'}",
            f"--web.listen-address={LOOPBACK}:{self._ports['prometheus']}",
        ]

    def _scrapes(self) -> list[dict[str, Any]]:
        internal = [
            {"job_name": name, **_targets(*(f"{LOOPBACK}:{replica.internal_port}" for replica in replicas))}
            for name, replicas in self._stack.replicas.items()
        ]
        public = {
            "job_name": "api-figures",
            "metrics_path": "/api/metrics",
            "authorization": {"credentials": self._stack.keys.api_keys["admin"]},
            **_targets(f"{LOOPBACK}:{self._stack.api.port}"),
        }
        return [*internal, public]

    def _write(self, name: str, content: dict[str, Any]) -> Path:
        path = self._folder / name
        path.write_text(yaml.safe_dump(content))
        return path


def impatient(rules: str) -> str:
    """The rules with shorter waits; each substitution must find something."""
    for pattern, shorter in SHORTER.items():
        rules, found = re.subn(pattern, shorter, rules)
        assert found, pattern
    return rules


def _targets(*addresses: str) -> dict[str, Any]:
    return {"static_configs": [{"targets": list(addresses)}]}
