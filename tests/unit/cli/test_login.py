"""`sluicegate login`."""

import json

from sluicegate.cli.session import Identity
from tests.support.http_api import HERE, api, login_link, ok, problem
from tests.unit.cli.command_line import against

LINK = f"{HERE.origin}/admin/sign-in/s3cret"


def test_the_link_is_printed_alone_and_what_it_does_beside_it() -> None:
    line = against(api(ok(login_link(), 201)))
    done = line.run("login", "Ana")
    assert (done.exit_code, done.stdout) == (0, f"{LINK}\n")
    assert "signs Ana in, once, until 2026-11-22 12:10:00Z" in done.stderr
    assert line.identities == [Identity.ADMIN]


def test_the_link_as_json() -> None:
    done = against(api(ok(login_link(), 201))).run("login", "Ana", "-o", "json")
    assert json.loads(done.stdout) == {"name": "Ana", "url": LINK, "expiresAt": "2026-11-22T12:10:00Z"}
    assert done.stderr == ""


def test_for_nobody_there_is_no_link() -> None:
    done = against(api(problem(404, "no-such-person", "The keys file lists no person of this name."))).run("login", "x")
    assert done.exit_code == 3
    assert "no person of this name" in done.stderr
