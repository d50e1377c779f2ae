"""docs/sdk.md: the handler runs as it stands there, and every method and option that is named exists."""

import inspect
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import sluicegate
from sluicegate.client import Client, Connection
from sluicegate.testing import RunOutcome, edit, run, run_async

PAGE = (Path(__file__).parents[3] / "docs" / "sdk.md").read_text()
HANDLER, CLIENT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


class Line(BaseModel):
    """What the page leaves out."""

    euros: int


async def add_up(invoice: Any) -> int:
    return sum(line.euros for line in invoice.lines)


async def send_mail(invoice: dict[str, Any], key: str) -> dict[str, Any]:
    return {"to": invoice["customer"], "key": key}


def test_the_handler_runs_as_it_stands_there() -> None:
    scope = {**vars(sluicegate), "BaseModel": BaseModel, "Any": Any}
    scope |= {"Line": Line, "add_up": add_up, "send_mail": send_mail}
    exec(HANDLER, scope)
    invoice = {"customer": "Acme", "lines": [{"euros": 2}, {"euros": 3}]}
    answer = edit({"customer": "Acme Ltd", "lines": []})
    outcome = run(scope["send_invoice"], invoice, decisions={"send": answer}, crash_after="mail")
    assert outcome.status == "succeeded", outcome
    assert outcome.result["mail"]["to"] == "Acme Ltd"
    assert [asked.title for asked in outcome.checkpoints] == ["Acme owes 5", "Send it?"]


def test_the_client_block_is_python_and_its_methods_exist() -> None:
    compile(CLIENT, "docs/sdk.md", "exec")
    with Client(Connection("http://127.0.0.1:1", "sg_k1_secret")) as client:
        for group, methods in re.findall(r"^\| `(jobs|checkpoints)` \| (.+) \|$", PAGE, re.MULTILINE):
            told = re.findall(r"`(\w+)`", methods)
            assert sorted(told) == [name for name in dir(getattr(client, group)) if not name.startswith("_")]


def test_the_options_and_outcomes_of_a_test_are_those_of_the_code() -> None:
    section = PAGE.split("## Tests")[1].split("## Client")[0]
    told = set(re.findall(r"`(\w+)[`=]", section))
    options = set(inspect.signature(run_async).parameters) - {"handler", "input_data"}
    assert options <= told
    assert set(RunOutcome.__dataclass_fields__) <= told
