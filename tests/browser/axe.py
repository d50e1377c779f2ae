"""Runs axe-core, every rule of it, on a page as it stands."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_SOURCE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
_RUN = """
async (rules) => (await axe.run(document, {
  resultTypes: ["violations"], preload: false, ...(rules ? {runOnly: {type: "rule", values: rules}} : {}),
})).violations.map((rule) => ({
  rule: rule.id, help: rule.help, nodes: rule.nodes.map((node) => `${node.html}  ${node.failureSummary}`),
}))
"""


OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that another theme can break."""


def violations(page: Page, rules: Sequence[str] | None = None) -> list[str]:
    """What axe finds, in words; by all of its rules if none are named."""
    # Evaluated by the debugger, and so outside of the page's own policy on scripts.
    page.evaluate(f"window.axe ?? (() => {{ {_SOURCE} }})()")
    found: list[dict[str, Any]] = page.evaluate(_RUN, rules and list(rules))
    return [f"{each['rule']}: {each['help']}\n  " + "\n  ".join(each["nodes"]) for each in found]
