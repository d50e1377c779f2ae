"""The chart on a real apiserver: all is admitted, nothing is warned about; an install, an upgrade, a rollback and an
uninstall are clean."""

import re
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest
import yaml

from tests.cluster.apiserver import REPOSITORY, Cluster, Manifest, Refused
from tests.deploy.policies import isolated
from tests.deploy.rendered import CHART, SETS, manifests
from tests.support.waiting import eventually

pytestmark = pytest.mark.cluster
RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
DEPLOYMENTS = "/apis/apps/v1/namespaces/sluicegate/deployments"
POLICIES = "/apis/networking.k8s.io/v1/namespaces/sluicegate/networkpolicies"
FULL = (str(CHART), "--values", str(CHART / "ci" / "full-values.yaml"))
HOOKS = [f"sluicegate-{name}" for name in ("migrate-api", "migrate-checkpoint-svc", "migrate-worker", "topics")]
ISOLATED_HOOKS = {name: {"Ingress", "Egress"} for name in HOOKS}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """With KEDA's and the Prometheus operator's definitions, and a namespace that takes restricted pods alone."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as running:
        for file in _said("dev/crd-files"):
            running.define(yaml.safe_load(Path(file).read_text()))
        for name in ("sluicegate", *SETS):
            running.create(_object("v1", "Namespace", name, labels=RESTRICTED))
        running.create({**_object("scheduling.k8s.io/v1", "PriorityClass", "services"), "value": 1000})
        yield running


@pytest.mark.parametrize("values", SETS)
def test_every_object_is_admitted_without_a_warning(cluster: Cluster, values: str) -> None:
    for manifest in manifests(values):
        manifest["metadata"]["namespace"] = values
        cluster.create(manifest, namespace=values, dry=True)


@pytest.mark.parametrize("values", SETS)
def test_every_pod_is_admitted_where_restricted_ones_are(cluster: Cluster, values: str) -> None:
    pods = [_pod(manifest) for manifest in manifests(values) if manifest["kind"] in ("Deployment", "Job")]
    assert len(pods) == {"minimal": 7}.get(values, 8)
    for pod in pods:
        cluster.create(pod, namespace=values, dry=True)


def test_what_is_wrong_is_refused(cluster: Cluster) -> None:
    """Else the two tests before this one would show nothing: a field that does not exist, one that lacks in a rule for
    Prometheus, a pod with privileges."""
    (deployment, *_) = (each for each in manifests("minimal") if each["kind"] == "Deployment")
    (rules,) = (each for each in manifests("strict") if each["kind"] == "PrometheusRule")
    misspelt, mighty = deepcopy(deployment), _pod(deepcopy(deployment))
    misspelt["metadata"]["namespace"] = "minimal"
    misspelt["spec"]["replica"] = 2
    mighty["spec"]["containers"][0]["securityContext"]["privileged"] = True
    del mighty["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"]
    rules["metadata"]["namespace"] = "minimal"
    del rules["spec"]["groups"][0]["rules"][0]["expr"]
    for broken in (misspelt, rules, mighty):
        with pytest.raises(Refused):
            cluster.create(broken, namespace="minimal", dry=True)


def test_an_install_an_upgrade_a_rollback_and_an_uninstall_are_clean(cluster: Cluster) -> None:
    assert _helm(cluster, "install", "sluicegate", *FULL) == ISOLATED_HOOKS
    installed = _specs(cluster)
    assert installed.keys() == {f"sluicegate-{service}" for service in ("api", "checkpoint-svc", "insights", "worker")}
    _assert_hooks_are_gone(cluster)

    upgrade = ("--set", "image.tag=0.2.0,api.replicas=5")
    assert _helm(cluster, "upgrade", "sluicegate", *FULL, *upgrade) == ISOLATED_HOOKS
    upgraded = _specs(cluster)
    assert upgraded["sluicegate-api"]["replicas"] == 5
    assert upgraded["sluicegate-api"]["template"]["spec"]["containers"][0]["image"].endswith("sluicegate-api:0.2.0")
    _assert_hooks_are_gone(cluster)

    assert _helm(cluster, "rollback", "sluicegate", "1") == {}
    assert _specs(cluster) == installed

    assert _helm(cluster, "uninstall", "sluicegate") == {}
    left = [each["kind"] for each in manifests("full") if cluster.has(each, "sluicegate")]
    assert left == ["PersistentVolumeClaim"]


def test_a_hook_that_fails_leaves_the_services_as_they_are_and_its_job_to_be_read(cluster: Cluster) -> None:
    _helm(cluster, "install", "sluicegate", *FULL)
    installed = _specs(cluster)
    with pytest.raises(AssertionError, match="pre-upgrade hooks failed"):
        _helm(cluster, "upgrade", "sluicegate", *FULL, "--set", "api.replicas=5", jobs_end_well=False)
    assert _specs(cluster) == installed
    left = [each["kind"] for each in _hooks() if cluster.has(each, "sluicegate")]
    assert left == ["Job"]

    _helm(cluster, "upgrade", "sluicegate", *FULL)
    _assert_hooks_are_gone(cluster)
    _helm(cluster, "uninstall", "sluicegate")


def test_a_warning_is_not_overlooked(cluster: Cluster) -> None:
    twice = '[{"name": "TWICE", "value": "1"}, {"name": "TWICE", "value": "2"}]'
    values = ("--values", str(CHART / "ci" / "minimal-values.yaml"), "--set-json", f"worker.handlerEnv={twice}")
    with pytest.raises(AssertionError, match="hides previous definition"):
        _helm(cluster, "install", "warned", str(CHART), *values)


def _helm(cluster: Cluster, *command: str, jobs_end_well: bool = True) -> dict[str, set[str]]:
    """Runs Helm and does meanwhile what the Job controller would do for its hooks.

    Returns the hooks that ran, each with the directions in which a NetworkPolicy isolated its pods while they did.
    """
    helm = _said("dev/go-tool", "helm")[0]
    options = ("--kubeconfig", str(cluster.kubeconfig), "--namespace", "sluicegate", "--timeout", "60s")
    hooks: dict[str, set[str]] = {}
    with Popen([helm, *command, *options], stdout=PIPE, stderr=PIPE, text=True) as process:

        def ended() -> bool:
            for job in cluster.unfinished_jobs("sluicegate"):
                # Helm waits for the job: what comes after it is not here yet.
                labels = job["spec"]["template"]["metadata"]["labels"]
                hooks[job["metadata"]["name"]] = isolated(cluster.get(POLICIES)["items"], labels)
                cluster.end(job, well=jobs_end_well)
            return process.poll() is not None

        eventually(ended, f"helm {command[0]} has ended", within_seconds=90, every_seconds=0.5)
        output, said = process.communicate()
    assert process.returncode == 0, said
    assert re.search(r"^[WE]\d{4}|warning", said, re.IGNORECASE | re.MULTILINE) is None, said
    assert re.search(r"STATUS: deployed|Rollback was a success|uninstalled", output)
    return hooks


def _assert_hooks_are_gone(cluster: Cluster) -> None:
    assert [each["metadata"]["name"] for each in _hooks() if cluster.has(each, "sluicegate")] == []


def _hooks() -> list[Manifest]:
    hooks = [each for each in manifests("full") if "helm.sh/hook" in (each["metadata"].get("annotations") or {})]
    assert {each["kind"] for each in hooks} == {"Job", "NetworkPolicy"}
    return hooks


def _said(*command: str) -> list[str]:
    """The lines that a script of dev/ prints."""
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def _specs(cluster: Cluster) -> dict[str, Any]:
    return {each["metadata"]["name"]: each["spec"] for each in cluster.get(DEPLOYMENTS)["items"]}


def _pod(workload: Manifest) -> Manifest:
    template = workload["spec"]["template"]
    return {**_object("v1", "Pod", workload["metadata"]["name"], **template["metadata"]), "spec": template["spec"]}


def _object(version: str, kind: str, name: str, **metadata: Any) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **metadata}}
