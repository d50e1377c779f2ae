"""Runs axe-core, every rule of it, on a page as it stands."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_SOURCE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
_RUN = """
async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map((rule) => ({
  rule: rule.id, help: rule.help, nodes: rule.nodes.map((node) => `${node.html}  ${node.failureSummary}`),
}))
"""


def violations(page: Page) -> list[str]:
    """What axe finds, in words."""
    # Evaluated by the debugger, and so outside of the page's own policy on scripts.
    page.evaluate(f"window.axe ?? (() => {{ {_SOURCE} }})()")
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [f"{each['rule']}: {each['help']}\n  " + "\n  ".join(each["nodes"]) for each in found]
