"""No pod of the chart is ever without a NetworkPolicy, or without what it needs of the network."""

import pytest

from tests.deploy.policies import egress, isolated
from tests.deploy.rendered import SETS, Manifest, manifests

HOOK, WEIGHT = "helm.sh/hook", "helm.sh/hook-weight"
PORTS: dict[str, dict[str, tuple[int, ...]]] = {
    "minimal": {"postgresql": (5432,), "kafka": (9092,)},
    "strict": {"postgresql": (5432, 6432), "kafka": (9094,)},
}
"""As the sets of values say; neither names telemetry, or anything for handlers."""
NEEDS = {
    "api": {"postgresql", "kafka"},
    "checkpoint-svc": {"postgresql", "kafka"},
    "worker": {"postgresql", "kafka"},
    "insights": {"kafka"},
    "migrate-api": {"postgresql"},
    "migrate-checkpoint-svc": {"postgresql"},
    "migrate-worker": {"postgresql"},
    "topics": {"kafka"},
}
"""By component: whom it calls, beside DNS."""


def annotations(manifest: Manifest) -> dict[str, str]:
    return manifest["metadata"].get("annotations") or {}


def workloads(values: str) -> list[Manifest]:
    """All that has pods."""
    return [each for each in manifests(values) if each["kind"] in ("Deployment", "Job")]


def policies_before(workload: Manifest, values: str) -> list[Manifest]:
    """Those that are there when its pods start, also the first time: before a hook, only hooks."""
    policies = [each for each in manifests(values) if each["kind"] == "NetworkPolicy"]
    its = annotations(workload)
    if HOOK not in its:
        return [each for each in policies if HOOK not in annotations(each)]
    return [
        policy
        for policy in policies
        if (found := annotations(policy)).get(HOOK) == its[HOOK] and int(found[WEIGHT]) < int(its.get(WEIGHT, 0))
    ]


@pytest.mark.parametrize("values", SETS)
def test_every_pod_is_isolated_before_it_starts(values: str) -> None:
    for workload in workloads(values):
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert isolated(policies_before(workload, values), labels) == {"Ingress", "Egress"}, labels


@pytest.mark.parametrize("values", PORTS)
def test_a_pod_reaches_what_it_needs_and_nothing_else(values: str) -> None:
    for workload in workloads(values):
        template = workload["spec"]["template"]
        rules = egress(policies_before(workload, values), template["metadata"]["labels"])
        needed = NEEDS[workload["metadata"]["labels"]["app.kubernetes.io/component"]]
        expected = [(53, 53), *(PORTS[values][each] for each in needed)]
        assert sorted(tuple(port["port"] for port in rule["ports"]) for rule in rules) == sorted(expected)
