"""Alerts, dashboards and the runbook agree with each other and with the metrics that there are."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from sluicegate_kit.metrics import NAMES
from tests.alerts.expressions import DASHBOARDS, REPOSITORY, RULES, alerts, panels
from tests.support.requirements import lacking

RUNBOOK = REPOSITORY / "docs" / "runbook.md"
PROMTOOL_TESTS = Path(__file__).with_name("rules.test.yml")
ALERTS = {
    "SluicegateServiceAbsent",
    "SluicegateNoLiveWorker",
    "SluicegateOldestReadyTooOld",
    "SluicegateDecisionNotResumed",
    "SluicegateApprovalsAboutToExpire",
    "SluicegateOutboxNotDraining",
    "SluicegateConsumerStuck",
    "SluicegateDeadLettersGrowing",
    "SluicegateFailureShare",
    "SluicegateServerErrors",
    "SluicegateForgedDecision",
}
OF_PROCESS = {"process_resident_memory_bytes"}


def promtool(*arguments: str) -> None:
    found = shutil.which("promtool")
    if found is None:
        lacking("promtool", "Debian has it in the package prometheus: make prometheus")
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_that_is_promised_is_there() -> None:
    assert {alert.name for alert in alerts()} == ALERTS


def test_the_rules_are_what_prometheus_takes() -> None:
    promtool("check", "rules", str(RULES))


def test_each_alert_fires_for_its_fault_and_stays_quiet_otherwise() -> None:
    promtool("test", "rules", str(PROMTOOL_TESTS))


def test_each_alert_is_tested_for_firing_and_for_staying_quiet() -> None:
    cases = [case for test in yaml.safe_load(PROMTOOL_TESTS.read_text())["tests"] for case in test["alert_rule_test"]]
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == ALERTS
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == ALERTS


def test_each_alert_has_its_entry_in_the_runbook_and_each_entry_its_alert() -> None:
    entries = set(re.findall(r"^### (Sluicegate\w+)$", RUNBOOK.read_text(), re.MULTILINE))
    assert entries == ALERTS
    for alert in alerts():
        assert alert.runbook == f"docs/runbook.md#{alert.name.lower()}"


def test_links_inside_the_runbook_lead_somewhere() -> None:
    text = RUNBOOK.read_text()
    headings = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


@pytest.mark.parametrize("expr", [alert.expr for alert in alerts()] + [expr for _, expr in panels()])
def test_expressions_name_metrics_that_there_are(expr: str) -> None:
    named = set(re.findall(r"\b(?:sluicegate|agent|process|python|http)_\w+", re.sub(r'"[^"]*"', "", expr)))
    series = {name.name for name in NAMES} | OF_PROCESS
    assert named, expr
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in named} <= series


def test_dashboards_tell_installations_apart_as_the_alerts_do() -> None:
    for file in DASHBOARDS.glob("*.json"):
        variables = {each["name"]: each for each in json.loads(file.read_text())["templating"]["list"]}
        # Where no series has the label, the empty one must match too.
        assert (variables["namespace"]["includeAll"], variables["namespace"]["allValue"]) == (True, ".*")
    for title, expr in panels():
        named = re.findall(r"\b(?:sluicegate|agent|process)_\w+", expr)
        assert expr.count('{namespace=~"$namespace"') == len(named), title


def test_panels_have_names_of_their_own_and_lie_beside_each_other() -> None:
    for file in DASHBOARDS.glob("*.json"):
        board = json.loads(file.read_text())
        assert board["uid"] == f"sluicegate-{file.stem}"
        titles = [panel["title"] for panel in board["panels"]]
        assert len(set(titles)) == len(titles)
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            at = panel["gridPos"]
            cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
            assert not cells & taken, panel["title"]
            taken |= cells
