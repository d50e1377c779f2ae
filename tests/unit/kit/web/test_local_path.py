"""After signing in one lands on a page of this site, whatever the link says."""

import pytest

from sluicegate_kit.web.local_path import LONGEST, is_local


@pytest.mark.parametrize(
    "path",
    [
        "/admin/agent-checkpoints",
        "/admin/agent-checkpoints?state=all&q=a%20b",
        "/admin/agent-jobs/tenant:7..x/",
        "/admin/x?to=//evil.example",
        "/admin/x?q=..%2f..",
    ],
)
def test_pages_of_this_site(path: str) -> None:
    assert is_local(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/admin",
        "/api/agent-jobs",
        "admin/x",
        "//evil.example/admin/",
        "///evil.example",
        "https://evil.example/admin/x",
        "/\\evil.example",
        "\\\\evil.example",
        "/admin\\x",
        "/admin/\\evil.example",
        "/\t/evil.example",
        "/admin/\t",
        "/admin/\r\nset-cookie: a=b",
        "/admin/x y",
        "/admin/\0",
        "/admin/\x7f",
        "/admin/é",
        "/admin/../api/agent-jobs",
        "/admin/./x",
        "/admin/%2e%2e/api",
        "/admin/%2E./api",
        "/admin/x/..%2f..%2f",
        "/admin/x/..%5c..%5cy",
        " /admin/x",
        "javascript:alert(1)//admin/",
        "/admin/" + "x" * LONGEST,
    ],
)
def test_anything_else_is_none(path: str) -> None:
    assert not is_local(path)
