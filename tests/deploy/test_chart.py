"""The chart stands beside what it was made from: the routes, the version, and what it renders."""

import hashlib
import tomllib

import yaml

from sluicegate_dev.routes import Route, read_routes
from tests.alerts.expressions import DASHBOARDS, RULES
from tests.deploy.rendered import CHART, RENDERED, REPOSITORY, SETS, manifest, manifests

MEND = "run `make chart`"


def test_the_routes_are_those_of_every_front_door() -> None:
    assert (CHART / "routes.toml").read_bytes() == (REPOSITORY / "deploy" / "routes.toml").read_bytes(), MEND


def test_the_ingress_sends_each_prefix_to_its_service() -> None:
    (rule,) = manifest("full", "Ingress", "front")["spec"]["rules"]
    paths = rule["http"]["paths"]
    assert {path["path"] for path in paths if path["pathType"] != "Prefix"} == {"/"}, "it would take everything"
    sent = {Route(path["path"], path["backend"]["service"]["name"].removeprefix("sluicegate-")) for path in paths}
    assert sent == set(read_routes(REPOSITORY / "deploy" / "routes.toml"))


def test_the_alerts_are_those_of_every_prometheus() -> None:
    assert (CHART / "alerts.yml").read_bytes() == RULES.read_bytes(), MEND


def test_the_operator_gets_every_rule_with_a_link_that_leads_somewhere() -> None:
    rules = yaml.safe_load(RULES.read_text())
    assert manifest("strict", "PrometheusRule", "alerts")["spec"] == rules
    linked = manifest("full", "PrometheusRule", "alerts")["spec"]
    for group, its in zip(rules["groups"], linked["groups"], strict=True):
        for rule in group["rules"]:
            path, _, entry = rule["annotations"]["runbook_url"].partition("#")
            assert path == "docs/runbook.md"
            rule["annotations"]["runbook_url"] = f"https://git.example.com/sluicegate/docs/runbook.md#{entry}"
        assert its == group


def test_grafana_gets_every_dashboard_as_it_is_elsewhere() -> None:
    boards = {file.name: file.read_text() for file in DASHBOARDS.glob("*.json")}
    assert {file.name: file.read_text() for file in (CHART / "dashboards").iterdir()} == boards, MEND
    made = manifest("full", "ConfigMap", "dashboards")
    assert made["data"] == {f"sluicegate-{name}": board for name, board in boards.items()}
    assert made["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert made["metadata"]["annotations"] == {"grafana_folder": "Sluicegate"}
    assert not [each for values in ("minimal", "strict") for each in manifests(values) if each["kind"] == "ConfigMap"]


def test_what_is_committed_was_rendered_from_this_chart() -> None:
    inputs = {
        str(file.relative_to(REPOSITORY)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in CHART.rglob("*")
        if file.is_file()
    }
    lines = (RENDERED / "SHA256SUMS").read_text().splitlines()
    assert {name: digest for digest, name in (line.split("  ") for line in lines)} == inputs, MEND


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == project["version"]


def test_a_pod_may_drain_for_longer_than_its_service_does() -> None:
    for values in SETS:
        for each in manifests(values):
            if each["kind"] != "Deployment":
                continue
            pod = each["spec"]["template"]["spec"]
            (container,) = pod["containers"]
            (grace,) = (entry["value"] for entry in container["env"] if entry["name"] == "SLUICEGATE_GRACE_SECONDS")
            pause = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
            assert pod["terminationGracePeriodSeconds"] > pause + int(grace)


def test_no_old_pod_goes_before_a_new_one_is_ready() -> None:
    for values in SETS:
        deployments = [each for each in manifests(values) if each["kind"] == "Deployment"]
        assert len(deployments) == 4
        assert {each["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] for each in deployments} == {0}
