"""What NetworkPolicies say of a pod, as a network plugin reads them."""

from collections.abc import Iterable, Mapping
from typing import Any

Manifest = dict[str, Any]


def isolated(policies: Iterable[Manifest], labels: Mapping[str, str]) -> set[str]:
    """The directions in which the pod may do only what is named."""
    return {direction for policy in _selecting(policies, labels) for direction in policy["spec"]["policyTypes"]}


def egress(policies: Iterable[Manifest], labels: Mapping[str, str]) -> list[Manifest]:
    """The rules that let something out of the pod."""
    return [rule for policy in _selecting(policies, labels) for rule in policy["spec"].get("egress", ())]


def _selecting(policies: Iterable[Manifest], labels: Mapping[str, str]) -> list[Manifest]:
    return [policy for policy in policies if _selects(policy["spec"]["podSelector"], labels)]


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    for expression in selector.get("matchExpressions", ()):
        assert expression["operator"] == "In", "nothing else is understood here"
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    wanted: Mapping[str, str] = selector["matchLabels"]
    return wanted.items() <= labels.items()
