"""The chart on a real apiserver: all is admitted, nothing is warned about, an upgrade and a rollback are clean."""

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
from tests.deploy.rendered import CHART, SETS, manifests
from tests.support.waiting import eventually

pytestmark = pytest.mark.cluster
RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
DEPLOYMENTS = "/apis/apps/v1/namespaces/sluicegate/deployments"


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
    assert len(pods) == 6
    for pod in pods:
        cluster.create(pod, namespace=values, dry=True)


def test_a_field_that_does_not_exist_and_a_pod_with_privileges_are_refused(cluster: Cluster) -> None:
    """Else the two tests before this one would show nothing."""
    (deployment, *_) = (each for each in manifests("minimal") if each["kind"] == "Deployment")
    misspelt, mighty = deepcopy(deployment), _pod(deepcopy(deployment))
    misspelt["metadata"]["namespace"] = "minimal"
    misspelt["spec"]["replica"] = 2
    mighty["spec"]["containers"][0]["securityContext"]["privileged"] = True
    del mighty["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"]
    for broken in (misspelt, mighty):
        with pytest.raises(Refused):
            cluster.create(broken, namespace="minimal", dry=True)


def test_an_upgrade_and_a_rollback_are_clean(cluster: Cluster) -> None:
    full = ("--values", str(CHART / "ci" / "full-values.yaml"))
    _helm(cluster, "install", "sluicegate", str(CHART), *full)
    installed = _specs(cluster)
    assert installed.keys() == {"sluicegate-api", "sluicegate-checkpoint-svc", "sluicegate-worker"}

    _helm(cluster, "upgrade", "sluicegate", str(CHART), *full, "--set", "image.tag=0.2.0,api.replicas=5")
    upgraded = _specs(cluster)
    assert upgraded["sluicegate-api"]["replicas"] == 5
    assert upgraded["sluicegate-api"]["template"]["spec"]["containers"][0]["image"].endswith("sluicegate-api:0.2.0")

    _helm(cluster, "rollback", "sluicegate", "1")
    assert _specs(cluster) == installed


def test_a_warning_is_not_overlooked(cluster: Cluster) -> None:
    twice = '[{"name": "TWICE", "value": "1"}, {"name": "TWICE", "value": "2"}]'
    values = ("--values", str(CHART / "ci" / "minimal-values.yaml"), "--set-json", f"worker.handlerEnv={twice}")
    with pytest.raises(AssertionError, match="hides previous definition"):
        _helm(cluster, "install", "warned", str(CHART), *values)


def _helm(cluster: Cluster, *command: str) -> None:
    """Runs Helm and does meanwhile what the Job controller would do for its hooks."""
    helm = _said("dev/go-tool", "helm")[0]
    options = ("--kubeconfig", str(cluster.kubeconfig), "--namespace", "sluicegate", "--timeout", "60s")
    with Popen([helm, *command, *options], stdout=PIPE, stderr=PIPE, text=True) as process:

        def ended() -> bool:
            cluster.complete_jobs("sluicegate")
            return process.poll() is not None

        eventually(ended, f"helm {command[0]} has ended", within_seconds=90, every_seconds=0.5)
        output, said = process.communicate()
    assert process.returncode == 0, said
    assert re.search(r"^[WE]\d{4}|warning", said, re.IGNORECASE | re.MULTILINE) is None, said
    assert "STATUS: deployed" in output or "Rollback was a success" in output


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
