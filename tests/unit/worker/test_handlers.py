"""A module of handlers that can't be loaded: its author is told where, and no page of the engine's own frames."""

from pathlib import Path

import pytest

from sluicegate_kit.settings import SettingsError
from sluicegate_worker.executing.own_handlers import handlers_of

HANDLER = """
from sluicegate import job_handler

@job_handler("simple-task")
async def mine(ctx, data: dict): ...
"""


def _refused(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, name: str) -> list[str]:
    (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(folder))
    with pytest.raises(SettingsError) as refused:
        handlers_of(["sluicegate_handlers", name])
    return str(refused.value).splitlines()


def test_an_error_in_the_module_is_shown_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _refused(tmp_path, monkeypatch, "rates = {}\nrate = rates['eur']\n", "broken_at_import")
    assert told[-1] == "can't import broken_at_import: KeyError: 'eur'"
    assert f'  File "{tmp_path}/broken_at_import.py", line 2, in <module>' in told
    assert not [line for line in told if "sluicegate/registry.py" in line]


def test_two_handlers_of_one_type_are_both_named_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _refused(tmp_path, monkeypatch, HANDLER, "second_of_its_type")
    assert len(told) == 1
    assert "'simple-task' has two handlers" in told[0]
    assert "second_of_its_type.mine" in told[0]


def test_a_module_without_handlers_is_named_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _refused(tmp_path, monkeypatch, "", "without_handlers")
    assert told == ["without_handlers holds no handler: is there a function under @job_handler?"]
